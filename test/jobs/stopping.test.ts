import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Receiver } from '../api/receiver.ts'
import { connectionOf, contentOf, processesWith, Serving, until } from '../api/serving.ts'
import { runCommand } from '../cli/command.ts'
import { TestDatabase } from '../server/database.ts'

let source: TestDatabase
beforeAll(async () => {
  source = await TestDatabase.create(`
    CREATE TABLE public.big AS SELECT i AS id, md5(i::text) AS who FROM generate_series(1, 40) AS i`)
})
afterAll(async () => {
  await source[Symbol.asyncDispose]()
})

const SLOW = 'who || substr(pg_sleep(0.05)::text, 1, 0)'
const ENDLESS = 'who || substr(pg_sleep(60)::text, 1, 0)'

let number = 0
function dumpRequest(receiver: Receiver, rule: string, more: Record<string, unknown> = {}) {
  return {
    operation_id: `stop-${++number}`,
    db_connection_params: connectionOf(source.target),
    webhook_status_url: receiver.url,
    sens_dict_contents: [
      contentOf({ dictionary: [{ schema: 'public', table: 'big', fields: { who: rule } }] }),
    ],
    proc_count: 1,
    proc_conn_count: 1,
    ...more,
  }
}
const dump = (serving: Serving, request: unknown) => serving.startRun('/api/stateless/dump', request)

describe('SIGTERM', () => {
  test('lets what runs finish within the grace, tells of it, and keeps what waits for the next start', async () => {
    await using receiver = new Receiver()
    await using serving = await Serving.start({ flags: ['--max-runs=1', '--grace=60'] })
    const [first, second] = [dumpRequest(receiver, SLOW), dumpRequest(receiver, 'md5(who)')]
    await dump(serving, first)
    await dump(serving, second)
    await until('the first runs', () => receiver.statuses(first.operation_id).length === 1)
    expect(await serving.end('SIGTERM')).toBe(0)
    expect(receiver.statuses(first.operation_id)).toEqual(['in_progress', 'success'])
    expect(receiver.statuses(second.operation_id)).toEqual([])
    await serving.start()
    expect(await receiver.end(second.operation_id)).toMatchObject({ status: 'success' })
  })

  test('ends what runs when the grace is over, settles and cleans up', async () => {
    await using receiver = new Receiver()
    await using serving = await Serving.start({ flags: ['--grace=0'] })
    const request = dumpRequest(receiver, ENDLESS, { output_path: 'endless' })
    await dump(serving, request)
    await until('it runs', () => receiver.statuses(request.operation_id).length === 1)
    await until(
      'it asks the source',
      () =>
        processesWith(`PGDATABASE=${source.name}\0`).length > 0 ||
        existsSync(join(serving.home, 'output/endless')),
    )
    expect(await serving.end('SIGTERM')).toBe(0)
    expect(processesWith(`PGDATABASE=${source.name}\0`)).toEqual([])
    expect(existsSync(join(serving.home, 'output/endless'))).toBe(false)
    await serving.start()
    expect(await receiver.end(request.operation_id)).toMatchObject({
      status: 'error',
      error: expect.stringContaining('nterrupted'),
    })
  })

  test('waits for no stream that somebody follows, and takes no more runs', async () => {
    await using receiver = new Receiver()
    await using serving = await Serving.start({ flags: ['--grace=2'] })
    const id = await dump(serving, dumpRequest(receiver, ENDLESS))
    const events = await fetch(`${serving.url}operation/${id}/events`)
    const stream = events.text().catch(() => '')
    await until('it runs', () => receiver.hooks.length === 1)
    const refused = new Promise<boolean>((resolve) => {
      serving.signal('SIGTERM')
      const ask = () => {
        serving.post('/api/stateless/dump', dumpRequest(receiver, 'md5(who)')).then(
          ({ status }) => (status === 201 ? ask() : resolve(status === 503)),
          () => resolve(true),
        )
      }
      ask()
    })
    expect(await refused).toBe(true)
    expect(await serving.exited).toBe(0)
    await stream
  })
})

test('a second server on the same state is refused, clearly, and the first goes on', async () => {
  await using serving = await Serving.start()
  const second = await runCommand(['serve', '--port=0'], { env: { PGVEIL_HOME: serving.home } })
  expect(second.exitCode).toBe(1)
  expect(second.stderr).toContain('Another server keeps its state here.')
  expect((await serving.get('/health')).status).toBe(200)
  await serving.end('SIGKILL')
  await serving.start()
  expect((await serving.get('/health')).status).toBe(200)
})

test('runs work first in first out, and no more at once than they may', async () => {
  await using receiver = new Receiver()
  await using serving = await Serving.start({ flags: ['--max-runs=1'] })
  const requests = Array.from({ length: 6 }, () => dumpRequest(receiver, 'md5(who)'))
  for (const request of requests) await dump(serving, request)
  for (const request of requests) await receiver.end(request.operation_id)
  const told = receiver.hooks.map(({ body }) => [body.operation_id, body.status])
  const started = told.filter(([, status]) => status === 'in_progress').map(([id]) => id)
  expect(started).toEqual(requests.map(({ operation_id }) => operation_id))
  const log = serving.output.split('\n').flatMap((line) => /"msg":"run (begins|ended)"/.exec(line)?.[1] ?? [])
  expect(log).toEqual(requests.flatMap(() => ['begins', 'ended']))
})

test('a run that waits is cancelled at once', async () => {
  await using receiver = new Receiver()
  await using serving = await Serving.start({ flags: ['--max-runs=1', '--grace=0'] })
  const [first, second] = [dumpRequest(receiver, ENDLESS), dumpRequest(receiver, 'md5(who)')]
  const firstId = await dump(serving, first)
  const secondId = await dump(serving, second)
  expect((await serving.post(`/operation/${secondId}/cancel`, undefined)).status).toBe(204)
  expect(await receiver.end(second.operation_id)).toMatchObject({ status: 'error', error: 'Cancelled.' })
  expect(receiver.statuses(second.operation_id)).toEqual(['error'])
  expect((await serving.post(`/operation/${firstId}/cancel`, undefined)).status).toBe(204)
  expect(await receiver.end(first.operation_id)).toMatchObject({ error: 'Cancelled.' })
})

test('a scan that hears nothing is ended all the same, soon', async () => {
  await using receiver = new Receiver()
  await using serving = await Serving.start()
  const scan = {
    operation_id: 'deaf',
    db_connection_params: connectionOf(source.target),
    webhook_status_url: receiver.url,
    meta_dict_contents: [contentOf({ sens_pg_types: ['text'], funcs: {} }, 'meta.json')],
  }
  // A database that takes the connection and says nothing.
  using database = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data: () => {} } })
  const connection = { ...scan.db_connection_params, host: '127.0.0.1', port: database.port }
  const id = await serving.startRun('/api/stateless/scan', { ...scan, db_connection_params: connection })
  let worker: number | undefined
  await until('its worker is there', () => {
    worker = processesWith('\0work\0').find((pid) => parentOf(pid) === serving.pid)
    return worker !== undefined
  })
  process.kill(worker ?? 0, 'SIGSTOP')
  const begun = performance.now()
  await serving.post(`/operation/${id}/cancel`, {})
  expect(performance.now() - begun).toBeLessThan(10_000)
  expect(await receiver.end('deaf')).toMatchObject({ status: 'error', error: 'Cancelled.' })
})

function parentOf(pid: number): number {
  const status = readFileSync(`/proc/${pid}/stat`, 'utf8')
  return Number(status.slice(status.lastIndexOf(')') + 2).split(' ')[1])
}
