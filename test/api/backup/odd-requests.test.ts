import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { TestFolder } from '../../server/folder.ts'
import { ask, bearer, defined, serveBackups } from './ground.ts'

/** Values of any kind, some of which are nearly right. */
const anything = fc.oneof(
  fc
    .anything({ maxDepth: 2, withNullPrototype: false })
    .filter((value) => JSON.stringify(value) !== undefined),
  fc.constantFrom(
    null,
    '',
    '0',
    '-1',
    1e308,
    '9'.repeat(40),
    [],
    [null],
    {},
    true,
    '\0',
    '\ud800',
    '../../x',
    "'; DROP",
    'http://[',
    '2025-01-01',
    'UTC',
    '* * * * *',
    'NONE',
    'postgres',
    '__proto__',
  ),
)

/** Bodies that are right, or nearly so: one field of them becomes something else. */
const BODIES: Readonly<Record<string, Record<string, unknown>>> = {
  'POST /api/jobs': {
    name: 'x',
    schedule: '0 2 * * *',
    sourceId: 'SOURCE',
    destinationId: 'DESTINATION',
    dictionaryIds: ['DICTIONARY'],
    timeZone: 'UTC',
    missedRuns: 'skip',
    compression: 'ZSTD',
    retention: { mode: 'SIMPLE', simple: { keepCount: 1 } },
    databases: ['a'],
    targets: [],
    notificationIds: [],
    notificationEvents: {},
    anonymize: true,
    enabled: false,
  },
  'POST /api/adapters': {
    name: 'x',
    type: 'database',
    adapterId: 'postgres',
    config: { host: '127.0.0.1', port: 1, user: 'x' },
    production: true,
  },
  'POST /api/adapters/test-connection': {
    adapterId: 'postgres',
    config: { host: '127.0.0.1', port: 1, user: 'x' },
    configId: 'SOURCE',
  },
  'POST /api/adapters/access-check': {
    adapterId: 'postgres',
    config: { host: '127.0.0.1', port: 1, user: 'x' },
  },
  'POST /api/adapters/database-stats': { sourceId: 'SOURCE', adapterId: 'postgres', config: {} },
  'PUT /api/adapters/SOURCE': { name: 'x', config: { host: '127.0.0.1', port: 1 } },
  'PUT /api/jobs/JOB': { name: 'x', schedule: '0 2 * * *', databases: [], retention: { mode: 'NONE' } },
  'POST /api/dictionaries': { name: 'x', kind: 'tables', text: '{"tables": []}' },
  'POST /api/encryption-profiles': { name: 'x', description: 'x', key: 'ab'.repeat(32) },
  'POST /api/settings/system-tasks': { taskId: 'health-check', schedule: '* * * * *', enabled: false },
  'PUT /api/settings/system-tasks': { taskId: 'audit-log-cleanup' },
  'POST /api/storage/DESTINATION/restore': {
    file: 'x/y.dump',
    targetSourceId: 'SOURCE',
    databaseMapping: { a: 'b' },
    privilegedAuth: { user: 'x', password: 'x' },
  },
  'POST /api/storage/DESTINATION/analyze': { file: 'x/y.dump', type: 'postgres' },
  'POST /api/storage/DESTINATION/download-url': { file: 'x/y.dump', decrypt: true },
  'POST /api/storage/DESTINATION/lock': { path: 'x/y.dump', locked: true },
  'DELETE /api/storage/DESTINATION/files': { path: 'x/y.dump' },
  'POST /api/api-keys': { name: 'x', permissions: ['read'], expiresAt: null, enabled: true },
}

const QUERIES = [
  '/api/audit?from=VALUE&to=VALUE&limit=VALUE&before=VALUE',
  '/api/adapters?type=VALUE',
  '/api/adapters/SOURCE/health-history?limit=VALUE&from=VALUE',
  '/api/executions/VALUE?includeLogs=VALUE',
  '/api/storage/DESTINATION/files?typeFilter=VALUE',
  '/api/storage/DESTINATION/history?days=VALUE',
  '/api/storage/DESTINATION/download?file=VALUE&decrypt=VALUE',
  '/api/storage/public-download?token=VALUE',
  '/api/jobs/VALUE',
  '/api/vault/VALUE/recovery-kit',
  '/api/encryption-profiles/VALUE',
  '/api/dictionaries/VALUE',
]

test('no request makes the server stumble, and every refusal has the one shape', async () => {
  await using folder = await TestFolder.create()
  await using serving = await serveBackups()
  const { source, destination, dictionary, job } = await defined(serving, folder.path)
  const ids = { SOURCE: source.id, DESTINATION: destination.id, DICTIONARY: dictionary.id, JOB: job.id }
  const filled = (text: string) =>
    text.replaceAll(/SOURCE|DESTINATION|DICTIONARY|JOB/g, (name) => ids[name as keyof typeof ids])
  const check = async (method: string, path: string, body: string | undefined) => {
    const answer = await serving.request(method, path, body, bearer('the-token-of-the-test'))
    const what = `${method} ${path} with ${body} answers ${answer.status}: ${JSON.stringify(answer.body)}`
    if (answer.status >= 500) throw new Error(what)
    if (answer.status >= 400 && typeof answer.body.error !== 'string') throw new Error(what)
  }
  const operation = fc.constantFrom(...Object.keys(BODIES))
  const field = fc.nat(20)
  await fc.assert(
    fc.asyncProperty(operation, field, anything, async (name, index, value) => {
      const body = BODIES[name] ?? {}
      const names = Object.keys(body)
      const changed = { ...body, [names[index % names.length] ?? 'x']: value }
      const [method = '', path = ''] = name.split(' ')
      await check(method, filled(path), filled(JSON.stringify(changed)))
    }),
    { numRuns: 700 },
  )
  const word = fc.oneof(
    fc.string({ maxLength: 30, unit: 'binary' }),
    fc.constantFrom('0', '-1', '\0', '..', '1e9'),
  )
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...QUERIES), word, async (query, value) => {
      const sent = filled(query).replaceAll('VALUE', encodeURIComponent(value.toWellFormed() || 'x'))
      await check('GET', sent, undefined)
    }),
    { numRuns: 500 },
  )
  expect((await ask(serving, 'GET', '/api/health')).status).toBe(200)
}, 120_000)
