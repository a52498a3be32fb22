import { Database } from 'bun:sqlite'
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Receiver } from '../api/receiver.ts'
import { connectionOf, contentOf, processesWith, Serving, until } from '../api/serving.ts'
import { TestDatabase } from '../server/database.ts'

let source: TestDatabase
beforeAll(async () => {
  source = await TestDatabase.create(`
    CREATE TABLE public.big AS SELECT i AS id, md5(i::text) AS who FROM generate_series(1, 2000) AS i`)
})
afterAll(async () => {
  await source[Symbol.asyncDispose]()
})

const SLOW = 'who || substr(pg_sleep(0.05)::text, 1, 0)'

let number = 0
function dumpRequest(receiver: Receiver, rule: string, more: Record<string, unknown> = {}) {
  return {
    operation_id: `crash-${++number}`,
    db_connection_params: connectionOf(source.target),
    webhook_status_url: receiver.url,
    sens_dict_contents: [
      contentOf({ dictionary: [{ schema: 'public', table: 'big', fields: { who: rule } }] }),
    ],
    save_dicts: true,
    proc_count: 1,
    proc_conn_count: 1,
    ...more,
  }
}

const dump = (serving: Serving, request: unknown) => serving.startRun('/api/stateless/dump', request)

async function sessions(database: TestDatabase): Promise<number> {
  return database.value<number>(
    'SELECT count(*)::int FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
  )
}

/** What the state file keeps sealed of settled runs, which must be nothing. */
function sealedLeft(serving: Serving): unknown[] {
  const state = new Database(join(serving.home, 'state.db'), { readonly: true })
  try {
    return state
      .query(
        'SELECT id, state FROM runs WHERE ended_at IS NOT NULL AND (task IS NOT NULL OR webhook IS NOT NULL)',
      )
      .all()
  } finally {
    state.close()
  }
}

const isWriting = (serving: Serving, path: string) =>
  existsSync(join(serving.home, 'output', path, 'pgveil.unfinished'))

