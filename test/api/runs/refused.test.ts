import { describe, expect, test } from 'bun:test'
import { existsSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { connectionOf, contentOf } from '../serving.ts'
import {
  dumpRequest,
  onRunsGround,
  output,
  receiver,
  restoreRequest,
  run,
  serving,
  source,
} from './ground.ts'

onRunsGround()

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
