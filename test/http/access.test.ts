import { describe, expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Serving } from '../api/serving.ts'
import { runCommand } from '../cli/command.ts'

const bearer = (key: string) => ({ authorization: `Bearer ${key}` })

async function keys(home: string, ...args: string[]) {
  return runCommand(['keys', ...args], { env: { PGVEIL_HOME: home } })
}

async function newKey(home: string, ...args: string[]): Promise<{ id: string; key: string }> {
  const { stdout, exitCode, stderr } = await keys(home, 'create', '--name=of the test', '--json', ...args)
  if (exitCode !== 0) throw new Error(stderr)
  return JSON.parse(stdout)
}

describe('without any key', () => {
  test('this machine may do everything, and a page in its browser nothing', async () => {
    await using serving = await Serving.start()
    const host = new URL(serving.url).host
    expect((await serving.get('/operation')).status).toBe(200)
    expect((await serving.get('/operation', { origin: serving.url.replace(/\/$/, '') })).status).toBe(200)
    for (const origin of ['https://evil.example', 'null', `http://evil.${host}`]) {
      expect([origin, (await serving.get('/operation', { origin })).status]).toEqual([origin, 403])
    }
    for (const name of ['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example']) {
      expect([name, (await serving.get('/operation', { host: name })).status]).toEqual([name, 403])
    }
    expect((await serving.get('/operation', { host: 'localhost:1' })).status).toBe(200)
  })

  test('other machines are not let in: the server does not start, unless it is told to', async () => {
    await using serving = await Serving.start()
    for (const host of ['0.0.0.0', '::', '192.0.2.1']) {
      const refused = await runCommand(['serve', '--port=0', `--host=${host}`], {
        env: { PGVEIL_HOME: join(serving.home, '..', 'other') },
      })
      expect([refused.exitCode, refused.stderr]).toEqual([2, expect.stringContaining('there is no key')])
    }
    await using open = await Serving.start({ flags: ['--host=0.0.0.0', '--insecure'] })
    expect((await open.get('/operation', { host: 'pgveil.example' })).status).toBe(200)
  })
})

/** Of the backup API: its health, and links that are keys themselves. */
const OPEN_TO_ALL = ['/api/health', '/api/storage/public-download']

