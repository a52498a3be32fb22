import { Database } from 'bun:sqlite'
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import type { Serving } from '../serving.ts'
import { ask, keyWith, made, serveBackups } from './ground.ts'

const error = { error: expect.stringMatching(/.{5,}/) }

let serving: Serving
beforeAll(async () => {
  serving = await serveBackups()
})
afterAll(() => serving[Symbol.asyncDispose]())

describe('keys', () => {
  test('are listed without secrets, rotated, disabled and deleted', async () => {
    const created = await made(serving, 'POST', '/api/api-keys', {
      name: 'shown once',
      permissions: ['jobs:write', 'jobs:read', 'jobs:read'],
      expiresAt: '2999-12-31',
    })
    expect(created).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{12}$/),
      name: 'shown once',
      prefix: `pgveil_${created.id}`,
      permissions: ['jobs:read', 'jobs:write'],
      enabled: true,
      expiresAt: '2999-12-31T00:00:00.000Z',
      lastUsedAt: null,
      createdAt: expect.any(String),
      key: expect.stringMatching(/^pgveil_[0-9a-f]{12}_[\w-]{43}$/),
    })
    await made(serving, 'GET', '/api/jobs', undefined, created.key)
    const listed = await made(serving, 'GET', '/api/api-keys')
    const { key: _, ...shown } = created
    expect(listed[0]).toEqual({ ...shown, lastUsedAt: expect.any(String) })
    expect(JSON.stringify(listed)).not.toContain(created.key.split('_')[2])

    const rotated = await made(serving, 'POST', `/api/api-keys/${created.id}/rotate`)
    expect(rotated.key).not.toBe(created.key)
    expect((await ask(serving, 'GET', '/api/jobs', undefined, created.key)).status).toBe(401)
    expect((await ask(serving, 'GET', '/api/jobs', undefined, rotated.key)).status).toBe(200)

    await made(serving, 'PUT', `/api/api-keys/${created.id}`, { enabled: false })
    expect((await ask(serving, 'GET', '/api/jobs', undefined, rotated.key)).status).toBe(401)
    await made(serving, 'PUT', `/api/api-keys/${created.id}`, { enabled: true, expiresAt: null })
    expect((await ask(serving, 'GET', '/api/jobs', undefined, rotated.key)).status).toBe(200)

    expect(await made(serving, 'DELETE', `/api/api-keys/${created.id}`)).toEqual({ success: true })
    expect((await ask(serving, 'GET', '/api/jobs', undefined, rotated.key)).status).toBe(401)
    for (const [method, path] of [
      ['DELETE', ''],
      ['POST', '/rotate'],
    ]) {
      expect((await ask(serving, method ?? '', `/api/api-keys/${created.id}${path}`)).status).toBe(404)
    }
    const ids = (await made(serving, 'GET', '/api/api-keys')).map(({ id }: { id: string }) => id)
    expect(ids).not.toContain(created.id)
  })

  test('give no more than they have, by no way', async () => {
    const strong = await made(serving, 'POST', '/api/api-keys', {
      name: 'strong',
      permissions: ['vault:write', 'api-keys:write'],
    })
    const weak = await keyWith(serving, ['api-keys:read', 'api-keys:write'])
    const ways: [string, string, unknown][] = [
      ['POST', '/api/api-keys', { name: 'x', permissions: ['vault:write'] }],
      ['PUT', `/api/api-keys/${strong.id}`, { permissions: ['api-keys:write', 'jobs:read'] }],
      ['POST', `/api/api-keys/${strong.id}/rotate`, undefined],
      ['PUT', `/api/api-keys/${strong.id}`, { enabled: true }],
      ['PUT', `/api/api-keys/${strong.id}`, { expiresAt: null }],
    ]
    for (const [method, path, body] of ways) {
      const answer = await ask(serving, method, path, body, weak)
      expect([method, path, answer.status, answer.body]).toEqual([method, path, 403, error])
    }
    expect((await ask(serving, 'GET', '/api/api-keys', undefined, strong.key)).status).toBe(403)
    const fitting = { name: 'x', permissions: ['api-keys:read'] }
    expect((await ask(serving, 'POST', '/api/api-keys', fitting, weak)).status).toBe(201)
  })

  test('their last use is noted once a minute', async () => {
    const { id, key } = await made(serving, 'POST', '/api/api-keys', {
      name: 'used',
      permissions: ['jobs:read'],
    })
    const state = new Database(join(serving.home, 'state.db'))
    const used = () =>
      (state.query('SELECT last_used_at FROM api_keys WHERE id = ?').get(id) as { last_used_at: number })
        .last_used_at
    await ask(serving, 'GET', '/api/jobs', undefined, key)
    const first = used()
    expect(Date.now() - first).toBeLessThan(60_000)
    await ask(serving, 'GET', '/api/jobs', undefined, key)
    expect(used()).toBe(first)
    state.run('UPDATE api_keys SET last_used_at = ? WHERE id = ?', [first - 60_000, id])
    await ask(serving, 'GET', '/api/jobs', undefined, key)
    expect(used()).toBeGreaterThanOrEqual(first)
    state.close()
  })
})

describe('the audit log', () => {
  test('says who did what from where, without bodies, keys and queries', async () => {
    const key = await keyWith(serving, ['vault:write', 'audit:read'])
    const { id } = await made(
      serving,
      'POST',
      '/api/encryption-profiles',
      { name: 'audited', key: '0123456789abcdef'.repeat(4) },
      key,
    )
    await ask(serving, 'GET', '/api/jobs?secret=in-the-query', undefined, key)
    await ask(serving, 'GET', `/api/vault/${id}/recovery-kit`, undefined, key)
    const entries = await made(serving, 'GET', '/api/audit?limit=3', undefined, key)
    const caller = key.split('_')[1]
    expect(entries).toEqual([
      {
        id: expect.any(Number),
        createdAt: expect.stringMatching(/Z$/),
        caller,
        address: expect.stringMatching(/127\.0\.0\.1|::1/),
        method: 'GET',
        path: `/api/vault/${id}/recovery-kit`,
        status: 200,
        details: { trigger: 'api', request: expect.any(String), profile: id },
      },
      expect.objectContaining({ method: 'GET', path: '/api/jobs', status: 403 }),
      expect.objectContaining({ method: 'POST', path: '/api/encryption-profiles', status: 201 }),
    ])
    const all = JSON.stringify(await made(serving, 'GET', '/api/audit?limit=1000'))
    expect(all).not.toMatch(/in-the-query|0123456789abcdef0123|pgveil_[0-9a-f]{12}_/)
  })

  test('is read page by page, and by time', async () => {
    for (let at = 0; at < 5; at++) await ask(serving, 'GET', `/api/nowhere-${at}`)
    const first = await made(serving, 'GET', '/api/audit?limit=2')
    const second = await made(serving, 'GET', `/api/audit?limit=2&before=${first[1].id}`)
    expect([...first, ...second].map(({ path }) => path)).toEqual([
      '/api/nowhere-4',
      '/api/nowhere-3',
      '/api/nowhere-2',
      '/api/nowhere-1',
    ])
    expect(await made(serving, 'GET', '/api/audit?to=2020-01-01')).toEqual([])
    expect(await made(serving, 'GET', '/api/audit?from=2999-01-01T00:00:00%2B01:00')).toEqual([])
  })
})
