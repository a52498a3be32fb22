import { describe, expect, test } from 'bun:test'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { TestDatabase } from '../../server/database.ts'
import { clientProgram } from '../../server/programs.ts'
import { connectionOf, contentOf } from '../serving.ts'
import {
  dumpRequest,
  onlyUsers,
  onRunsGround,
  output,
  receiver,
  restoreRequest,
  run,
  serving,
  source,
} from './ground.ts'

onRunsGround()

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