describe('kill -9 of the server', () => {
  test('during a dump: it is settled as failed and cleaned up; what waited goes on', async () => {
    await using receiver = new Receiver()
    await using serving = await Serving.start({ flags: ['--max-runs=1'] })
    const slow = dumpRequest(receiver, SLOW, { output_path: 'slow', webhook_metadata: { a: 1 } })
    const next = dumpRequest(receiver, 'md5(who)', { output_path: 'next' })
    const id = await dump(serving, slow)
    await dump(serving, next)
    await until('rows are written', () => isWriting(serving, 'slow'))

    await serving.end('SIGKILL')
    await until('no process is left', () => processesWith(`PGDATABASE=${source.name}\0`).length === 0)
    await until('no session is left', async () => (await sessions(source)) === 0)
    expect(receiver.statuses(next.operation_id)).toEqual([])

    await serving.start()
    expect(await receiver.end(slow.operation_id)).toMatchObject({
      status_id: 3,
      status: 'error',
      internal_operation_id: id,
      error: expect.stringContaining('Interrupted'),
      error_code: 'OPERATION_FAILED',
      webhook_metadata: { a: 1 },
      run_options: { mode: 'dump' },
    })
    expect(await receiver.end(next.operation_id)).toMatchObject({ status: 'success' })
    expect(receiver.statuses(slow.operation_id)).toEqual(['in_progress', 'error'])
    expect((await serving.get(`/operation/${id}`)).body.run_status.status).toBe('error')
    expect(readdirSync(join(serving.home, 'output'))).toEqual(['next'])
    await until('nothing is kept sealed', () => sealedLeft(serving).length === 0)
  })

  test('with its workers: nothing of them is taken for an archive', async () => {
    await using receiver = new Receiver()
    await using serving = await Serving.start()
    const slow = dumpRequest(receiver, SLOW, { output_path: 'slow' })
    await dump(serving, slow)
    await until('rows are written', () => isWriting(serving, 'slow'))
    const workers = workersOf(serving)
    serving.signal('SIGKILL')
    for (const pid of workers) process.kill(pid, 'SIGKILL')
    await serving.exited
    expect(isWriting(serving, 'slow')).toBe(true)
    await serving.start()
    expect(await receiver.end(slow.operation_id)).toMatchObject({ status: 'error' })
    expect(existsSync(join(serving.home, 'output/slow'))).toBe(false)
    await until('no process is left', () => processesWith(`PGDATABASE=${source.name}\0`).length === 0)
  })

  test('between the end of a run and its webhook: the webhook goes out after the start', async () => {
    await using receiver = new Receiver()
    await using serving = await Serving.start()
    await receiver.close()
    const request = dumpRequest(receiver, 'md5(who)')
    const id = await dump(serving, request)
    const status = async () => (await serving.get(`/operation/${id}`)).body.run_status.status
    await until('it has ended', async () => (await status()) === 'success')
    await serving.end('SIGKILL')
    receiver.open()
    await serving.start()
    await receiver.end(request.operation_id)
    expect(receiver.statuses(request.operation_id)).toEqual(['in_progress', 'success'])
    await until('nothing is kept sealed', () => sealedLeft(serving).length === 0)
  })

  test('during a webhook: it goes out again, under the same id', async () => {
    await using receiver = new Receiver()
    await using serving = await Serving.start()
    receiver.answer = ({ body }) => (body.status === 'success' ? new Promise(() => {}) : new Response(null))
    const request = dumpRequest(receiver, 'md5(who)')
    await dump(serving, request)
    await receiver.end(request.operation_id)
    await serving.end('SIGKILL')
    receiver.answer = () => new Response(null)
    await serving.start()
    await until('it comes again', () => receiver.of(request.operation_id).length === 3)
    expect(receiver.statuses(request.operation_id)).toEqual(['in_progress', 'success', 'success'])
    const [, first, second] = receiver.of(request.operation_id)
    expect([second?.text, second?.headers['webhook-id']]).toEqual([
      first?.text ?? '',
      first?.headers['webhook-id'] ?? '',
    ])
  })

  test('during a restore: pg_restore ends, too', async () => {
    await using target = await TestDatabase.create()
    await using receiver = new Receiver()
    await using serving = await Serving.start()
    const made = dumpRequest(receiver, 'md5(who)', { output_path: 'copy' })
    await dump(serving, made)
    await receiver.end(made.operation_id)
    // The table of this open transaction keeps pg_restore waiting when it makes its own of the same name.
    await target.run('BEGIN; CREATE TABLE public.big (i int)')
    const request = {
      ...dumpRequest(receiver, ''),
      db_connection_params: connectionOf(target.target),
      input_path: 'copy',
    }
    await serving.startRun('/api/stateless/restore', request)
    const waiting = `SELECT count(*)::int FROM pg_stat_activity WHERE datname = '${target.name}' AND wait_event_type = 'Lock'`
    await until('pg_restore waits', async () => (await source.value<number>(waiting)) > 0)
    await serving.end('SIGKILL')
    await until('no process is left', () => processesWith(`PGDATABASE=${target.name}\0`).length === 0)
    await target.run('ROLLBACK')
    await until('no session is left', async () => (await sessions(target)) === 0)
    await serving.start()
    expect(await receiver.end(request.operation_id)).toMatchObject({
      status: 'error',
      error: expect.stringContaining('Interrupted'),
    })
  })

  test('at any moment: every run that was taken ends once, in order', async () => {
    await using receiver = new Receiver()
    await using serving = await Serving.start({ flags: ['--max-runs=2'] })
    const taken: string[] = []
    for (const milliseconds of [0, 3, 10, 30, 100, 200, 400, 600, 900]) {
      const requests = [1, 2].map(() => dumpRequest(receiver, 'md5(who)'))
      for (const request of requests) {
        await dump(serving, request)
        taken.push(request.operation_id)
      }
      await Bun.sleep(milliseconds)
      await serving.end('SIGKILL')
      await serving.start()
    }
    for (const id of taken) await receiver.end(id)
    await until('nothing is kept sealed', () => sealedLeft(serving).length === 0)
    for (const id of taken) {
      const hooks = receiver.of(id)
      const distinct = new Map(hooks.map(({ headers, body }) => [headers['webhook-id'], body.status]))
      expect([...distinct.values()].filter((status) => status !== 'in_progress')).toHaveLength(1)
      expect([...distinct.values()].at(-1)).not.toBe('in_progress')
    }
    await until('no process is left', () => processesWith(`PGDATABASE=${source.name}\0`).length === 0)
  })
})

describe('kill -9 of a worker', () => {
  test('fails its run and nothing else', async () => {
    await using receiver = new Receiver()
    await using serving = await Serving.start({ flags: ['--max-runs=1'] })
    const slow = dumpRequest(receiver, SLOW, { output_path: 'slow' })
    const next = dumpRequest(receiver, 'md5(who)')
    await dump(serving, slow)
    await dump(serving, next)
    await until('rows are written', () => isWriting(serving, 'slow'))
    for (const pid of workersOf(serving)) process.kill(pid, 'SIGKILL')
    expect(await receiver.end(slow.operation_id)).toMatchObject({
      status: 'error',
      error: expect.stringContaining('ended unexpectedly (SIGKILL)'),
    })
    expect(await receiver.end(next.operation_id)).toMatchObject({ status: 'success' })
    expect(existsSync(join(serving.home, 'output/slow'))).toBe(false)
    await until('no process is left', () => processesWith(`PGDATABASE=${source.name}\0`).length === 0)
  })
})

/** The processes that a server has started. Linux only. */
function workersOf(serving: Serving): number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && parentOf(name) === serving.pid)
  expect(pids.length).toBeGreaterThan(0)
  return pids.map(Number)
}

function parentOf(pid: string): number | undefined {
  try {
    const status = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return Number(status.slice(status.lastIndexOf(')') + 2).split(' ')[1])
  } catch {
    return undefined
  }
}
