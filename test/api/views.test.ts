import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { TestDatabase } from '../server/database.ts'
import { connectionOf, contentOf, Serving } from './serving.ts'

let serving: Serving
let source: TestDatabase
beforeAll(async () => {
  serving = await Serving.start()
  source = await TestDatabase.create(`
    CREATE SCHEMA sales; CREATE SCHEMA "O'Brien ""x"" 世界";
    CREATE TABLE sales.people (id int PRIMARY KEY, mail text, note varchar(40));
    CREATE TABLE sales.orders (id int PRIMARY KEY, total numeric(10,2));
    CREATE TABLE sales.secrets (v text);
    CREATE TABLE "O'Brien ""x"" 世界"."Täble" ("Fïeld" text);
    INSERT INTO sales.people VALUES (1, 'ada@example.org', NULL), (2, 'Zoë "q" \\ ''s', '世界'), (3, '', 'third');
    INSERT INTO sales.orders SELECT i, i FROM generate_series(1, 30) AS i`)
})
afterAll(async () => {
  await serving[Symbol.asyncDispose]()
  await source[Symbol.asyncDispose]()
})

const masks = {
  ...contentOf({
    dictionary: [{ schema: 'sales', table: 'people', fields: { mail: 'md5(mail)' } }],
    dictionary_exclude: [{ schema: 'sales', table: 'secrets' }],
  }),
  additional_info: { owner: 'team 7', list: [1, 2] },
}
const asked = (more: Record<string, unknown> = {}) => ({
  db_connection_params: connectionOf(source.target),
  sens_dict_contents: [masks],
  ...more,
})

describe('check_db_connection', () => {
  const path = '/api/stateless/check_db_connection'

  test('answers 200 where the database lets the user in, port as text or number', async () => {
    for (const port of [String(source.target.port), source.target.port]) {
      const answer = await serving.post(path, connectionOf(source.target, { port }))
      expect([answer.status, answer.body]).toEqual([200, { status: 'ok' }])
    }
  })

  test.each([
    ['a wrong password', { user_password: 'wrong-password-7' }],
    ['a database that is not there', { db_name: "no'such" }],
    ['nobody there', { port: 1 }],
    ['a name without an address', { host: 'no-such-host.invalid' }],
  ])('answers 400 with code and message for %s', async (_, overrides) => {
    const answer = await serving.post(path, connectionOf(source.target, overrides))
    expect(answer.status).toBe(400)
    expect(answer.body).toEqual({
      error_code: 'DB_CONNECTION_FAILED',
      message: expect.stringMatching(/^Cannot connect/),
    })
    expect(answer.body.message).not.toContain('wrong-password-7')
  })

  test.each([
    ['169.254.169.254', 'ADDRESS_REFUSED'],
    ['[fe80::1]', 'ADDRESS_REFUSED'],
    ['::ffff:169.254.169.254', 'ADDRESS_REFUSED'],
    ['/var/run/postgresql', 'ADDRESS_REFUSED'],
    ['a,b', 'DB_CONNECTION_FAILED'],
  ])('does not go to %s', async (host, code) => {
    const answer = await serving.post(path, connectionOf(source.target, { host }))
    expect([answer.status, answer.body.error_code]).toEqual([400, code])
  })

  test('answers 422 with place, words and kind of every mistake', async () => {
    const answer = await serving.post(path, { host: 5, port: 'five', db_name: 'a\0b', user_login: null })
    expect(answer.status).toBe(422)
    const byPlace = Object.fromEntries(
      answer.body.detail.map(({ loc, type }: { loc: string[]; type: string }) => [loc.join('.'), type]),
    )
    expect(byPlace).toEqual({
      'body.host': 'string_type',
      'body.port': 'int_parsing',
      'body.db_name': 'value_error',
      'body.user_login': 'string_type',
      'body.user_password': 'missing',
    })
    for (const problem of answer.body.detail) {
      expect(problem).toEqual({ loc: expect.any(Array), msg: expect.any(String), type: expect.any(String) })
    }
  })

  test.each([
    ['no JSON', '{"host": ', undefined, 'json_invalid'],
    ['nothing', '', undefined, 'json_invalid'],
    ['a list', '[]', undefined, 'dict_type'],
    ['another type', 'host=x', 'application/x-www-form-urlencoded', 'value_error'],
    ['plain text, as a web page could send it', '{}', 'text/plain', 'value_error'],
  ])('answers 422 to a body that is %s', async (_, body, type, kind) => {
    const headers = type === undefined ? {} : { 'content-type': type }
    const answer = await serving.request('POST', path, body, headers as Record<string, string>)
    expect([answer.status, answer.body.detail[0].type]).toEqual([422, kind])
  })
})

