import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { TestDatabase } from '../server/database.ts'
import { TestFolder } from '../server/folder.ts'
import { clientProgram } from '../server/programs.ts'
import { Receiver } from './receiver.ts'
import { connectionOf, contentOf, Serving, until } from './serving.ts'

let serving: Serving
let receiver: Receiver
let source: TestDatabase
beforeAll(async () => {
  serving = await Serving.start()
  receiver = new Receiver()
  source = await TestDatabase.create(`
    CREATE TABLE public.users (id int PRIMARY KEY, email text NOT NULL);
    CREATE TABLE public.clients (id int PRIMARY KEY, email text);
    INSERT INTO public.users SELECT i, 'user' || i || '@example.org' FROM generate_series(1, 500) AS i;
    INSERT INTO public.clients SELECT i, 'client' || i || '@example.org' FROM generate_series(1, 10) AS i`)
})
afterAll(async () => {
  await serving[Symbol.asyncDispose]()
  await receiver[Symbol.asyncDispose]()
  await source[Symbol.asyncDispose]()
})

const masks = contentOf({
  dictionary: [
    { schema: 'public', table: 'users', fields: { email: 'md5(email)' } },
    { schema: 'public', table: 'clients', fields: { email: 'md5(email)' } },
  ],
})
const onlyUsers = contentOf({ tables: [{ schema: 'public', table: 'users' }] }, 'users.json')

let number = 0
const nextId = () => `operation-${++number}`

function dumpRequest(more: Record<string, unknown> = {}) {
  return {
    operation_id: nextId(),
    db_connection_params: connectionOf(source.target),
    webhook_status_url: receiver.url,
    sens_dict_contents: [masks],
    proc_count: 1,
    proc_conn_count: '2',
    ...more,
  }
}

function restoreRequest(target: TestDatabase, more: Record<string, unknown> = {}) {
  return {
    operation_id: nextId(),
    db_connection_params: connectionOf(target.target),
    webhook_status_url: receiver.url,
    proc_count: 1,
    proc_conn_count: 2,
    ...more,
  }
}

/** Starts a run and waits for the report of its end. */
async function run(kind: 'dump' | 'restore' | 'scan', request: { operation_id: string }) {
  const id = await serving.startRun(`/api/stateless/${kind}`, request)
  return { id, end: await receiver.end(request.operation_id) }
}

const output = (path: string) => join(serving.home, 'output', path)

