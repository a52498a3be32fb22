import { Database } from 'bun:sqlite'
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { TestFolder } from '../../server/folder.ts'
import type { Serving } from '../serving.ts'
import { ask, bearer, defined, keyWith, keyWithout, made, serveBackups } from './ground.ts'

interface Operation {
  readonly method: string
  /** With `{id}` filled in. */
  readonly path: string
  readonly template: string
  readonly body: unknown
  /** Undefined: it needs no key. */
  readonly permission: string | undefined
}

const NOBODY = '00000000-0000-0000-0000-000000000000'

let serving: Serving
let folder: TestFolder
let operations: Operation[]
beforeAll(async () => {
  folder = await TestFolder.create()
  serving = await serveBackups()
  const things = await defined(serving, folder.path)
  const profile = await made(serving, 'POST', '/api/encryption-profiles', { name: 'profile' })
  const apiKey = await made(serving, 'POST', '/api/api-keys', { name: 'key', permissions: ['read'] })
  const channel = await made(serving, 'POST', '/api/adapters', {
    name: 'channel',
    type: 'notification',
    adapterId: 'webhook',
    config: { url: 'http://127.0.0.1:1/' },
  })
  const ids = {
    jobs: things.job.id,
    dictionaries: things.dictionary.id,
    storage: things.destination.id,
    'encryption-profiles': profile.id,
    vault: profile.id,
    'api-keys': apiKey.id,
    executions: NOBODY,
  }
  const adapters = { sources: things.source, destinations: things.destination, notifications: channel }
  operations = await declaredOperations(ids, adapters)
})
afterAll(async () => {
  await serving[Symbol.asyncDispose]()
  await folder[Symbol.asyncDispose]()
})

/** Bodies of the right shape, by operation. What they name need not be there: who may not ask hears of that first. */
const BODIES: Readonly<Record<string, unknown>> = {
  'POST /api/jobs': { name: 'another', schedule: '0 2 * * *', sourceId: 'x', destinationId: 'x' },
  'PUT /api/jobs/{id}': { enabled: false },
  'PUT /api/adapters/{id}': { name: undefined },
  'POST /api/adapters/database-stats': { sourceId: 'x' },
  'DELETE /api/storage/{id}/files': { path: 'x/y' },
  'POST /api/storage/{id}/lock': { path: 'x/y', locked: true },
  'POST /api/storage/{id}/download-url': { file: 'x/y' },
  'POST /api/storage/{id}/restore': { file: 'x/y', targetSourceId: 'x' },
  'POST /api/storage/{id}/analyze': { file: 'x/y' },
  'POST /api/encryption-profiles': { name: 'another' },
  'POST /api/dictionaries': { name: 'another', text: '{"dictionary": []}' },
  'PUT /api/dictionaries/{id}': { name: 'renamed' },
  'POST /api/settings/system-tasks': { taskId: 'health-check', enabled: true },
  'PUT /api/settings/system-tasks': { taskId: 'nothing' },
  'POST /api/api-keys': { name: 'another', permissions: ['read'] },
  'PUT /api/api-keys/{id}': { name: 'renamed' },
}

const KINDS = {
  sources: { type: 'database', adapterId: 'postgres', config: { host: '127.0.0.1', port: 1, user: 'x' } },
  destinations: { type: 'storage', adapterId: 'local-fs', config: { basePath: '/nonexistent' } },
  notifications: { type: 'notification', adapterId: 'webhook', config: { url: 'http://127.0.0.1:1/' } },
} as const

async function declaredOperations(
  ids: Readonly<Record<string, string>>,
  adapters: Readonly<Record<keyof typeof KINDS, { id: string }>>,
): Promise<Operation[]> {
  const { paths } = (await ask(serving, 'GET', '/openapi.json')).body as {
    paths: Record<string, Record<string, { description: string; requestBody?: unknown }>>
  }
  return Object.entries(paths)
    .filter(([path]) => path.startsWith('/api/') && !path.startsWith('/api/stateless/'))
    .flatMap(([template, methods]) =>
      Object.entries(methods).flatMap(([verb, { description, requestBody }]) => {
        const method = verb.toUpperCase()
        const [, named = ''] = /Permission: ([^.]+)\./.exec(description) ?? []
        const permissions = [...named.matchAll(/[a-z-]+:[a-z]+/g)].map(([name]) => name)
        const byKind = permissions.length > 1
        return (permissions.length > 0 ? permissions : [undefined]).map((permission): Operation => {
          const kind = permission?.split(':')[0] as keyof typeof KINDS
          const id = template.startsWith('/api/adapters/')
            ? adapters[byKind ? kind : 'sources'].id
            : ids[template.split('/')[2] ?? '']
          const path = template.replace('{id}', id ?? '')
          const { type, adapterId, config } = KINDS[kind] ?? KINDS.sources
          const bodies: Record<string, unknown> = {
            ...BODIES,
            'POST /api/adapters': { name: `another ${kind}`, type, adapterId, config },
            'POST /api/adapters/test-connection': { adapterId, config },
            'POST /api/adapters/access-check': { adapterId, config },
          }
          const body = requestBody ? bodies[`${method} ${template}`] : undefined
          if (requestBody && body === undefined) throw new Error(`no body for ${method} ${template}`)
          const query = template === '/api/adapters' && method === 'GET' ? `?type=${type}` : ''
          const file = template.endsWith('/download') ? '?file=x' : ''
          return { method, path: `${path}${query}${file}`, template, body, permission }
        })
      }),
    )
}