describe('view-fields', () => {
  const path = '/api/stateless/view-fields'

  test('gives every field with its rule and what the request said of the dictionary', async () => {
    const answer = await serving.post(path, asked({ schema_name: 'sales', table_mask: '^peo' }))
    expect(answer.status).toBe(200)
    const field = { schema_name: 'sales', table_name: 'people' }
    expect(answer.body).toEqual({
      status_id: 2,
      status: 'success',
      content: [
        { ...field, field_name: 'id', type: 'integer', dict_data: null, rule: null },
        {
          ...field,
          field_name: 'mail',
          type: 'text',
          dict_data: { name: 'masks.json', additional_info: { owner: 'team 7', list: [1, 2] } },
          rule: 'md5(mail)',
        },
        { ...field, field_name: 'note', type: 'character varying(40)', dict_data: null, rule: null },
      ],
    })
  })

  test('narrows by names and masks, keeps to sensitive fields and to a number of them', async () => {
    const names = async (more: Record<string, unknown>) =>
      (await serving.post(path, asked(more))).body.content.map(
        (field: { field_name: string }) => field.field_name,
      )
    expect(await names({ table_name: 'orders' })).toEqual(['id', 'total'])
    expect(await names({ schema_mask: '世界$' })).toEqual(['Fïeld'])
    expect(await names({ view_only_sensitive_fields: true })).toEqual(['mail'])
    expect(await names({ view_only_sensitive_fields: 'true' })).toEqual(['mail'])
    expect(await names({ schema_name: 'sales', fields_limit_count: '2' })).toHaveLength(2)
    expect(await names({ schema_name: 'nowhere' })).toEqual([])
    const orm = contentOf([
      { schema: 'sales', table_name: 'people', table_alias: 'Person', fields: { mail: 'Mail' } },
    ])
    expect(await names({ orm_dict_content: orm, table_name: 'people' })).toEqual(['id', 'Mail', 'note'])
  })

  test('needs no dictionary', async () => {
    const answer = await serving.post(path, { db_connection_params: connectionOf(source.target) })
    expect([answer.status, answer.body.content.length]).toEqual([200, 7])
  })

  test('tells of a dictionary that cannot be read, with its place', async () => {
    const answer = await serving.post(
      path,
      asked({ sens_dict_contents: [{ name: 'broken.py', content: '{"dictionary": [' }] }),
    )
    expect(answer.status).toBe(400)
    expect(answer.body).toEqual({
      error_code: 'INVALID_DICT_FILE',
      message: expect.stringMatching(/^broken\.py:1:/),
    })
  })

  test('refuses a mask that is no regular expression', async () => {
    const answer = await serving.post(path, asked({ table_mask: '(' }))
    expect([answer.status, answer.body.error_code]).toEqual([400, 'VALIDATION_FAILED'])
  })
})

describe('view-data', () => {
  const path = '/api/stateless/view-data'
  const people = { schema_name: 'sales', table_name: 'people' }

  test('gives rows before and after, whatever is in them', async () => {
    const answer = await serving.post(path, asked({ ...people, limit: '2', offset: 1 }))
    expect(answer.status).toBe(200)
    const [{ content }] = [answer.body]
    expect(content).toMatchObject({ ...people, field_names: ['id', 'mail', 'note'], total_rows_count: 3 })
    expect(content.rows_before).toEqual([
      ['2', 'Zoë "q" \\ \'s', '世界'],
      ['3', '', 'third'],
    ])
    expect(content.rows_after).toEqual([
      ['2', new Bun.CryptoHasher('md5').update('Zoë "q" \\ \'s').digest('hex'), '世界'],
      ['3', 'd41d8cd98f00b204e9800998ecf8427e', 'third'],
    ])
    const first = await serving.post(path, asked({ ...people, limit: 1 }))
    expect(first.body.content.rows_before).toEqual([['1', 'ada@example.org', null]])
  })

  test('shows a hundred rows where nothing is said', async () => {
    const answer = await serving.post(path, asked({ schema_name: 'sales', table_name: 'orders' }))
    expect(answer.body.content.rows_after).toHaveLength(30)
  })

  test.each([
    [{ ...people, limit: 0 }, 'INVALID_LIMIT'],
    [{ ...people, limit: 1_000_000 }, 'INVALID_LIMIT'],
    [{ ...people, offset: -1 }, 'INVALID_OFFSET'],
    [{ schema_name: 'sales', table_name: "x'; DROP TABLE people" }, 'TABLE_NOT_FOUND'],
    [{ schema_name: 'sales', table_name: 'secrets' }, 'TABLE_EXCLUDED'],
  ])('refuses %j by %s', async (more, code) => {
    const answer = await serving.post(path, asked(more))
    expect([answer.status, answer.body.error_code]).toEqual([400, code])
  })

  test('needs schema and table', async () => {
    const answer = await serving.post(path, asked())
    expect(answer.body.detail.map(({ loc }: { loc: string[] }) => loc[1])).toEqual([
      'schema_name',
      'table_name',
    ])
  })

  test('a rule that fails on a row is told of without the row', async () => {
    const failing = contentOf({
      dictionary: [{ schema: 'sales', table: 'people', fields: { mail: 'mail::int::text' } }],
    })
    const answer = await serving.post(path, asked({ ...people, sens_dict_contents: [failing] }))
    expect(answer.status).toBe(400)
    expect(answer.body.message).not.toContain('ada@example.org')
  })
})