describe('a dump and its restore', () => {
  test('go as documented, from the request to the last webhook', async () => {
    await using target = await TestDatabase.create()
    const metadata = {
      extra: 'data',
      nested: { list: [1, 2, 3], number: 123, nothing: null },
      'Ünï "q"': true,
    }
    const request = dumpRequest({
      webhook_metadata: metadata,
      webhook_extra_headers: { Authorization: 'Api-key of the test', 'X-Extra': 'a value' },
      webhook_verify_ssl: true,
      save_dicts: true,
      type: 'dump',
      partial_tables_dict_contents: [
        contentOf(
          {
            dictionary: [
              { schema: 'public', table: 'users', fields: { email: 'md5(email)' } },
              { schema: 'public', table_mask: '^cli' },
            ],
          },
          'both.json',
        ),
      ],
      partial_tables_exclude_dict_contents: [
        contentOf({ tables: [{ schema: 'public', table: 'clients' }] }, 'not.json'),
      ],
      output_path: 'documented',
      pg_dump_path: (await clientProgram('pg_dump')).path,
    })
    const answer = await serving.post('/api/stateless/dump', request)
    expect([answer.status, answer.body]).toEqual([201, null])
    const end = await receiver.end(request.operation_id)
    const [begin, last] = receiver.of(request.operation_id)
    expect(begin?.body).toEqual({
      operation_id: request.operation_id,
      status_id: 4,
      status: 'in_progress',
      webhook_metadata: metadata,
    })
    expect(end).toEqual({
      operation_id: request.operation_id,
      internal_operation_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      status_id: 2,
      status: 'success',
      webhook_metadata: metadata,
      started: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00$/),
      ended: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00$/),
      run_options: {
        mode: 'dump',
        internal_operation_id: end.internal_operation_id,
        db_host: source.target.host,
        db_port: source.target.port,
        db_name: source.name,
        db_user: source.target.user,
        processes: 1,
        db_connections_per_process: 2,
        save_dicts: true,
        prepared_sens_dict_files: ['masks.json'],
        partial_tables_dict_files: ['both.json'],
        partial_tables_exclude_dict_files: ['not.json'],
        output_dir: output('documented'),
        clear_output_dir: true,
        pg_dump: (await clientProgram('pg_dump')).path,
        pg_dump_options: null,
        ignore_privileges: false,
      },
      size: readdirSync(output('documented')).reduce(
        (sum, name) => sum + Bun.file(join(output('documented'), name)).size,
        0,
      ),
    })
    expect(last?.headers).toMatchObject({
      authorization: 'Api-key of the test',
      'x-extra': 'a value',
      'content-type': 'application/json',
    })
    expect(receiver.statuses(request.operation_id)).toEqual(['in_progress', 'success'])

    const restored = await run(
      'restore',
      restoreRequest(target, {
        type: 'restore',
        input_path: 'documented',
        pg_restore_path: (await clientProgram('pg_restore')).path,
        drop_custom_check_constr: false,
        clean_db: false,
        drop_db: 'false',
        save_dicts: true,
      }),
    )
    expect(restored.end).toMatchObject({ status_id: 2, status: 'success', webhook_metadata: null })
    expect(restored.end).not.toHaveProperty('size')
    expect(restored.end.run_options).toMatchObject({
      mode: 'restore',
      input_dir: output('documented'),
      drop_db: false,
    })
    expect(await target.value<string>("SELECT string_agg(email, ',') FROM public.users WHERE id < 3")).toBe(
      ['user1@example.org', 'user2@example.org']
        .map((mail) => new Bun.CryptoHasher('md5').update(mail).digest('hex'))
        .join(),
    )
    expect(await target.value("SELECT to_regclass('public.clients')")).toBeNull()
  })

  test('of the structure and of the rows alone', async () => {
    await using target = await TestDatabase.create()
    for (const type of ['sync-struct-dump', 'sync-data-dump']) {
      const { end } = await run('dump', dumpRequest({ type, output_path: `parts/${type}` }))
      expect([end.status, end.run_options.mode]).toEqual(['success', type])
    }
    const structure = await run(
      'restore',
      restoreRequest(target, { type: 'sync-struct-restore', input_path: 'parts/sync-struct-dump' }),
    )
    expect(structure.end.status).toBe('success')
    expect(await target.value<number>('SELECT count(*)::int FROM public.users')).toBe(0)
    const rows = await run(
      'restore',
      restoreRequest(target, {
        type: 'sync-data-restore',
        input_path: '/parts//sync-data-dump/',
        partial_tables_dict_contents: [onlyUsers],
      }),
    )
    expect(rows.end.status).toBe('success')
    expect(await target.value<number>('SELECT count(*)::int FROM public.users')).toBe(500)
    expect(await target.value<number>('SELECT count(*)::int FROM public.clients')).toBe(0)
  })

  test('into a database that is not empty, cleaned or dropped', async () => {
    await using target = await TestDatabase.create('CREATE TABLE public.users (id int)')
    await run('dump', dumpRequest({ output_path: 'again' }))
    const refused = await run('restore', restoreRequest(target, { input_path: 'again' }))
    expect(refused.end).toMatchObject({
      status_id: 3,
      status: 'error',
      error_code: 'DB_NOT_EMPTY',
      error: expect.stringMatching(/./),
    })
    const cleaned = await run('restore', restoreRequest(target, { input_path: 'again', clean_db: true }))
    expect(cleaned.end.status).toBe('success')
    const both = await serving.post(
      '/api/stateless/restore',
      restoreRequest(target, { input_path: 'again', clean_db: true, drop_db: true }),
    )
    expect([both.status, both.body.detail[0].msg]).toEqual([422, expect.stringContaining('Only one')])
  })

  test('installs the function library where a rule calls it and it is not there', async () => {
    await using other = await TestDatabase.create(
      "CREATE TABLE public.t AS SELECT 1 AS i, 'x@y.z'::text AS mail",
    )
    const dictionary = contentOf({
      dictionary: [
        { schema: 'public', table: 't', fields: { mail: "anon_funcs.digest(mail, 'salt', 'md5')" } },
      ],
    })
    const { end } = await run(
      'dump',
      dumpRequest({ db_connection_params: connectionOf(other.target), sens_dict_contents: [dictionary] }),
    )
    expect(end).toMatchObject({ status: 'success' })
    expect(await other.value("SELECT to_regnamespace('anon_funcs')::text")).toBe('anon_funcs')
  })
})