describe('keys', () => {
  test('are asked for as soon as there is one, by every route but /health', async () => {
    await using serving = await Serving.start({
      flags: ['--rate-limit-authentication=1000', '--rate-limit-writes=1000'],
    })
    const { id, key } = await newKey(serving.home)
    expect(key).toMatch(/^pgveil_[0-9a-f]{12}_[\w-]{43}$/)
    const { paths } = (await serving.get('/openapi.json', bearer(key))).body
    for (const [path, methods] of Object.entries(paths as Record<string, object>)) {
      if (OPEN_TO_ALL.includes(path)) continue
      for (const method of Object.keys(methods)) {
        const answer = await serving.request(method.toUpperCase(), path.replaceAll(/\{\w+\}/g, 'x'))
        expect([path, answer.status]).toEqual([path, path === '/health' ? 200 : 401])
      }
    }
    for (const path of ['/openapi.json', '/docs', '/docs/swagger-ui.js', '/nowhere']) {
      expect([path, (await serving.get(path)).status]).toEqual([path, 401])
    }
    const answer = await serving.get('/operation')
    expect(answer.body).toEqual({ error_code: 'UNAUTHORIZED', message: expect.any(String) })
    expect(answer.headers.get('www-authenticate')).toBe('Bearer')

    for (const scheme of ['Bearer', 'bearer', 'Token', 'TOKEN']) {
      expect((await serving.get('/operation', { authorization: `${scheme} ${key}` })).status).toBe(200)
    }
    for (const wrong of [
      key.slice(0, -1),
      `${key}x`,
      key.toUpperCase(),
      id,
      '',
      `pgveil_${id}_${'A'.repeat(43)}`,
    ]) {
      expect([wrong, (await serving.get('/operation', bearer(wrong))).status]).toEqual([wrong, 401])
    }
    expect((await serving.get('/operation', { authorization: `Basic ${btoa(`x:${key}`)}` })).status).toBe(401)

    expect((await keys(serving.home, 'revoke', id)).exitCode).toBe(0)
    expect((await serving.get('/operation', bearer(key))).status).toBe(401)
    expect((await serving.get('/operation')).status).toBe(401)
    expect((await keys(serving.home, 'revoke', id)).exitCode).toBe(2)
  })

  test('are shown once and kept as hashes', async () => {
    await using serving = await Serving.start()
    const { id, key } = await newKey(serving.home, '--permissions', 'read', 'run', '--days=1')
    await serving.get('/operation', bearer(key))
    const secret = key.split('_').slice(2).join('_')
    for (const { path, bytes } of serving.files())
      expect([path, bytes.includes(secret)]).toEqual([path, false])
    const listed = await keys(serving.home, 'list')
    expect(listed.stdout).toContain(id)
    expect(listed.stdout + serving.output).not.toContain(secret)
    const [row] = JSON.parse((await keys(serving.home, 'list', '--json')).stdout)
    expect(row).toEqual({
      id,
      name: 'of the test',
      permissions: ['read', 'run'],
      createdAt: expect.any(String),
      expiresAt: expect.any(String),
      revokedAt: null,
      enabled: true,
      lastUsedAt: expect.any(String),
    })
    expect(Date.parse(row.expiresAt) - Date.parse(row.createdAt)).toBe(24 * 60 * 60 * 1000)
  })

  test('may do what they are for and no more', async () => {
    await using serving = await Serving.start()
    const byPermission = Object.fromEntries(
      await Promise.all(
        ['read', 'view', 'run', 'delete', 'metrics'].map(
          async (name): Promise<[string, Record<string, string>]> => [
            name,
            bearer((await newKey(serving.home, '--permissions', name)).key),
          ],
        ),
      ),
    )
    const needed: [string, string, string][] = [
      ['GET', '/operation', 'read'],
      ['GET', '/operation/x', 'read'],
      ['GET', '/operation/x/logs', 'read'],
      ['GET', '/operation/x/events', 'read'],
      ['GET', '/handbook/dump-types', 'read'],
      ['POST', '/api/stateless/check_db_connection', 'view'],
      ['POST', '/api/stateless/view-fields', 'view'],
      ['POST', '/api/stateless/view-data', 'view'],
      ['POST', '/api/stateless/preview', 'view'],
      ['POST', '/api/stateless/preview/public', 'view'],
      ['POST', '/api/stateless/scan', 'run'],
      ['POST', '/api/stateless/dump', 'run'],
      ['POST', '/api/stateless/restore', 'run'],
      ['POST', '/operation/x/cancel', 'run'],
      ['DELETE', '/operation/x', 'delete'],
      ['GET', '/metrics', 'metrics'],
    ]
    for (const [method, path, permission] of needed) {
      for (const [name, headers] of Object.entries(byPermission)) {
        const { status } = await serving.request(method, path, method === 'POST' ? '{}' : undefined, headers)
        expect([method, path, name, status === 403]).toEqual([method, path, name, name !== permission])
        expect(status).not.toBe(401)
      }
    }
    const { paths } = (await serving.get('/openapi.json', byPermission.read)).body
    // Those of the backup API are with its tests.
    const routes = Object.entries(paths as Record<string, object>)
      .filter(([path]) => !/^\/api\/(?!stateless\/)/.test(path))
      .flatMap(([, methods]) => Object.keys(methods))
    // All but /health.
    expect(routes.length - 1).toBe(needed.length + 3)
  })

  test('expire', async () => {
    await using serving = await Serving.start()
    const { Database } = await import('bun:sqlite')
    const { key } = await newKey(serving.home, '--days=1')
    expect((await serving.get('/operation', bearer(key))).status).toBe(200)
    const state = new Database(join(serving.home, 'state.db'))
    state.run('UPDATE api_keys SET expires_at = ?', [Date.now() - 1])
    state.close()
    expect((await serving.get('/operation', bearer(key))).status).toBe(401)
  })

  test('may also come from the environment', async () => {
    await using serving = await Serving.start({
      flags: ['--host=0.0.0.0'],
      env: { PGVEIL_API_TOKEN: 'a long token of the test' },
    })
    expect((await serving.get('/health')).status).toBe(200)
    expect((await serving.get('/operation')).status).toBe(401)
    expect((await serving.get('/operation', bearer('a'))).status).toBe(401)
    expect(
      (await serving.get('/operation', { authorization: 'Token a long token of the test' })).status,
    ).toBe(401)
    await using plain = await Serving.start({ env: { PGVEIL_API_TOKEN: 'token-7' } })
    expect((await plain.get('/operation')).status).toBe(401)
    expect((await plain.get('/operation', bearer('token-7'))).status).toBe(200)
  })
})