describe('preview', () => {
  test('gives the schemas, narrowed by part of the name', async () => {
    const schemas = async (more: Record<string, unknown>) =>
      (
        await serving.post('/api/stateless/preview', {
          db_connection_params: connectionOf(source.target),
          ...more,
        })
      ).body
    expect(await schemas({})).toEqual({
      status_id: 2,
      status: 'success',
      content: ['O\'Brien "x" 世界', 'public', 'sales'],
    })
    expect((await schemas({ schema_filter: 'SAL' })).content).toEqual(['sales'])
  })

  test('gives the tables of a schema with their fields, some at a time', async () => {
    const answer = await serving.post('/api/stateless/preview/sales', asked())
    expect(answer.body.content).toEqual([
      {
        table_name: 'orders',
        is_sensitive: false,
        is_excluded: false,
        fields: [
          { field_name: 'id', type: 'integer', is_sensitive: false, rule: null },
          { field_name: 'total', type: 'numeric(10,2)', is_sensitive: false, rule: null },
        ],
      },
      {
        table_name: 'people',
        is_sensitive: true,
        is_excluded: false,
        fields: [
          { field_name: 'id', type: 'integer', is_sensitive: false, rule: null },
          { field_name: 'mail', type: 'text', is_sensitive: true, rule: 'md5(mail)' },
          { field_name: 'note', type: 'character varying(40)', is_sensitive: false, rule: null },
        ],
      },
      {
        table_name: 'secrets',
        is_sensitive: false,
        is_excluded: true,
        fields: [{ field_name: 'v', type: 'text', is_sensitive: false, rule: null }],
      },
    ])
    const names = async (more: Record<string, unknown>, schema = 'sales') =>
      (
        await serving.post(`/api/stateless/preview/${encodeURIComponent(schema)}`, asked(more))
      ).body.content.map((table: { table_name: string }) => table.table_name)
    expect(await names({ limit: 1, offset: 1 })).toEqual(['people'])
    expect(await names({ table_filter: 'CRET' })).toEqual(['secrets'])
    expect(await names({ view_only_sensitive_tables: true })).toEqual(['people'])
    expect(await names({}, `O'Brien "x" 世界`)).toEqual(['Täble'])
  })
})

test.each([
  [
    'task-statuses',
    [
      { id: 1, title: 'unknown' },
      { id: 2, title: 'success' },
      { id: 3, title: 'error' },
      { id: 4, title: 'in_progress' },
      { id: 5, title: 'starting' },
    ],
  ],
  ['dump-types', [{ title: 'dump' }, { title: 'sync-struct-dump' }, { title: 'sync-data-dump' }]],
  ['restore-types', [{ title: 'restore' }, { title: 'sync-struct-restore' }, { title: 'sync-data-restore' }]],
  ['scan-types', [{ title: 'full' }, { title: 'partial' }]],
])('the handbook of %s', async (name, content) => {
  const answer = await serving.get(`/handbook/${name}`)
  expect([answer.status, answer.body]).toEqual([200, content])
})

test('a hundred requests at once are all answered, with a few connections to the database', async () => {
  const answers = await Promise.all(
    Array.from({ length: 100 }, (_, at) =>
      serving.post(
        '/api/stateless/view-data',
        asked({ schema_name: 'sales', table_name: 'orders', limit: 1, offset: at % 30 }),
      ),
    ),
  )
  expect(answers.map(({ status, body }) => [status, body.content?.rows_after[0][0]])).toEqual(
    answers.map((_, at) => [200, String((at % 30) + 1)]),
  )
})
