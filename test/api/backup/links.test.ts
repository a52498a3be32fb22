import { Database } from 'bun:sqlite'
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { createHash, randomBytes } from 'node:crypto'
import { readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { TestFolder } from '../../server/folder.ts'
import type { Serving } from '../serving.ts'
import { bytesOf, defined, definedWithKey, made, serveBackups, storeBackup } from './ground.ts'

const error = { error: expect.any(String) }
const CONTENT = randomBytes(3 * 1024 * 1024 + 17)

let serving: Serving
let folder: TestFolder
let things: Awaited<ReturnType<typeof definedWithKey>>
let destination: string
beforeAll(async () => {
  folder = await TestFolder.create()
  serving = await serveBackups()
  things = await definedWithKey(serving, folder.path, randomBytes(32).toString('hex'))
  destination = things.destination.id
})
afterAll(async () => {
  await serving[Symbol.asyncDispose]()
  await folder[Symbol.asyncDispose]()
})

describe('a link', () => {
  const linkTo = (path: string, more: object = {}, on = serving) =>
    made(on, 'POST', `/api/storage/${destination}/download-url`, { file: path, ...more })

  test('needs no key, and holds for one download', async () => {
    await things.sealed('linked/linked.dump.sealed', CONTENT)
    const link = await linkTo('linked/linked.dump.sealed')
    expect(link).toEqual({
      success: true,
      url: expect.stringMatching(/^http:\/\/[^/]+\/api\/storage\/public-download\?token=[\w-]{43}$/),
      expiresIn: '5 minutes',
      singleUse: true,
    })
    expect(new URL(link.url).origin).toBe(new URL(serving.url).origin)
    // What previews a link does not use it up.
    expect((await fetch(link.url, { method: 'HEAD' })).status).toBe(200)
    const [status, bytes] = await bytesOf(serving, link.url)
    expect([status, bytes.equals(CONTENT)]).toEqual([200, true])
    const again = await serving.get(link.url)
    expect([again.status, again.body]).toEqual([401, error])
    expect((await fetch(link.url, { method: 'HEAD' })).status).toBe(401)
    const raw = await linkTo('linked/linked.dump.sealed', { decrypt: false })
    expect((await bytesOf(serving, raw.url))[1].equals(CONTENT)).toBe(false)
  })

  test('that many take at once is given to one', async () => {
    await storeBackup(folder.path, 'raced/raced.dump', CONTENT)
    const { url } = await linkTo('raced/raced.dump')
    const answers = await Promise.all(Array.from({ length: 20 }, () => bytesOf(serving, url)))
    const statuses = answers.map(([status]) => status).sort()
    expect(statuses).toEqual([200, ...Array(19).fill(401)])
    const [won] = answers.filter(([status]) => status === 200)
    expect(won?.[1].equals(CONTENT)).toBe(true)
  })

  test('is given back where nothing could be sent', async () => {
    await storeBackup(folder.path, 'returned/returned.dump', CONTENT)
    const { url } = await linkTo('returned/returned.dump')
    const place = join(folder.path, 'returned/returned.dump')
    const bytes = readFileSync(place)
    truncateSync(place, 5)
    expect((await serving.get(url)).status).toBe(400)
    writeFileSync(place, bytes)
    expect((await bytesOf(serving, url))[0]).toBe(200)
  })

  test('is kept as a hash, and holds for five minutes', async () => {
    await storeBackup(folder.path, 'expired/expired.dump', CONTENT)
    const { url } = await linkTo('expired/expired.dump')
    const token = new URL(url).searchParams.get('token') ?? ''
    const state = new Database(join(serving.home, 'state.db'))
    const hash = createHash('sha256').update(token).digest('hex')
    const row = state.query('SELECT * FROM download_links WHERE hash = ?').get(hash) as { expires_at: number }
    expect(Math.abs(row.expires_at - Date.now() - 5 * 60_000)).toBeLessThan(30_000)
    for (const { path, bytes } of serving.files())
      expect([path, bytes.includes(token)]).toEqual([path, false])
    state.run('UPDATE download_links SET expires_at = ? WHERE hash = ?', [Date.now() - 1, hash])
    state.close()
    expect((await serving.get(url)).status).toBe(401)
    expect(serving.output).not.toContain(token)
  })

  test('that is none is refused', async () => {
    for (const token of ['x', "'", '💾', '%00', 'x'.repeat(43), '..']) {
      const answer = await serving.get(`/api/storage/public-download?token=${token}`)
      expect([token, [400, 401].includes(answer.status), answer.body]).toEqual([token, true, error])
    }
    for (const query of ['', '?token=', `?token=${'x'.repeat(10_000)}`]) {
      expect((await serving.get(`/api/storage/public-download${query}`)).status).toBe(400)
    }
  })

  test('leads to where the operator says that the server is', async () => {
    await using other = await serveBackups(['--public-url', 'https://backups.example/pgveil/'])
    const { destination: id } = await defined(other, folder.path)
    const { url } = await made(other, 'POST', `/api/storage/${id.id}/download-url`, {
      file: 'raced/raced.dump',
    })
    expect(url).toStartWith('https://backups.example/pgveil/api/storage/public-download?token=')
  })
})
