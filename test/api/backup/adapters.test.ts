import { Database } from 'bun:sqlite'
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { readFileSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { TestDatabase } from '../../server/database.ts'
import { TestFolder } from '../../server/folder.ts'
import type { Serving } from '../serving.ts'
import { ask, defined, keyWith, made, serveBackups, sourceConfig } from './ground.ts'

const error = { error: expect.any(String) }

let serving: Serving
let folder: TestFolder
let source: TestDatabase
beforeAll(async () => {
  folder = await TestFolder.create()
  source = await TestDatabase.create(
    'CREATE SCHEMA app; CREATE TABLE app.one (i int); CREATE TABLE app.two (i int); CREATE VIEW app.v AS SELECT 1',
  )
  serving = await serveBackups()
})
afterAll(async () => {
  await serving[Symbol.asyncDispose]()
  await source[Symbol.asyncDispose]()
  await folder[Symbol.asyncDispose]()
})

function postgres(name: string, config: unknown = sourceConfig(source.target)) {
  return { name, type: 'database', adapterId: 'postgres', config }
}

describe('an adapter', () => {
  test('has the documented shape, with secrets for those who may write it alone', async () => {
    const config = sourceConfig(source.target, { password: 'hunter2' })
    const created = await ask(serving, 'POST', '/api/adapters', postgres('Production shop', config))
    expect([created.status, created.body]).toEqual([
      201,
      {
        id: expect.any(String),
        name: 'Production shop',
        type: 'database',
        adapterId: 'postgres',
        config,
        production: false,
        metadata: { version: null, status: null },
        createdAt: expect.any(String),
        updatedAt: expect.any(String),
      },
    ])
    const reader = await keyWith(serving, ['sources:read'])
    const [seen] = await made(serving, 'GET', '/api/adapters?type=database', undefined, reader)
    expect(seen).toEqual({ ...created.body, config: { ...config, password: '********' } })
    const files = serving.files().filter(({ bytes }) => bytes.includes('hunter2'))
    expect(files.map(({ path }) => path)).toEqual([])
    expect(readFileSync(join(serving.home, 'audit.log'), 'utf8') + serving.output).not.toContain('hunter2')
  })

  test('is merged with what is sent; a hidden secret that comes back keeps the real one', async () => {
    const config = { host: 'db.example', port: 5432, user: 'backup', password: 'hunter3' }
    const { id } = await made(serving, 'POST', '/api/adapters', postgres('merged', config))
    const change = async (body: unknown) => (await made(serving, 'PUT', `/api/adapters/${id}`, body)).config
    expect(await change({ config: { port: 5433, password: '********' } })).toEqual({ ...config, port: 5433 })
    expect(await change({ name: 'renamed' })).toEqual({ ...config, port: 5433 })
    expect(await change({ config: { password: null } })).toEqual({
      host: 'db.example',
      port: 5433,
      user: 'backup',
    })
    const [whole] = (await made(serving, 'GET', '/api/adapters?type=database')).filter(
      (one: { id: string }) => one.id === id,
    )
    expect((await ask(serving, 'PUT', `/api/adapters/${id}`, whole)).status).toBe(200)
    const wrong = await ask(serving, 'PUT', `/api/adapters/${id}`, { config: { port: 'x' } })
    expect([wrong.status, wrong.body]).toEqual([400, { error: expect.stringContaining('port') }])
    expect(await made(serving, 'DELETE', `/api/adapters/${id}`)).toEqual({ success: true })
    expect((await ask(serving, 'DELETE', `/api/adapters/${id}`)).status).toBe(404)
  })

  test('is refused where its kind is unknown, not supported, or of another type', async () => {
    const ids = [
      'mysql',
      'mongodb',
      'mssql',
      'google-drive',
      'onedrive',
      'dropbox',
      'x',
      '',
      '__proto__',
      'é\0',
    ]
    for (const adapterId of [...ids, 'constructor', 'x'.repeat(10_000), 's3']) {
      const body = { name: 'x', type: 'database', adapterId, config: { host: 'x', user: 'x' } }
      const answer = await ask(serving, 'POST', '/api/adapters', body)
      expect([adapterId, answer.status, answer.body]).toEqual([adapterId, 400, error])
    }
    const { body } = await ask(serving, 'POST', '/api/adapters', { ...postgres('x'), adapterId: 'mysql' })
    expect(body.error).toMatch(/"mysql" is not supported.*postgres/s)
  })

  test('takes names of any script, and one of a kind', async () => {
    for (const name of ["'; DROP TABLE adapters; --", '名前', '💾 <b>', '"', '../../x']) {
      const { id } = await made(serving, 'POST', '/api/adapters', postgres(name))
      const again = await ask(serving, 'POST', '/api/adapters', postgres(name))
      expect([name, again.status, again.body]).toEqual([name, 409, error])
      await made(serving, 'DELETE', `/api/adapters/${id}`)
    }
    for (const name of ['', ' ', 'x'.repeat(10_000), 'a\0b', 'a\nb']) {
      const answer = await ask(serving, 'POST', '/api/adapters', postgres(name))
      expect([name.slice(0, 9), answer.status, answer.body]).toEqual([name.slice(0, 9), 400, error])
    }
  })

  test('that a job uses stays', async () => {
    const { source, destination, job } = await defined(serving, folder.path, 'in use')
    for (const { id } of [source, destination]) {
      const answer = await ask(serving, 'DELETE', `/api/adapters/${id}`)
      expect([answer.status, answer.body]).toEqual([400, { error: expect.stringContaining('job in use') }])
    }
    await made(serving, 'DELETE', `/api/jobs/${job.id}`)
    for (const { id } of [source, destination]) await made(serving, 'DELETE', `/api/adapters/${id}`)
  })

  test('leads nowhere that the operator does not want', async () => {
    const configs: [string, string, Record<string, unknown>][] = [
      ['database', 'postgres', sourceConfig(source.target, { host: '169.254.169.254' })],
      ['database', 'postgres', sourceConfig(source.target, { host: '/var/run/postgresql' })],
      ['notification', 'webhook', { url: 'http://169.254.169.254/latest' }],
      [
        'storage',
        's3',
        { endpoint: 'http://[fd00:ec2::254]/', bucket: 'b', accessKeyId: 'a', secretAccessKey: 's' },
      ],
    ]
    for (const [type, adapterId, config] of configs) {
      for (const [path, body] of [
        ['/api/adapters', { name: 'x', type, adapterId, config }],
        ['/api/adapters/test-connection', { adapterId, config }],
      ] as const) {
        const answer = await ask(serving, 'POST', path, body)
        expect([path, config, answer.status, answer.body]).toEqual([path, config, 400, error])
      }
    }
  })
})

test('a folder is not that of the server, nor above it, nor below it, by no link', async () => {
  await using folder = await TestFolder.create()
  symlinkSync(serving.home, folder.file('link'))
  const { home } = serving
  const refused = [
    '/',
    home,
    `${home}/`,
    `${home}/runs/new`,
    `${home}/./output`,
    dirname(home),
    folder.file('link/x'),
  ]
  for (const basePath of refused) {
    const config = { basePath }
    for (const [path, body] of [
      ['/api/adapters', { name: 'x', type: 'storage', adapterId: 'local-fs', config }],
      ['/api/adapters/test-connection', { adapterId: 'local-fs', config }],
    ] as const) {
      const answer = await ask(serving, 'POST', path, body)
      expect([path, basePath, answer.status, answer.body]).toEqual([path, basePath, 400, error])
    }
  }
  const [first, other] = [folder.file('first'), `${home}-beside`]
  const body = { name: 'moves', type: 'storage', adapterId: 'local-fs', config: { basePath: other } }
  const { id } = await made(serving, 'POST', '/api/adapters', body)
  const moved = await ask(serving, 'PUT', `/api/adapters/${id}`, { config: { basePath: home } })
  expect([moved.status, moved.body]).toEqual([400, error])
  await made(serving, 'PUT', `/api/adapters/${id}`, { config: { basePath: first } })
  symlinkSync(home, first)
  const listed = await ask(serving, 'GET', `/api/storage/${id}/files`)
  expect([listed.status, listed.body]).toEqual([400, error])
  await made(serving, 'DELETE', `/api/adapters/${id}`)
})

test('a list is of the types that the caller may read', async () => {
  await using other = await serveBackups()
  await defined(other, folder.path)
  const types = async (query: string, ...permissions: Parameters<typeof keyWith>[1][number][]) => {
    const answer = await ask(
      other,
      'GET',
      `/api/adapters${query}`,
      undefined,
      await keyWith(other, permissions),
    )
    return answer.status === 200 ? answer.body.map(({ type }: { type: string }) => type) : answer.status
  }
  expect(await types('', 'sources:read', 'destinations:read')).toEqual(['storage', 'database'])
  expect(await types('', 'sources:read')).toEqual(['database'])
  expect(await types('', 'notifications:read')).toEqual([])
  expect(await types('', 'jobs:read')).toBe(403)
  expect(await types('?type=storage', 'sources:read')).toBe(403)
  expect(await types('?type=storage', 'destinations:read')).toEqual(['storage'])
})

describe('a connection', () => {
  test('is tested; that it fails is an answer, without its password', async () => {
    const test = (adapterId: string, config: unknown, configId?: string) =>
      made(serving, 'POST', '/api/adapters/test-connection', { adapterId, config, configId })
    expect(await test('postgres', sourceConfig(source.target))).toEqual({
      success: true,
      message: 'Connection successful',
      version: expect.stringMatching(/^\d+(\.\d+|beta\d+|rc\d+|devel)$/),
    })
    const closed = await test('postgres', sourceConfig(source.target, { port: 1, password: 'hunter4' }))
    expect(closed).toEqual({ success: false, message: expect.stringMatching(/Cannot connect/) })
    expect(JSON.stringify(closed)).not.toContain('hunter4')
    expect(await test('local-fs', { basePath: folder.path })).toEqual({
      success: true,
      message: 'Connection successful',
    })
    expect(await test('local-fs', { basePath: '/proc/nonexistent' })).toEqual({
      success: false,
      message: expect.any(String),
    })
    expect(await test('webhook', { url: 'http://127.0.0.1:1/token-of-the-test' })).toEqual({
      success: false,
      message: expect.not.stringContaining('token-of-the-test'),
    })
  })

  test('of an adapter that there is notes what its server says', async () => {
    const { id } = await made(serving, 'POST', '/api/adapters', postgres('tested'))
    const config = sourceConfig(source.target)
    const test = (changes: object, key?: string) =>
      made(
        serving,
        'POST',
        '/api/adapters/test-connection',
        { adapterId: 'postgres', config: { ...config, ...changes }, configId: id },
        key,
      )
    const metadata = async () =>
      (await made(serving, 'GET', '/api/adapters')).find((one: { id: string }) => one.id === id).metadata
    // Another server's word is not this one's.
    expect((await test({ database: 'postgres' })).success).toBe(true)
    expect((await metadata()).version).toBeNull()
    // The same, written otherwise.
    const { user, port } = config
    const otherwise = { password: '********', user: undefined, username: user, port: String(port) }
    expect((await test(otherwise)).success).toBe(true)
    expect((await metadata()).version).toMatch(/^\d+/)
    const unknown = { adapterId: 'postgres', config, configId: 'x' }
    expect((await ask(serving, 'POST', '/api/adapters/test-connection', unknown)).status).toBe(400)
  })

  test('does not carry a password to where a reader wants it', async () => {
    const config = { ...sourceConfig(source.target), password: 'hunter5', user: 'nobody' }
    const { id } = await made(serving, 'POST', '/api/adapters', postgres('guarded', config))
    const reader = await keyWith(serving, ['sources:read'])
    const heard: string[] = []
    using listener = Bun.listen({
      hostname: '127.0.0.1',
      port: 0,
      socket: {
        data(socket, bytes) {
          heard.push(bytes.toString('latin1'))
          // SSLRequest: no TLS here. Startup: asks for the password in plain text.
          socket.write(
            bytes.length === 8 && bytes.readUInt32BE(4) === 80877103
              ? 'N'
              : Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 3]),
          )
          if (bytes[0] === 0x70) socket.end()
        },
      },
    })
    const body = {
      adapterId: 'postgres',
      config: { ...config, host: '127.0.0.1', port: listener.port, password: '********' },
      configId: id,
    }
    await ask(serving, 'POST', '/api/adapters/test-connection', body, reader)
    await ask(serving, 'POST', '/api/adapters/access-check', body, reader)
    expect(heard.join('')).toContain('********')
    expect(heard.join('')).not.toContain('hunter5')
    // Who may write it could read it, too.
    await ask(serving, 'POST', '/api/adapters/test-connection', body)
    expect(heard.join('')).toContain('hunter5')
  })

  test('lists databases and their sizes', async () => {
    const config = sourceConfig(source.target)
    const access = await made(serving, 'POST', '/api/adapters/access-check', {
      adapterId: 'postgres',
      config,
    })
    expect(access).toEqual({ success: true, databases: expect.arrayContaining(['postgres', source.name]) })
    expect(access.databases).not.toContain('template1')
    const { id } = await made(serving, 'POST', '/api/adapters', postgres('sized'))
    for (const body of [{ sourceId: id }, { adapterId: 'postgres', config }]) {
      const stats = await made(serving, 'POST', '/api/adapters/database-stats', body)
      expect(stats.success).toBe(true)
      expect(stats.databases.find(({ name }: { name: string }) => name === source.name)).toEqual({
        name: source.name,
        sizeBytes: expect.any(Number),
        tableCount: 2,
      })
    }
    const failed = { success: false, databases: [], message: expect.any(String) }
    const closed = { adapterId: 'postgres', config: { ...config, port: 1 } }
    expect(await made(serving, 'POST', '/api/adapters/access-check', closed)).toEqual(failed)
    expect(await made(serving, 'POST', '/api/adapters/database-stats', closed)).toEqual(failed)
    for (const body of [{}, { sourceId: 'x' }, { adapterId: 's3', config: {} }]) {
      const answer = await ask(serving, 'POST', '/api/adapters/database-stats', body)
      expect([body, answer.status, answer.body]).toEqual([body, 400, error])
    }
  })
})