test('metadata come back as they were written, number for number', async () => {
  const metadata =
    '{"id": 12345678901234567890, "rate": 1.0, "tiny": 1e-400, "text": "\\u00fc \\ud83d\\ude00", "list": [-0, 0.1]}'
  const request = dumpRequest()
  const body = JSON.stringify(request).replace(/\}$/, `, "webhook_metadata": ${metadata}}`)
  expect((await serving.request('POST', '/api/stateless/dump', body)).status).toBe(201)
  await receiver.end(request.operation_id)
  for (const { text } of receiver.of(request.operation_id)) {
    expect(text).toContain(
      '"webhook_metadata":{"id":12345678901234567890,"rate":1.0,"tiny":1e-400,"text":"ü 😀","list":[-0,0.1]}',
    )
  }
})

test('pseudonyms take their salt from the environment of the server, and the archive does not hold it', async () => {
  await using salted = await Serving.start({ env: { PGVEIL_SALT: 'grain of the test' } })
  await using other = await TestDatabase.create("CREATE TABLE public.t AS SELECT 'Ada'::text AS name")
  await using target = await TestDatabase.create()
  const rule = {
    dictionary: [{ schema: 'public', table: 't', fields: { name: 'anon_funcs.fake_first_name(name)' } }],
  }
  const request = dumpRequest({
    db_connection_params: connectionOf(other.target),
    sens_dict_contents: [contentOf(rule)],
    output_path: 'salted',
  })
  await salted.startRun('/api/stateless/dump', request)
  expect(await receiver.end(request.operation_id)).toMatchObject({ status: 'success' })
  const restore = restoreRequest(target, { input_path: 'salted' })
  await salted.startRun('/api/stateless/restore', restore)
  expect(await receiver.end(restore.operation_id)).toMatchObject({ status: 'success' })
  const expected = await other.value<string>("SELECT anon_funcs.fake_first_name('Ada', 'grain of the test')")
  expect(await target.value<string>('SELECT name FROM public.t')).toBe(expected)
  for (const { path, bytes } of salted.files())
    expect([path, bytes.includes('grain of')]).toEqual([path, false])
})

describe('what is not said', () => {
  test('has the documented defaults', async () => {
    const { operation_id, db_connection_params, webhook_status_url, sens_dict_contents } = dumpRequest()
    const request = { operation_id, db_connection_params, webhook_status_url, sens_dict_contents }
    const { id, end } = await run('dump', request)
    expect(end.run_options).toMatchObject({
      mode: 'dump',
      processes: 4,
      db_connections_per_process: 4,
      save_dicts: false,
    })
    expect(end.run_options.output_dir).toBe(output(id))
    expect(end.webhook_metadata).toBeNull()
    // Its record is kept for us, and the documented endpoints do not show it.
    expect((await serving.get(`/operation/${id}`)).status).toBe(404)
    expect((await serving.get('/operation')).body.join()).not.toContain(id)
  })

  test('may be null, as the original takes it', async () => {
    const { end } = await run(
      'dump',
      dumpRequest({
        webhook_metadata: null,
        webhook_extra_headers: null,
        partial_tables_dict_contents: null,
        output_path: null,
        pg_dump_path: null,
        proc_count: null,
        type: null,
      }),
    )
    expect(end.status).toBe('success')
  })
})

