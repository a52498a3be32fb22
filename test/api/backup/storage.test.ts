import { Database } from 'bun:sqlite'
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { randomBytes } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { TestFolder } from '../../server/folder.ts'
import { type Serving, until } from '../serving.ts'
import { ask, bearer, bytesOf, definedWithKey, keyWith, made, serveBackups, storeBackup } from './ground.ts'

const error = { error: expect.any(String) }
const KEY = randomBytes(32).toString('hex')
const CONTENT = randomBytes(3 * 1024 * 1024 + 17)

let serving: Serving
let folder: TestFolder
let things: Awaited<ReturnType<typeof definedWithKey>>
let destination: string
let profile: string
let source: string
beforeAll(async () => {
  folder = await TestFolder.create()
  serving = await serveBackups()
  things = await definedWithKey(serving, folder.path, KEY)
  destination = things.destination.id
  source = things.source.id
  profile = things.profile.id
})
afterAll(async () => {
  await serving[Symbol.asyncDispose]()
  await folder[Symbol.asyncDispose]()
})

const sealed = (path: string, content: Uint8Array = CONTENT) => things.sealed(path, content)
const file = (path: string) => `/api/storage/${destination}/download?file=${encodeURIComponent(path)}`

const TOKEN = 'the-token-of-the-test'

describe('the list of files', () => {
  test('is of all backups, the newest first, with what is known of each', async () => {
    const stored = await storeBackup(folder.path, 'a/a_1.dump', Buffer.from('one'), {
      timestamp: '2026-11-21T02:00:00.000Z',
      originalFileName: 'a_1.dump',
    })
    await storeBackup(folder.path, 'b/ünïcode "2" 💾.dump', Buffer.from('two'), {
      timestamp: '2026-11-22T02:00:00.000Z',
      jobName: 'ünïcode',
    })
    mkdirSync(join(folder.path, 'c'))
    writeFileSync(join(folder.path, 'c', 'unfinished.dump'), 'x')
    const files = await made(serving, 'GET', `/api/storage/${destination}/files`)
    expect(files.map(({ path }: { path: string }) => path)).toEqual(['b/ünïcode "2" 💾.dump', 'a/a_1.dump'])
    expect(files[1]).toEqual({
      name: 'a_1.dump',
      path: 'a/a_1.dump',
      size: 3,
      lastModified: expect.stringMatching(/Z$/),
      createdAt: '2026-11-21T02:00:00.000Z',
      jobId: 'job-1',
      jobName: 'nightly "shop"',
      sourceName: 'shop',
      sourceType: 'postgres',
      engineVersion: '17.2',
      databases: ['shop'],
      compression: 'NONE',
      isEncrypted: false,
      encryptionProfileId: null,
      encryption: null,
      anonymized: true,
      locked: false,
      checksum: stored.checksum,
    })
    const ofType = (type: string) =>
      made(serving, 'GET', `/api/storage/${destination}/files?typeFilter=${encodeURIComponent(type)}`)
    expect(await ofType('postgres')).toHaveLength(2)
    for (const other of ['mysql', "'", '💾']) expect(await ofType(other)).toEqual([])
  })

  test('is an error, and not empty, where the destination cannot be reached', async () => {
    const { id } = await made(serving, 'POST', '/api/adapters', {
      name: 'gone',
      type: 'storage',
      adapterId: 's3',
      config: { endpoint: 'http://127.0.0.1:1', bucket: 'b', accessKeyId: 'a', secretAccessKey: 'hunter6' },
    })
    const answer = await ask(serving, 'GET', `/api/storage/${id}/files`)
    expect([answer.status, answer.body]).toEqual([400, { error: expect.not.stringContaining('hunter6') }])
  }, 60_000)

  test('is an error where nothing of what lies there can be read', async () => {
    const other = folder.file('of-a-later-version')
    mkdirSync(other)
    writeFileSync(join(other, 'x.dump'), 'x')
    writeFileSync(join(other, 'x.dump.meta.json'), '{"format": "pgveil-backup", "version": 2}')
    const { id } = await made(serving, 'POST', '/api/adapters', {
      name: 'later',
      type: 'storage',
      adapterId: 'local-fs',
      config: { basePath: other },
    })
    const answer = await ask(serving, 'GET', `/api/storage/${id}/files`)
    expect([answer.status, answer.body]).toEqual([400, { error: expect.stringMatching(/x\.dump/) }])
  })

  test('is not of sources', async () => {
    expect((await ask(serving, 'GET', `/api/storage/${source}/files`)).status).toBe(404)
  })
})