test('every documented endpoint is there, and what a user interface needs beside them', async () => {
  const declared = [...new Set(operations.map(({ method, template }) => `${method} ${template}`))]
  expect(declared.sort()).toEqual(
    [
      // The document's.
      'GET /api/jobs',
      'POST /api/jobs',
      'PUT /api/jobs/{id}',
      'DELETE /api/jobs/{id}',
      'POST /api/jobs/{id}/run',
      'GET /api/executions/{id}',
      'GET /api/history',
      'GET /api/adapters',
      'POST /api/adapters',
      'PUT /api/adapters/{id}',
      'DELETE /api/adapters/{id}',
      'GET /api/adapters/{id}/health-history',
      'POST /api/adapters/test-connection',
      'POST /api/adapters/access-check',
      'POST /api/adapters/database-stats',
      'GET /api/storage/{id}/files',
      'DELETE /api/storage/{id}/files',
      'GET /api/storage/{id}/download',
      'POST /api/storage/{id}/download-url',
      'GET /api/storage/public-download',
      'POST /api/storage/{id}/restore',
      'POST /api/storage/{id}/analyze',
      'GET /api/storage/{id}/history',
      'GET /api/vault/{id}/recovery-kit',
      'GET /api/settings/system-tasks',
      'POST /api/settings/system-tasks',
      'PUT /api/settings/system-tasks',
      'GET /api/health',
      // Ours.
      'POST /api/executions/{id}/cancel',
      'POST /api/storage/{id}/lock',
      'GET /api/encryption-profiles',
      'POST /api/encryption-profiles',
      'GET /api/encryption-profiles/{id}',
      'DELETE /api/encryption-profiles/{id}',
      'GET /api/dictionaries',
      'POST /api/dictionaries',
      'GET /api/dictionaries/{id}',
      'PUT /api/dictionaries/{id}',
      'DELETE /api/dictionaries/{id}',
      'GET /api/api-keys',
      'POST /api/api-keys',
      'PUT /api/api-keys/{id}',
      'POST /api/api-keys/{id}/rotate',
      'DELETE /api/api-keys/{id}',
      'GET /api/audit',
    ].sort(),
  )
  const open = operations.filter(({ permission }) => permission === undefined).map(({ template }) => template)
  expect(open.sort()).toEqual(['/api/health', '/api/storage/public-download'])
})

const error = { error: expect.stringMatching(/.{5,}/) }

/** What the operation answers to somebody. */
async function answered({ method, path, body }: Operation, headers: Record<string, string>) {
  const answer = await serving.request(
    method,
    path,
    body === undefined ? undefined : JSON.stringify(body),
    headers,
  )
  return [`${method} ${path}`, answer.status, answer.body]
}

