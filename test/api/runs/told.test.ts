import { describe, expect, test } from 'bun:test'
import { TestDatabase } from '../../server/database.ts'
import { TestFolder } from '../../server/folder.ts'
import { connectionOf, contentOf, Serving, until } from '../serving.ts'
import { dumpRequest, onRunsGround, output, receiver, restoreRequest, run, serving } from './ground.ts'

onRunsGround()

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