const HOSTILE = [
  '../state.db',
  'a/../../state.db',
  '/etc/passwd',
  'a//b',
  './a',
  "a'; DROP TABLE runs",
  'a"b',
  '💾',
  'x'.repeat(3900),
  'a\\b',
  'C:\\x',
  'a/.',
  '..',
]

test('no path leads out of a destination, or to what is no backup', async () => {
  writeFileSync(join(folder.path, '..', 'outside.txt'), 'secret')
  writeFileSync(join(folder.path, 'plain.txt'), 'no backup')
  for (const path of [...HOSTILE, '../outside.txt', 'plain.txt', 'plain.txt.meta.json']) {
    const requests: [string, string, unknown][] = [
      ['GET', file(path), undefined],
      ['POST', `/api/storage/${destination}/download-url`, { file: path }],
      ['DELETE', `/api/storage/${destination}/files`, { path }],
      ['POST', `/api/storage/${destination}/lock`, { path, locked: true }],
      ['POST', `/api/storage/${destination}/analyze`, { file: path }],
      ['POST', `/api/storage/${destination}/restore`, { file: path, targetSourceId: source }],
    ]
    for (const [method, url, body] of requests) {
      const answer = await ask(serving, method, url, body)
      expect([method, url, answer.status === 400 || answer.status === 404, answer.body]).toEqual([
        method,
        url,
        true,
        error,
      ])
    }
  }
  for (const path of ['a\0b', 'x'.repeat(10_000), ''])
    expect((await ask(serving, 'DELETE', `/api/storage/${destination}/files`, { path })).status).toBe(400)
  expect(readFileSync(join(folder.path, '..', 'outside.txt'), 'utf8')).toBe('secret')
  expect(readFileSync(join(folder.path, 'plain.txt'), 'utf8')).toBe('no backup')
  // The folder of the server's own temporary files is shared.
  await Bun.file(join(folder.path, '..', 'outside.txt')).delete()
})

