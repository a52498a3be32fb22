import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { createConfig, lintFromString } from '@redocly/openapi-core'
import fc from 'fast-check'
import OpenAPIClientAxios, { type Document } from 'openapi-client-axios'
import { connectionOf, Serving } from '../api/serving.ts'
import { TestDatabase } from '../server/database.ts'

let serving: Serving
// biome-ignore lint/suspicious/noExplicitAny: a document that the test walks through
let document: any
beforeAll(async () => {
  serving = await Serving.start({
    flags: ['--rate-limit-reads=999999', '--rate-limit-writes=999999'],
  })
  document = (await serving.get('/openapi.json')).body
})
afterAll(async () => {
  await serving[Symbol.asyncDispose]()
})

describe('the OpenAPI document', () => {
  test('names every route', () => {
    const routes = Object.entries(document.paths as Record<string, object>).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    )
    // Those of the backup API are with its tests.
    const ours = routes.filter((route) => !/ \/api\/(?!stateless\/)/.test(route))
    expect(ours.sort()).toEqual(
      [
        ...[
          'check_db_connection',
          'scan',
          'view-fields',
          'view-data',
          'preview',
          'preview/{schema}',
          'dump',
          'restore',
        ].map((name) => `POST /api/stateless/${name}`),
        'GET /operation',
        'GET /operation/{internal_operation_id}',
        'DELETE /operation/{internal_operation_id}',
        'GET /operation/{internal_operation_id}/logs',
        'GET /operation/{internal_operation_id}/events',
        'POST /operation/{internal_operation_id}/cancel',
        ...['task-statuses', 'dump-types', 'restore-types', 'scan-types'].map(
          (name) => `GET /handbook/${name}`,
        ),
        'GET /health',
        'GET /metrics',
      ].sort(),
    )
  })

  test('is of version 3.1 and passes the linter', async () => {
    expect(document.openapi).toBe('3.1.0')
    const config = await createConfig({
      extends: ['recommended'],
      rules: { 'info-license': 'off', 'no-server-example.com': 'off' },
    })
    const found = await lintFromString({ source: JSON.stringify(document), config })
    // Whoever asks for the health of the server is never refused.
    const problems = found.filter(({ location }) => location[0]?.pointer !== '#/paths/~1health/get/responses')
    expect(problems.map(({ ruleId, message, location }) => [ruleId, message, location[0]?.pointer])).toEqual(
      [],
    )
  })

  test('holds no password among its examples', () => {
    expect(JSON.stringify(document)).not.toMatch(/postgres:|hunter|"user_password":\{[^}]*example/)
  })

  test('a client made of it works', async () => {
    await using source = await TestDatabase.create('CREATE TABLE public.t (i int)')
    const client = await new OpenAPIClientAxios({
      definition: { ...(document as Document), servers: [{ url: serving.url.replace(/\/$/, '') }] },
    }).getClient()
    const connection = connectionOf(source.target, { port: source.target.port })
    const checked = await client.checkDbConnection?.(undefined, connection)
    expect([checked?.status, checked?.data]).toEqual([200, { status: 'ok' }])
    const fields = await client.viewFields?.(undefined, {
      db_connection_params: connection,
      sens_dict_contents: [],
    })
    expect(fields?.data.content).toHaveLength(1)
    const tables = await client.previewTables?.({ schema: 'public' }, { db_connection_params: connection })
    expect(tables?.data.content[0].table_name).toBe('t')
    const listed = await client.listOperations?.({ date_after: '2025-01-01' })
    expect(listed?.data).toEqual([])
  })
})

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
    {},
    true,
    '\0',
    '\ud800',
    '../../x',
    "'; DROP",
    'http://[',
    '2025-01-01',
  ),
)

test('no request makes the server stumble', async () => {
  const routes = Object.entries(
    document.paths as Record<string, Record<string, { requestBody?: unknown }>>,
  ).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, route]) => ({ path, method, hasBody: !!route.requestBody })),
  )
  const fields = Object.entries(document.components.schemas as Record<string, { properties?: object }>)
    .filter(([name]) => name.endsWith('Request') || name === 'DbConnectionParams')
    .flatMap(([, schema]) => Object.keys(schema.properties ?? {}))
  // Nobody listens there: what gets so far ends quickly.
  const connection = { host: '127.0.0.1', port: 1, db_name: 'x', user_login: 'x', user_password: 'x' }
  const body = fc.oneof(
    anything,
    fc.dictionary(fc.constantFrom(...fields), anything, { maxKeys: 6 }).map((some) => ({
      operation_id: 'x',
      webhook_status_url: 'http://127.0.0.1:1/',
      sens_dict_contents: [],
      meta_dict_contents: [],
      schema_name: 'x',
      table_name: 'x',
      input_path: 'x',
      db_connection_params: connection,
      ...some,
    })),
  )
  const word = fc.oneof(
    fc.string({ maxLength: 20 }),
    fc.constantFrom('..', '%00', "'", 'x', '2025-01-01', '0'),
  )
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...routes),
      body,
      word,
      word,
      async ({ path, method, hasBody }, sent, part, value) => {
        const filled = path.replaceAll(/\{\w+\}/g, encodeURIComponent(part || 'x'))
        const query = `?date_before=${encodeURIComponent(value)}&tail_lines=${encodeURIComponent(value)}`
        const text = hasBody ? JSON.stringify(sent) : undefined
        const { status } = await serving.request(method.toUpperCase(), filled + query, text)
        if (status >= 500) throw new Error(`${method} ${filled}${query} with ${text} answers ${status}`)
      },
    ),
    { numRuns: 1500 },
  )
  expect((await serving.get('/health')).status).toBe(200)
}, 120_000)

describe('the page of the API', () => {
  test('needs nothing from elsewhere', async () => {
    const page = await serving.get('/docs')
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=UTF-8'])
    const names = [...(page.body as string).matchAll(/(?:src|href)="([^"]+)"/g)].map(([, name]) => name ?? '')
    expect(names).toHaveLength(3)
    for (const name of names) {
      expect(name).not.toMatch(/^(https?:)?\/\//)
      const asset = await serving.get(`/${name}`)
      expect([name, asset.status, asset.body.length > 50]).toEqual([name, 200, true])
    }
    expect(page.headers.get('content-security-policy')).toMatch(/default-src 'none'; script-src 'self'/)
  })
})

describe('metrics', () => {
  test('are those of Prometheus, by route and not by id', async () => {
    await serving.get('/operation/an-id-of-the-test')
    const { status, headers, body } = await serving.get('/metrics')
    expect([status, headers.get('content-type')]).toEqual([200, expect.stringContaining('text/plain')])
    expect(body).toMatch(/^pgveil_runs\{state="queued"\} \d+$/m)
    expect(body).toMatch(/^pgveil_webhooks_waiting \d+$/m)
    expect(body).toMatch(
      /^pgveil_http_request_duration_seconds_count\{method="GET",route="\/operation\/:internal_operation_id",status="404"\} \d+$/m,
    )
    expect(body).not.toContain('an-id-of-the-test')
    for (const line of (body as string).split('\n').filter(Boolean))
      expect(line).toMatch(/^(# (HELP|TYPE) \w+ .+|\w+(\{.*\})? [\d.e+-]+)$/)
  })
})