describe('a request that is refused starts nothing', () => {
  test.each([
    ['dump', ['operation_id', 'db_connection_params', 'webhook_status_url', 'sens_dict_contents']],
    ['restore', ['operation_id', 'db_connection_params', 'webhook_status_url', 'input_path']],
    ['scan', ['operation_id', 'db_connection_params', 'webhook_status_url', 'meta_dict_contents']],
  ])('%s names the fields that it needs', async (kind, fields) => {
    const answer = await serving.post(`/api/stateless/${kind}`, {})
    expect(answer.status).toBe(422)
    expect(answer.body.detail).toEqual(
      expect.arrayContaining(
        fields.map((field) => ({ loc: ['body', field], msg: 'Field required', type: 'missing' })),
      ),
    )
    expect(answer.body.detail).toHaveLength(fields.length)
  })

  test.each([
    [{ type: 'half' }, 'type'],
    [{ webhook_status_url: 'ftp://example.org/' }, 'webhook_status_url'],
    [{ webhook_status_url: 'file:///etc/passwd' }, 'webhook_status_url'],
    [{ webhook_status_url: 'nowhere' }, 'webhook_status_url'],
    [{ webhook_extra_headers: { Host: 'other' } }, 'webhook_extra_headers'],
    [{ webhook_extra_headers: { 'x y': 'z' } }, 'webhook_extra_headers'],
    [{ webhook_extra_headers: { x: 'a\r\nb: c' } }, 'webhook_extra_headers'],
    [{ webhook_verify_ssl: 'perhaps' }, 'webhook_verify_ssl'],
    [{ proc_count: 0 }, 'proc_count'],
    [{ proc_conn_count: '4.5' }, 'proc_conn_count'],
    [{ sens_dict_contents: [{ name: 'x' }] }, 'sens_dict_contents'],
  ])('%j', async (more, field) => {
    const answer = await serving.post('/api/stateless/dump', dumpRequest(more))
    expect([answer.status, answer.body.detail[0].loc.slice(0, 2)]).toEqual([422, ['body', field]])
  })

  test.each([
    '..',
    '../outside',
    'a/../../outside',
    '/..',
    '.',
    '/',
    '',
    'a\nb',
    'a\\..\\b',
    'link/inside',
    'link',
    `${'x'.repeat(300)}`,
  ])('the path %j leads nowhere', async (path) => {
    mkdirSync(join(serving.home, 'elsewhere'), { recursive: true })
    if (!existsSync(output('link'))) symlinkSync(join(serving.home, 'elsewhere'), output('link'))
    for (const [kind, request] of [
      ['dump', dumpRequest({ output_path: path })],
      ['restore', restoreRequest(source, { input_path: path })],
    ] as const) {
      const answer = await serving.post(`/api/stateless/${kind}`, request)
      expect([answer.status, answer.body.error_code]).toEqual([400, 'INVALID_PATH'])
    }
    expect(readdirSync(join(serving.home, 'elsewhere'))).toEqual([])
  })

  test.each(['/bin/sh', '/tmp/pg_dump', 'pg_dump', '/usr/bin/../../tmp/pg_dump', '/usr/bin/psql'])(
    'the program %s is not run',
    async (path) => {
      const answer = await serving.post('/api/stateless/dump', dumpRequest({ pg_dump_path: path }))
      expect([answer.status, answer.body.error_code]).toEqual([400, 'PG_TOOLS_NOT_FOUND'])
    },
  )

  test('a dump without any dictionary, which would mask nothing', async () => {
    const answer = await serving.post('/api/stateless/dump', dumpRequest({ sens_dict_contents: [] }))
    expect([answer.status, answer.body.error_code]).toEqual([400, 'NO_DICT_FILES'])
  })

  test('options of pg_dump that are not on the list', async () => {
    const answer = await serving.post(
      '/api/stateless/dump',
      dumpRequest({ pg_dump_options: '--no-comments --file=/tmp/x' }),
    )
    expect([answer.status, answer.body]).toEqual([
      400,
      { error_code: 'VALIDATION_FAILED', message: expect.stringContaining('--file=/tmp/x') },
    ])
  })

  test('a webhook to where a cloud keeps its credentials', async () => {
    for (const host of ['169.254.169.254', '[::ffff:a9fe:a9fe]', '[fd00:ec2::254]', '2852039166']) {
      const answer = await serving.post(
        '/api/stateless/dump',
        dumpRequest({ webhook_status_url: `http://${host}/latest` }),
      )
      expect([host, answer.status, answer.body.error_code]).toEqual([host, 400, 'ADDRESS_REFUSED'])
    }
  })
})