describe('a download', () => {
  test('is opened where it is sealed, unless the bytes as they are stored are asked for', async () => {
    const path = 'sealed/Bäckup "1" 💾.dump.gz.sealed'
    await sealed(path)
    const [status, bytes, headers] = await bytesOf(serving, file(path), TOKEN)
    expect([status, bytes.equals(CONTENT)]).toEqual([200, true])
    expect(headers.get('content-disposition')).toBe(
      `attachment; filename="B_ckup _1_ __.dump.gz"; filename*=UTF-8''B%C3%A4ckup%20%221%22%20%F0%9F%92%BE.dump.gz`,
    )
    expect(headers.get('cache-control')).toBe('no-store')
    const [, raw, rawHeaders] = await bytesOf(serving, `${file(path)}&decrypt=false`, TOKEN)
    expect(raw.equals(readFileSync(join(folder.path, path)))).toBe(true)
    expect(rawHeaders.get('content-disposition')).toContain('.sealed')
  })

  test.each([0, 1, 1024 * 1024 - 56, 1024 * 1024 - 55, 1024 * 1024, 2 * 1024 * 1024 - 72])(
    'of %p bytes is whole',
    async (length) => {
      const content = CONTENT.subarray(0, length)
      await sealed('sized.dump.sealed', content)
      const [status, bytes] = await bytesOf(serving, file('sized.dump.sealed'), TOKEN)
      expect([status, bytes.length]).toEqual([200, length])
      expect(bytes.equals(content)).toBe(true)
    },
  )

  test('of what was changed never looks complete', async () => {
    const path = 'changed/changed.dump'
    await storeBackup(folder.path, path, CONTENT)
    const place = join(folder.path, path)
    const bytes = readFileSync(place)
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1
    writeFileSync(place, bytes)
    await expect(bytesOf(serving, file(path), TOKEN)).rejects.toThrow()
    truncateSync(place, 5)
    const answer = await ask(serving, 'GET', file(path))
    expect([answer.status, answer.body]).toEqual([400, { error: expect.stringMatching(/damaged/) }])
    await sealed('changed/sealed.dump.sealed')
    const sealedPlace = join(folder.path, 'changed/sealed.dump.sealed')
    const sealedBytes = readFileSync(sealedPlace)
    sealedBytes[100] = (sealedBytes[100] ?? 0) ^ 1
    writeFileSync(sealedPlace, sealedBytes)
    const broken = await ask(serving, 'GET', file('changed/sealed.dump.sealed'))
    expect([broken.status, broken.body]).toEqual([400, error])
  })

  test('is given up when its client goes away, and told of where it fails', async () => {
    await storeBackup(folder.path, 'large/large.dump', Buffer.alloc(64 * 1024 * 1024, 'x'))
    const openFiles = () =>
      readdirSync(`/proc/${serving.pid}/fd`).filter((fd) => {
        try {
          return readlinkSync(`/proc/${serving.pid}/fd/${fd}`).endsWith('large.dump')
        } catch {
          return false
        }
      }).length
    for (let at = 0; at < 3; at++) {
      const gone = new AbortController()
      const response = await fetch(new URL(file('large/large.dump'), serving.url), {
        headers: bearer(TOKEN),
        signal: gone.signal,
      })
      await response.body?.getReader().read()
      expect(openFiles()).toBe(1)
      gone.abort()
      await until('the file is closed', () => openFiles() === 0)
    }
    expect(serving.output).not.toMatch(/download failed.*large|large.*download failed/)
    expect(serving.output).toMatch(/changed\.dump.*download failed|download failed.*changed\.dump/)
  })

  test('whose key is gone says so, and gives the bytes as they are stored', async () => {
    const gone = await made(serving, 'POST', '/api/encryption-profiles', { name: 'gone' })
    const encryption = { profileId: gone.id, algorithm: 'AES256_GCM_HKDF_1MB' as const }
    await storeBackup(folder.path, 'keyless.dump.sealed', CONTENT, { encryption }, KEY)
    await made(serving, 'DELETE', `/api/encryption-profiles/${gone.id}`)
    const answer = await ask(serving, 'GET', file('keyless.dump.sealed'))
    expect([answer.status, answer.body]).toEqual([404, { error: expect.stringContaining('recovery kit') }])
    expect((await bytesOf(serving, `${file('keyless.dump.sealed')}&decrypt=false`, TOKEN))[0]).toBe(200)
  })
})

test('a backup is locked, unlocked, and deleted with what describes it', async () => {
  const path = 'kept/kept.dump'
  await storeBackup(folder.path, path, CONTENT)
  const lock = (locked: boolean) =>
    made(serving, 'POST', `/api/storage/${destination}/lock`, { path, locked })
  expect(await lock(true)).toEqual({ success: true, locked: true })
  const refused = await ask(serving, 'DELETE', `/api/storage/${destination}/files`, { path })
  expect([refused.status, refused.body]).toEqual([409, error])
  expect(await lock(false)).toEqual({ success: true, locked: false })
  expect(await made(serving, 'DELETE', `/api/storage/${destination}/files`, { path })).toEqual({
    success: true,
  })
  expect(existsSync(join(folder.path, path))).toBe(false)
  expect(existsSync(join(folder.path, `${path}.meta.json`))).toBe(false)
  expect((await ask(serving, 'DELETE', `/api/storage/${destination}/files`, { path })).status).toBe(404)
})

test('a backup is analyzed by what lies beside it', async () => {
  await storeBackup(folder.path, 'analyzed/analyzed.dump', CONTENT)
  const analyze = (type?: string) =>
    ask(serving, 'POST', `/api/storage/${destination}/analyze`, { file: 'analyzed/analyzed.dump', type })
  for (const type of [undefined, 'postgres'])
    expect((await analyze(type)).body).toEqual({ databases: ['shop'] })
  expect((await analyze('mysql')).status).toBe(400)
})