describe('every endpoint that needs a key', () => {
  const guarded = () => operations.filter(({ permission }) => permission !== undefined)

  test('refuses who has none, or one that is wrong, disabled, expired or deleted', async () => {
    const { id, key } = await made(serving, 'POST', '/api/api-keys', {
      name: 'soon disabled',
      permissions: ['jobs:read'],
    })
    expect((await serving.get('/api/jobs', bearer(key))).status).toBe(200)
    await made(serving, 'PUT', `/api/api-keys/${id}`, { enabled: false })
    const expired = await made(serving, 'POST', '/api/api-keys', {
      name: 'expired',
      permissions: ['jobs:read'],
      expiresAt: '2020-01-01T00:00:00Z',
    })
    const deleted = await made(serving, 'POST', '/api/api-keys', {
      name: 'deleted',
      permissions: ['jobs:read'],
    })
    await made(serving, 'DELETE', `/api/api-keys/${deleted.id}`)
    const strangers = [
      {},
      bearer('wrong'),
      bearer(`pgveil_${id}_${'A'.repeat(43)}`),
      bearer(key),
      bearer(expired.key),
      bearer(deleted.key),
    ]
    for (const operation of guarded()) {
      for (const headers of strangers) {
        const expected = [`${operation.method} ${operation.path}`, 401, error]
        expect(await answered(operation, headers as Record<string, string>)).toEqual(expected)
      }
    }
  }, 60_000)

  test('refuses who has all permissions but its own, and nobody who has it', async () => {
    for (const permission of new Set(guarded().map(({ permission }) => permission ?? ''))) {
      const without = await keyWithout(serving, permission)
      for (const operation of guarded().filter((one) => one.permission === permission)) {
        const answer = await answered(operation, bearer(without))
        expect([permission, ...answer]).toEqual([
          permission,
          `${operation.method} ${operation.path}`,
          403,
          error,
        ])
        expect((answer[2] as { error: string }).error).toContain(permission)
      }
    }
    for (const operation of guarded().filter(({ method }) => method === 'GET')) {
      const key = await keyWith(serving, [operation.permission as never])
      const answer = await answered(operation, bearer(key))
      expect([answer[0], answer[1] === 401 || answer[1] === 403]).toEqual([answer[0], false])
    }
  }, 60_000)

  test('answers 404 for an id that there is not, whatever it looks like', async () => {
    const odd = [NOBODY, 'x', '..%2Fjobs', "'", '%F0%9F%92%BE', '%00', 'x'.repeat(5000), '__proto__']
    for (const operation of guarded().filter(({ template }) => template.includes('{id}'))) {
      for (const id of odd) {
        const path = operation.template.replace('{id}', id)
        const query = operation.template.endsWith('/download') ? '?file=x' : ''
        const { status, body } = await ask(serving, operation.method, path + query, operation.body)
        expect([`${operation.method} ${path}`, status, body]).toEqual([
          `${operation.method} ${path}`,
          404,
          error,
        ])
      }
    }
  }, 60_000)

  test('answers 400 for a body that is none, and names what is wrong', async () => {
    const wrong = ['', '{', '[]', 'null', '"x"', '7', '{"\\u0000": 1}', `{"x": ${'['.repeat(5000)}`]
    for (const { method, path } of guarded().filter(({ body }) => body !== undefined)) {
      for (const text of wrong) {
        const answer = await serving.request(method, path, text, bearer('the-token-of-the-test'))
        expect([method, path, text, answer.status, answer.body]).toEqual([method, path, text, 400, error])
      }
      const form = await serving.request(method, path, '{}', {
        ...bearer('the-token-of-the-test'),
        'content-type': 'text/plain',
      })
      expect([method, path, form.status, form.body]).toEqual([method, path, 400, error])
    }
  }, 60_000)
})

test('a field that is missing, wrong or misspelt is named', async () => {
  const cases: [string, string, unknown, RegExp][] = [
    ['POST', '/api/jobs', { name: 'x' }, /schedule: /],
    ['POST', '/api/jobs', { name: 7, schedule: 'x', sourceId: 'x', destinationId: 'x' }, /name: /],
    [
      'POST',
      '/api/jobs',
      { name: 'x', schedule: '* * * * *', sourceId: 'x', destinationId: 'x', encryptionProfileID: 'x' },
      /encryptionProfileID/,
    ],
    ['POST', '/api/adapters', { name: 'x', type: 'queue', adapterId: 'x', config: {} }, /type: /],
    ['POST', '/api/adapters', { name: 'x', type: 'storage', adapterId: 's3' }, /config: /],
    ['POST', '/api/settings/system-tasks', { taskId: 'health-check', schedule: 'often' }, /schedule/i],
    ['POST', '/api/api-keys', { name: 'x', permissions: ['everything'] }, /permissions/],
    ['POST', '/api/api-keys', { name: 'x', permissions: [] }, /permissions/],
    ['POST', '/api/encryption-profiles', { name: 'x', key: 'short' }, /key: /],
  ]
  for (const [method, path, body, message] of cases) {
    const answer = await ask(serving, method, path, body)
    expect([path, answer.status, answer.body]).toEqual([path, 400, { error: expect.stringMatching(message) }])
  }
  for (const query of ['/api/audit?limit=x', '/api/audit?from=yesterday', '/api/adapters?type=queue']) {
    expect([query, (await ask(serving, 'GET', query)).status]).toEqual([query, 400])
  }
})

test('what is refused before any route is asked has the same body', async () => {
  const answers = [
    [await ask(serving, 'GET', '/api/nowhere'), 404],
    [await ask(serving, 'GET', '/api'), 404],
    [await ask(serving, 'PATCH', '/api/jobs'), 405],
    [await ask(serving, 'POST', '/api/jobs', { x: 'y'.repeat(17 * 1024 * 1024) }), 413],
    [
      await serving.get('/api/jobs', { ...bearer('the-token-of-the-test'), origin: 'https://evil.example' }),
      403,
    ],
    [await serving.get('/api/nowhere'), 401],
  ] as const
  for (const [answer, status] of answers) expect([answer.status, answer.body]).toEqual([status, error])
  expect(answers[2][0].headers.get('allow')).toContain('POST')
  const other = await serving.get('/operation')
  expect([other.status, other.body]).toEqual([
    401,
    { error_code: 'UNAUTHORIZED', message: expect.any(String) },
  ])
  const stateless = await serving.get('/api/stateless/nowhere', bearer('the-token-of-the-test'))
  expect(stateless.body).toEqual({ error_code: 'NOT_FOUND', message: expect.any(String) })
})

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