describe('a run that fails', () => {
  test('tells why, with a code, and leaves no archive', async () => {
    const wrong = contentOf({
      dictionary: [{ schema: 'public', table: 'users', fields: { e_mail: 'NULL' } }],
    })
    const { id, end } = await run(
      'dump',
      dumpRequest({
        sens_dict_contents: [wrong],
        output_path: 'wrong',
        save_dicts: true,
        webhook_metadata: [0],
      }),
    )
    expect(end).toMatchObject({
      status_id: 3,
      status: 'error',
      internal_operation_id: id,
      error: expect.stringMatching(/^masks\.json:1:\d+ public\.users\.e_mail: /),
      error_code: 'VALIDATION_FAILED',
      started: expect.any(String),
      ended: expect.any(String),
      run_options: { mode: 'dump' },
      webhook_metadata: [0],
    })
    expect(end).not.toHaveProperty('size')
    expect(existsSync(output('wrong'))).toBe(false)
    const details = await serving.get(`/operation/${id}`)
    expect(details.body).toMatchObject({ run_status: { status_id: 3, status: 'error' }, extra_data: null })
  })

  test('for a password that is wrong does not repeat it', async () => {
    const { end } = await run(
      'dump',
      dumpRequest({ db_connection_params: connectionOf(source.target, { user_password: 'no-such-pass' }) }),
    )
    expect(end).toMatchObject({ status: 'error', error_code: 'DB_CONNECTION_FAILED' })
    expect(JSON.stringify(receiver.hooks)).not.toContain('no-such-pass')
  })

  test('for an archive that is not there', async () => {
    const { end } = await run('restore', restoreRequest(source, { input_path: '/missing' }))
    expect(end).toMatchObject({ status: 'error', error_code: 'INPUT_DIR_NOT_FOUND' })
  })
})

describe('records of runs', () => {
  test('are listed by day, described, read and deleted', async () => {
    const request = dumpRequest({
      save_dicts: true,
      output_path: 'recorded',
      sens_dict_contents: [
        { ...masks, additional_info: { ticket: 'T-1' } },
        { ...masks, name: '../../evil/../name.json' },
      ],
    })
    const { id, end } = await run('dump', request)
    const today = end.ended.slice(0, 10)
    const listed = await serving.get('/operation')
    const path = listed.body.find((entry: string) => entry.endsWith(id))
    expect(path).toBe(`${today.replaceAll('-', '/')}/${id}`)
    const between = async (query: string) => (await serving.get(`/operation?${query}`)).body.includes(path)
    expect(await between(`date_after=${today}&date_before=${today}`)).toBe(true)
    expect(await between('date_after=2100-01-01')).toBe(false)
    expect(await between('date_before=2000-01-01')).toBe(false)

    const details = await serving.get(`/operation/${id}`)
    expect([details.status, details.body]).toEqual([
      200,
      {
        run_status: { status_id: 2, status: 'success', started: end.started, ended: end.ended },
        run_options: end.run_options,
        dictionaries: {
          prepared_sens_dict_files: [
            { ...masks, additional_info: { ticket: 'T-1' } },
            { ...masks, name: '../../evil/../name.json' },
          ],
        },
        extra_data: { dump_size: end.size },
      },
    ])
    const folder = join(serving.home, 'runs', path)
    expect(readdirSync(folder).sort()).toEqual([
      'input',
      'logs',
      'run_options.json',
      'run_status.json',
      'saved_dicts_info.json',
    ])
    expect(readdirSync(join(folder, 'input/prepared_sens_dict_files')).sort()).toEqual([
      '1_masks.json',
      '2_name.json',
    ])
    expect(JSON.parse(readFileSync(join(folder, 'run_status.json'), 'utf8'))).toMatchObject({
      status_id: 2,
      status: 'success',
    })

    const logs = await serving.get(`/operation/${id}/logs`)
    expect(logs.body.map((line: string) => JSON.parse(line).msg)).toContain('done')
    const tail = await serving.get(`/operation/${id}/logs?tail_lines=2`)
    expect(tail.body).toEqual(logs.body.slice(-2))

    const deleted = await serving.delete(`/operation/${id}`)
    expect([deleted.status, deleted.body]).toEqual([204, ''])
    expect([existsSync(folder), existsSync(output('recorded'))]).toEqual([false, false])
    for (const gone of [`/operation/${id}`, `/operation/${id}/logs`, `/operation/${id}/events`]) {
      const answer = await serving.get(gone)
      expect([answer.status, answer.body.detail[0].type]).toEqual([404, 'not_found'])
    }
    expect((await serving.delete(`/operation/${id}`)).status).toBe(404)
  })

  test('take no archive along that a later dump has put there', async () => {
    const first = await run('dump', dumpRequest({ output_path: 'shared' }))
    const second = await run('dump', dumpRequest({ output_path: 'shared', type: 'sync-struct-dump' }))
    expect((await serving.delete(`/operation/${first.id}`)).status).toBe(204)
    expect(existsSync(output('shared/toc.dat'))).toBe(true)
    writeFileSync(output('shared/note.txt'), 'of somebody else')
    expect((await serving.delete(`/operation/${second.id}`)).status).toBe(204)
    expect(readdirSync(output('shared'))).toEqual(['note.txt'])
  })

  test.each([
    'date_after=yesterday',
    'date_before=2025-13-01',
    'date_after=2025-02-01&date_before=2025-01-01',
  ])('cannot be listed by %s', async (query) => {
    const answer = await serving.get(`/operation?${query}`)
    expect([answer.status, answer.body.detail[0].loc[0]]).toEqual([422, 'query'])
  })

  test('of ids that are none', async () => {
    for (const id of ['..%2F..%2Fkey', '%00', "'", '*', 'x'.repeat(2000)]) {
      expect([id, (await serving.get(`/operation/${id}`)).status]).toEqual([id, 404])
    }
    expect((await serving.get('/operation/x/logs?tail_lines=0')).status).toBe(422)
  })
})

