import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
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
