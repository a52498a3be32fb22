import { Database } from 'bun:sqlite'
import { expect, test } from 'bun:test'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fromShippedFile } from '../../src/lib/sql.ts'
import { administer, TestDatabase } from '../server/database.ts'
import { Receiver } from './receiver.ts'
import { connectionOf, contentOf, Serving, until } from './serving.ts'

const PASSWORD = 'p4ss \'w\\ord" of the test'
const HEADER = 'Token header-secret-of-the-test'
const SALT = 'salt-secret-of-the-test'
const KEY = Buffer.alloc(32, 9).toString('base64')
const SIGNING = `whsec_${Buffer.alloc(32, 8).toString('base64')}`
const SECRETS = [
  PASSWORD,
  JSON.stringify(PASSWORD).slice(1, -1),
  HEADER,
  SALT,
  KEY,
  SIGNING,
  encodeURIComponent(PASSWORD),
]

/** Command lines and environments of all processes of this machine, but for the server's own environment. */
function visible(server: number): string {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        // A client program of PostgreSQL is given its password by the environment, as libpq has it.
        const environ = readFileSync(`/proc/${pid}/environ`, 'utf8')
        const isClient = /\0?PGPASSWORD=/.test(environ)
        const shown = Number(pid) === server || isClient ? '' : environ
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8') + shown
      } catch {
        return ''
      }
    })
    .join('\n')
}

test('after a whole session no secret is in any file, log, answer, webhook or command line', async () => {
  await using source = await TestDatabase.create(
    'CREATE TABLE public.t AS SELECT i, md5(i::text) AS who FROM generate_series(1, 30) AS i',
  )
  await using target = await TestDatabase.create()
  await using receiver = new Receiver()
  const role = `secret_${process.pid}`
  await administer(
    fromShippedFile(`CREATE ROLE ${role} SUPERUSER LOGIN PASSWORD 'p4ss ''w\\ord" of the test'`),
  )
  try {
    await using serving = await Serving.start({
      flags: ['--max-runs=1', '--verbose=debug', '--grace=0'],
      env: { PGVEIL_KEY: KEY, PGVEIL_SALT: SALT, PGVEIL_WEBHOOK_SECRET: SIGNING },
    })
    const secret = { user_login: role, user_password: PASSWORD }
    const connection = connectionOf(source.target, secret)
    const answers: unknown[] = []
    let number = 0
    const request = (more: Record<string, unknown>) => ({
      operation_id: `secret-${++number}`,
      db_connection_params: connection,
      webhook_status_url: receiver.url,
      webhook_extra_headers: { Authorization: HEADER },
      save_dicts: true,
      proc_count: 1,
      proc_conn_count: 1,
      ...more,
    })
    const rules = (who: string) => ({
      sens_dict_contents: [contentOf({ dictionary: [{ schema: 'public', table: 't', fields: { who } }] })],
    })

    for (const path of ['check_db_connection', 'view-fields', 'view-data', 'preview', 'preview/public']) {
      const body = {
        ...connection,
        db_connection_params: connection,
        ...rules('md5(who)'),
        schema_name: 'public',
        table_name: 't',
      }
      answers.push((await serving.post(`/api/stateless/${path}`, body)).body)
      const broken = { ...body, port: 1, db_connection_params: { ...connection, port: 1 } }
      answers.push((await serving.post(`/api/stateless/${path}`, broken)).body)
      answers.push(
        (
          await serving.post(`/api/stateless/${path}`, {
            ...body,
            db_connection_params: { ...connection, port: PASSWORD },
          })
        ).body,
      )
    }
    const good = request({ ...rules('md5(who)'), output_path: 'copy' })
    const waiting = request({ ...rules('md5(who)'), output_path: 'other' })
    const slow = request(rules('who || substr(pg_sleep(60)::text, 1, 0)'))
    await serving.startRun('/api/stateless/dump', good)
    await receiver.end(good.operation_id)
    const restore = request({ input_path: 'copy', db_connection_params: connectionOf(target.target, secret) })
    await serving.startRun('/api/stateless/restore', restore)
    expect(await receiver.end(restore.operation_id)).toMatchObject({ status: 'success' })
    const bad = request(rules('no_such_function(who)'))
    await serving.startRun('/api/stateless/dump', bad)
    expect(await receiver.end(bad.operation_id)).toMatchObject({ status: 'error' })

    const slowId = await serving.startRun('/api/stateless/dump', slow)
    await serving.startRun('/api/stateless/dump', waiting)
    await until('the slow one runs', () => receiver.statuses(slow.operation_id).length === 1)
    const look = () => {
      for (const { path, bytes } of serving.files()) {
        for (const text of SECRETS) expect([path, text, bytes.includes(text)]).toEqual([path, text, false])
      }
      const shown = visible(serving.pid)
      for (const text of SECRETS) expect([text, shown.includes(text)]).toEqual([text, false])
    }
    look()
    await serving.end('SIGKILL')
    look()
    await serving.start()
    expect(await receiver.end(waiting.operation_id)).toMatchObject({ status: 'success' })
    answers.push((await serving.get('/operation')).body, (await serving.get(`/operation/${slowId}`)).body)
    answers.push((await serving.get(`/operation/${slowId}/logs`)).body, (await serving.get('/metrics')).body)
    await until(
      'all is told',
      async () => !(await serving.get('/metrics')).body.match(/pgveil_webhooks_waiting [1-9]/),
    )
    look()
    const told =
      JSON.stringify(answers) + JSON.stringify(receiver.hooks.map(({ body }) => body)) + serving.output
    for (const text of SECRETS) expect([text, told.includes(text)]).toEqual([text, false])
    expect(receiver.hooks.every(({ headers }) => headers['webhook-signature']?.startsWith('v1,'))).toBe(true)

    const state = new Database(join(serving.home, 'state.db'), { readonly: true })
    expect(state.query('SELECT id FROM runs WHERE task IS NOT NULL OR webhook IS NOT NULL').all()).toEqual([])
    expect(state.query('SELECT id FROM deliveries WHERE body IS NOT NULL').all()).toEqual([])
    state.close()
  } finally {
    await until('nobody uses the role', async () => {
      const sessions = `SELECT count(*)::int FROM pg_stat_activity WHERE usename = '${role}'`
      return (await source.value<number>(sessions)) === 0
    })
    await target.run(`REASSIGN OWNED BY ${role} TO CURRENT_USER; DROP OWNED BY ${role}`)
    await source.run(`REASSIGN OWNED BY ${role} TO CURRENT_USER; DROP OWNED BY ${role}`)
    await administer(fromShippedFile(`DROP ROLE ${role}`))
  }
})
