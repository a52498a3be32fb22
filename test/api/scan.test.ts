import { afterAll, beforeAll, expect, test } from 'bun:test'
import { join } from 'node:path'
import { TestDatabase } from '../server/database.ts'
import { Receiver } from './receiver.ts'
import { connectionOf, contentOf, Serving } from './serving.ts'

let serving: Serving
let receiver: Receiver
let source: TestDatabase
beforeAll(async () => {
  serving = await Serving.start()
  receiver = new Receiver()
  source = await TestDatabase.create(`
    CREATE TABLE public.users (id int PRIMARY KEY, email text, remark text, created date);
    CREATE TABLE public.clients (id int PRIMARY KEY, email text, registered date);
    INSERT INTO public.users SELECT i, 'user' || i || '@example.org', 'no. ' || i, now() FROM generate_series(1, 200) AS i;
    INSERT INTO public.clients SELECT i, 'c' || i || '@example.org', now() FROM generate_series(1, 200) AS i`)
})
afterAll(async () => {
  await serving[Symbol.asyncDispose]()
  await receiver[Symbol.asyncDispose]()
  await source[Symbol.asyncDispose]()
})

const meta = contentOf({ data_regex: { rules: ['.*@.*'] }, funcs: { text: 'md5(%s)' } }, 'meta.json')

let number = 0
async function scanned(more: Record<string, unknown>) {
  const request = {
    operation_id: `scan-${++number}`,
    db_connection_params: connectionOf(source.target),
    webhook_status_url: receiver.url,
    meta_dict_contents: [meta],
    proc_count: '1',
    proc_conn_count: 2,
    ...more,
  }
  const answer = await serving.post('/api/stateless/scan', request)
  expect([answer.status, answer.body]).toEqual([201, null])
  const end = await receiver.end(request.operation_id)
  return { end, hooks: receiver.of(request.operation_id) }
}

const tablesOf = (text: string, section: string) =>
  JSON.parse(text)[section].map((entry: { table: string; fields: object }) => [entry.table, entry.fields])

test('a scan goes as documented, and its dictionary is one for a dump', async () => {
  const { end, hooks } = await scanned({
    webhook_metadata: { extra: [1, 2, 3] },
    save_dicts: true,
    type: 'partial',
    depth: '100',
    need_no_sens_dict: true,
    sens_dict_contents: [
      contentOf(
        { dictionary: [{ schema: 'public', table: 'clients', fields: { email: 'NULL' } }] },
        'known.json',
      ),
    ],
    no_sens_dict_contents: [
      contentOf(
        { no_sens_dictionary: [{ schema: 'public', table: 'users', fields: ['id', 'created'] }] },
        'harmless.json',
      ),
    ],
  })
  expect(hooks.map(({ body }) => [body.status_id, body.status])).toEqual([
    [4, 'in_progress'],
    [2, 'success'],
  ])
  expect(end).toEqual({
    operation_id: expect.any(String),
    internal_operation_id: expect.any(String),
    status_id: 2,
    status: 'success',
    webhook_metadata: { extra: [1, 2, 3] },
    started: expect.any(String),
    ended: expect.any(String),
    run_options: expect.objectContaining({
      mode: 'create-dict',
      scan_mode: 'partial',
      scan_partial_rows: 100,
      need_no_sens_dict: true,
      meta_dict_files: ['meta.json'],
      prepared_sens_dict_files: ['known.json'],
      prepared_no_sens_dict_files: ['harmless.json'],
    }),
    sens_dict_content: { name: expect.any(String), content: expect.any(String) },
    no_sens_dict_content: { name: expect.any(String), content: expect.any(String) },
  })
  expect(tablesOf(end.sens_dict_content.content, 'dictionary').sort()).toEqual([
    ['clients', { email: 'NULL' }],
    ['users', { email: 'md5("email")' }],
  ])
  const harmless = Object.fromEntries(tablesOf(end.no_sens_dict_content.content, 'no_sens_dictionary'))
  expect(harmless.users).toEqual(expect.arrayContaining(['id', 'created', 'remark']))

  const details = await serving.get(`/operation/${end.internal_operation_id}`)
  expect(details.body.dictionaries).toEqual({
    meta_dict_files: [meta],
    prepared_sens_dict_files: [expect.objectContaining({ name: 'known.json' })],
    prepared_no_sens_dict_files: [expect.objectContaining({ name: 'harmless.json' })],
    output_sens_dict_file: end.sens_dict_content,
    output_no_sens_dict_file: end.no_sens_dict_content,
  })
  expect(details.body.extra_data).toBeNull()

  const dump = {
    operation_id: 'dump-of-scan',
    db_connection_params: connectionOf(source.target),
    webhook_status_url: receiver.url,
    sens_dict_contents: [end.sens_dict_content],
    output_path: 'scanned',
  }
  await serving.startRun('/api/stateless/dump', dump)
  expect(await receiver.end('dump-of-scan')).toMatchObject({ status: 'success' })
  const manifest = await Bun.file(join(serving.home, 'output/scanned/manifest.json')).json()
  const masked = manifest.tables.map(({ name, masked }: { name: string; masked: { column: string }[] }) => [
    name,
    masked.map(({ column }) => column),
  ])
  expect(masked.sort()).toEqual([
    ['clients', ['email']],
    ['users', ['email']],
  ])
})

test('a full scan gives no non-sensitive dictionary where none is asked for', async () => {
  const { end } = await scanned({ type: 'full' })
  expect(end).toMatchObject({
    status: 'success',
    run_options: { scan_mode: 'full', scan_partial_rows: 10_000 },
  })
  expect(end).not.toHaveProperty('no_sens_dict_content')
  expect(
    tablesOf(end.sens_dict_content.content, 'dictionary')
      .map(([table]: [string]) => table)
      .sort(),
  ).toEqual(['clients', 'users'])
})

test('a scan without a meta-dictionary goes by what pgveil knows itself', async () => {
  const { end } = await scanned({ meta_dict_contents: [] })
  expect(end.status).toBe('success')
  expect(end.sens_dict_content.content).toContain('"email"')
})

test('a meta-dictionary that cannot be read is told of with its own code', async () => {
  const { end } = await scanned({ meta_dict_contents: [{ name: 'broken.py', content: '{"field": [' }] })
  expect(end).toMatchObject({
    status_id: 3,
    status: 'error',
    error: expect.stringMatching(/^broken\.py:1:/),
    error_code: 'INVALID_META_DICT',
  })
  expect(end).not.toHaveProperty('sens_dict_content')
  const other = await scanned({ sens_dict_contents: [{ name: 'other.py', content: '{' }] })
  expect(other.end).toMatchObject({ status: 'error', error_code: 'INVALID_DICT_FILE' })
})