test('the health of an adapter is told over all its checks, and page by page', async () => {
  const { id } = await made(serving, 'POST', '/api/adapters', postgres('checked'))
  const empty = { history: [], stats: { uptime: 0, avgLatency: 0, totalChecks: 0 } }
  expect(await made(serving, 'GET', `/api/adapters/${id}/health-history`)).toEqual(empty)
  const state = new Database(join(serving.home, 'state.db'))
  const statuses = ['healthy', 'degraded', 'healthy', 'healthy', 'offline']
  statuses.forEach((status, at) => {
    const failed = status !== 'healthy'
    state.run('INSERT INTO health_checks VALUES (?, ?, ?, ?, ?, ?)', [
      `check-${at}`,
      id,
      status,
      failed ? 20_000 : 40 + at,
      failed ? 'It did not answer.' : null,
      Date.UTC(2026, 0, 1 + at),
    ])
  })
  state.close()
  const stats = { uptime: 60, avgLatency: 42, totalChecks: 5 }
  const page = await made(serving, 'GET', `/api/adapters/${id}/health-history?limit=2`)
  expect(page).toEqual({
    history: [
      {
        id: 'check-4',
        status: 'offline',
        latencyMs: 20_000,
        createdAt: '2026-01-05T00:00:00.000Z',
        error: 'It did not answer.',
      },
      { id: 'check-3', status: 'healthy', latencyMs: 43, createdAt: '2026-01-04T00:00:00.000Z', error: null },
    ],
    stats,
  })
  const late = await made(serving, 'GET', `/api/adapters/${id}/health-history?from=2026-01-05T00:00:00Z`)
  expect(late.stats).toEqual({ uptime: 0, avgLatency: 0, totalChecks: 1 })
})