test('who asked for what is written down, without bodies and keys', async () => {
  await using serving = await Serving.start()
  const { id, key } = await newKey(serving.home)
  await serving.post('/api/stateless/check_db_connection', { user_password: 'hunter2' }, bearer(key))
  await serving.get('/operation', bearer('wrong-key'))
  const audit = readFileSync(join(serving.home, 'audit.log'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(audit).toEqual([
    expect.objectContaining({
      caller: id,
      method: 'POST',
      path: '/api/stateless/check_db_connection',
      status: 422,
      request: expect.any(String),
    }),
    expect.objectContaining({ method: 'GET', path: '/operation', status: 401 }),
  ])
  expect(JSON.stringify(audit)).not.toMatch(/hunter2|wrong-key/)
})

test('too many requests of another machine are refused', async () => {
  await using serving = await Serving.start({ flags: ['--host=0.0.0.0', '--insecure', '--rate-limit=5'] })
  const statuses: number[] = []
  for (let at = 0; at < 7; at++) statuses.push((await serving.get('/handbook/scan-types')).status)
  expect(statuses).toEqual([200, 200, 200, 200, 200, 429, 429])
  expect((await serving.get('/health')).status).toBe(200)
})

test('a body that is too large is refused, with or without a length', async () => {
  await using serving = await Serving.start()
  const large = JSON.stringify({ x: 'y'.repeat(17 * 1024 * 1024) })
  const answer = await serving.request('POST', '/api/stateless/dump', large)
  expect([answer.status, answer.body.error_code]).toEqual([413, 'BODY_TOO_LARGE'])
  const pieces = new ReadableStream({
    start(controller) {
      for (let at = 0; at < 17; at++) controller.enqueue(new Uint8Array(1024 * 1024).fill(0x20))
      controller.close()
    },
  })
  const streamed = await fetch(new URL('/api/stateless/dump', serving.url), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: pieces,
  })
  expect(streamed.status).toBe(413)
  expect((await serving.get('/health')).status).toBe(200)
})

test('answers say what browsers may do with them', async () => {
  await using serving = await Serving.start()
  const { headers } = await serving.get('/operation')
  expect(headers.get('x-content-type-options')).toBe('nosniff')
  expect(headers.get('content-security-policy')).toContain("default-src 'none'")
  expect(headers.get('x-request-id')).toMatch(/./)
  expect(headers.get('access-control-allow-origin')).toBeNull()
})

test('what is not there is told of', async () => {
  await using serving = await Serving.start()
  const method = await serving.delete('/api/stateless/dump')
  expect([method.status, method.headers.get('allow'), method.body.error_code]).toEqual([
    405,
    'POST',
    'METHOD_NOT_ALLOWED',
  ])
  const answer = await serving.get('/nowhere')
  expect([answer.status, answer.body]).toEqual([
    404,
    { error_code: 'NOT_FOUND', message: expect.any(String) },
  ])
})