test('a restore that cannot be is refused at once, with the reason', async () => {
  const path = 'restored/restored.dump.sealed'
  await sealed(path)
  const restore = (body: object) =>
    ask(serving, 'POST', `/api/storage/${destination}/restore`, {
      file: path,
      targetSourceId: source,
      ...body,
    })
  const production = await made(serving, 'POST', '/api/adapters', {
    name: 'production',
    type: 'database',
    adapterId: 'postgres',
    config: { host: 'db.example', user: 'x' },
    production: true,
  })
  const wrongKey = await made(serving, 'POST', '/api/encryption-profiles', { name: 'wrong' })
  const encryption = { profileId: wrongKey.id, algorithm: 'AES256_GCM_HKDF_1MB' as const }
  await storeBackup(folder.path, 'restored/other.dump.sealed', CONTENT, { encryption }, KEY)
  const missing = await restore({ file: 'restored/missing.dump' })
  expect([missing.status, missing.body.error]).toEqual([404, expect.stringMatching(/missing\.dump: /)])
  const cases: [object, RegExp][] = [
    [{ targetSourceId: 'x' }, /no such source/],
    [{ targetSourceId: destination }, /no such source/],
    [{ targetSourceId: production.id }, /production/],
    [{ databaseMapping: { nothing: 'x' } }, /"nothing"/],
    [{ file: 'restored/other.dump.sealed' }, /not the key/],
    // Nobody listens there.
    [{}, /Cannot connect/],
    [{ privilegedAuth: { user: 'admin', password: 'hunter7' } }, /Cannot connect to admin@/],
  ]
  for (const [body, message] of cases) {
    const answer = await restore(body)
    expect([body, answer.status, answer.body]).toEqual([body, 400, { error: expect.stringMatching(message) }])
    expect(JSON.stringify(answer.body)).not.toContain('hunter7')
  }
})

test('how full a destination was is told by days', async () => {
  const path = `/api/storage/${destination}/history`
  const state = new Database(join(serving.home, 'state.db'))
  state.run('DELETE FROM storage_usage')
  const day = 24 * 60 * 60 * 1000
  for (const ago of [40, 2, 1]) {
    state.run(
      'INSERT INTO storage_usage (adapter_id, total_size, file_count, created_at) VALUES (?, ?, ?, ?)',
      [destination, ago * 1000, ago, Date.now() - ago * day],
    )
  }
  state.close()
  const { success, data } = await made(serving, 'GET', path)
  expect([success, data]).toEqual([
    true,
    [
      { totalSize: 1000, fileCount: 1, createdAt: expect.stringMatching(/Z$/) },
      { totalSize: 2000, fileCount: 2, createdAt: expect.stringMatching(/Z$/) },
    ],
  ])
  expect((await made(serving, 'GET', `${path}?days=365`)).data).toHaveLength(3)
  for (const days of ['0', '366', 'x', '-1'])
    expect((await ask(serving, 'GET', `${path}?days=${days}`)).status).toBe(400)
})

test('a recovery kit is a zip with the key, for who may write the vault', async () => {
  const path = `/api/vault/${profile}/recovery-kit`
  const [status, bytes, headers] = await bytesOf(serving, path, TOKEN)
  expect([status, headers.get('content-type'), bytes.subarray(0, 4).toString('latin1')]).toEqual([
    200,
    'application/zip',
    'PK\x03\x04',
  ])
  for (const name of [
    'master.key',
    'decrypt_backup.js',
    'decrypt_drag_drop_windows.bat',
    'decrypt_linux_mac.sh',
    'README.txt',
  ])
    expect([name, bytes.includes(name)]).toEqual([name, true])
  const reader = await keyWith(serving, ['vault:read'])
  expect((await ask(serving, 'GET', path, undefined, reader)).status).toBe(403)
  const [entry] = await made(serving, 'GET', `/api/audit?limit=3`)
  expect(entry.path).toContain('/api/')
})