const SLOW = contentOf({
  dictionary: [
    { schema: 'public', table: 'users', fields: { email: 'email || substr(pg_sleep(0.05)::text, 1, 0)' } },
  ],
})

describe('a run that works', () => {
  test('can be followed and cancelled; nothing of it is left', async () => {
    const request = dumpRequest({ sens_dict_contents: [SLOW], output_path: 'slow', save_dicts: true })
    const id = await serving.startRun('/api/stateless/dump', request)
    const events = await fetch(`${serving.url}operation/${id}/events`)
    expect(events.headers.get('content-type')).toContain('text/event-stream')
    const followed = events.text()
    await until(
      'it works',
      async () => (await serving.get(`/operation/${id}`)).body.run_status.status === 'in_progress',
    )
    expect((await serving.delete(`/operation/${id}`)).status).toBe(400)
    expect((await serving.post(`/operation/${id}/cancel`, undefined)).status).toBe(204)
    expect(await receiver.end(request.operation_id)).toMatchObject({
      status: 'error',
      status_id: 3,
      error: 'Cancelled.',
      error_code: 'OPERATION_FAILED',
    })
    expect(existsSync(output('slow'))).toBe(false)
    const told = (await followed).split('\n\n').filter((event) => event.startsWith('event'))
    expect(told.at(0)).toMatch(/^event: progress\ndata: \{.*"status":"(starting|in_progress)"/)
    expect(told.at(-1)).toMatch(/^event: end\ndata: \{.*"error":"Cancelled\."/)
    const again = await serving.post(`/operation/${id}/cancel`, undefined)
    expect([again.status, again.body.error_code]).toEqual([409, 'VALIDATION_FAILED'])
    expect((await serving.post('/operation/nope/cancel', undefined)).status).toBe(404)
    await until('no session is left', async () => {
      const others =
        'SELECT count(*)::int FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()'
      return (await source.value<number>(others)) === 0
    })
  })
})

test('a receiver with a certificate of its own is refused, unless the request says otherwise', async () => {
  await using folder = await TestFolder.create()
  const made = Bun.spawnSync([
    ...['openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=localhost'],
    ...['-keyout', folder.file('key.pem'), '-out', folder.file('cert.pem')],
  ])
  if (made.exitCode !== 0) throw new Error('openssl is needed: install it')
  const seen: string[] = []
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    tls: { key: Bun.file(folder.file('key.pem')), cert: Bun.file(folder.file('cert.pem')) },
    fetch: async (request) => {
      seen.push(((await request.json()) as { operation_id: string }).operation_id)
      return new Response(null)
    },
  })
  try {
    const url = `https://localhost:${server.port}/hook`
    const checked = dumpRequest({ webhook_status_url: url })
    const unchecked = dumpRequest({ webhook_status_url: url, webhook_verify_ssl: 'false' })
    const id = await serving.startRun('/api/stateless/dump', checked)
    await serving.startRun('/api/stateless/dump', unchecked)
    await until('both webhooks of the second have come', () => seen.length === 2)
    expect(seen).toEqual([unchecked.operation_id, unchecked.operation_id])
    await until('the first was tried', () => serving.output.includes(`"run":"${id}","attempt":1`))
  } finally {
    await server.stop(true)
  }
})
