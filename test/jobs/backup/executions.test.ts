import { expect, test } from 'bun:test'
import {
  executionLog,
  executionRun,
  findExecution,
  listExecutions,
} from '../../../src/jobs/backup/executions.ts'
import { runJob } from '../../../src/jobs/backup/run-job.ts'
import { createJob } from '../../../src/jobs/definitions/jobs.ts'
import type { NotificationEvents } from '../../../src/jobs/notifications/events.ts'
import { noteProgress, settleRun, takeNextRun } from '../../../src/jobs/runs.ts'
import { openBody } from '../../../src/jobs/sealed.ts'
import { systemClock } from '../../../src/lib/clock.ts'
import { silentLog } from '../../../src/lib/log.ts'
import { StageProgress } from '../../../src/operations/backup/stages.ts'
import { RunFolder } from '../../../src/store/run-folder.ts'
import { codeOf, JobsOfTest } from '../jobs-of-test.ts'

const FIGURES = { path: 'nightly/x.dump', size: 1234, rows: 7 }
const FAULT = { code: 'query-failed', message: 'It failed.' }

async function begunRun(test: JobsOfTest, jobId: string): Promise<string> {
  const {
    run: { id },
  } = await runJob({ ...test.context, queue: test.queue() }, jobId, 'api')
  await takeNextRun(test.context)
  return id
}

test('an execution goes from Pending to its end, in the words of the documented API', async () => {
  await using test = await JobsOfTest.open()
  const { state } = test.context
  const job = await createJob(test.context, await test.jobInput())
  const {
    run: { id },
  } = await runJob({ ...test.context, queue: test.queue() }, job.id, 'api')
  const shared = { id, jobId: job.id, jobName: 'nightly', type: 'Backup', createdAt: test.clock.now() }
  const nothing = { size: null, path: null, error: null, endedAt: null, duration: null }
  const pending = { ...shared, ...nothing, status: 'Pending', progress: 0, stage: null, startedAt: null }
  expect(await findExecution(state, id)).toEqual(pending as never)
  await takeNextRun(test.context)
  const running = { ...pending, status: 'Running', stage: 'Initializing', startedAt: test.clock.now() }
  expect(await findExecution(state, id)).toEqual(running as never)
  await noteProgress(state, id, { stage: 'Anonymizing', done: 42.9, total: 100, item: 'public.users' })
  expect(await findExecution(state, id)).toEqual({ ...running, stage: 'Anonymizing', progress: 42 } as never)
  const startedAt = test.clock.now()
  test.clock.set('2026-05-01T00:01:30Z')
  await settleRun(test.context, id, { state: 'succeeded', output: { figures: FIGURES, dictionaries: {} } })
  const end = { endedAt: test.clock.now(), duration: 60_000, size: 1234, path: 'nightly/x.dump' }
  const ended = { ...running, ...end, startedAt, status: 'Success', progress: 100, stage: null }
  expect(await findExecution(state, id)).toEqual(ended as never)
})

test('a failure keeps how far it came, and what was cancelled has failed', async () => {
  await using test = await JobsOfTest.open()
  const { state } = test.context
  const job = await createJob(test.context, await test.jobInput())
  const failed = await begunRun(test, job.id)
  await noteProgress(state, failed, { stage: 'Uploading', done: 70, total: 100 })
  await settleRun(test.context, failed, { state: 'failed', fault: FAULT })
  expect(await findExecution(state, failed)).toMatchObject({
    status: 'Failed',
    progress: 70,
    stage: 'Uploading',
    error: 'It failed.',
  })
  const queue = test.queue()
  const {
    run: { id },
  } = await runJob({ ...test.context, queue }, job.id, 'api')
  await queue.cancel(id)
  expect(await findExecution(state, id)).toMatchObject({ status: 'Failed', error: 'Cancelled.' })
  const [newest, oldest, ...others] = await listExecutions(state, { limit: 10, jobId: job.id })
  expect([newest?.id, oldest?.id, others]).toEqual([id, failed, []])
  expect(await listExecutions(state, { limit: 1 })).toHaveLength(1)
  expect(await listExecutions(state, { limit: 10, jobId: "x' OR 1=1 --" })).toEqual([])
  expect(await codeOf(() => executionRun(state, 'nobody'))).toBe('run-unknown')
})

test('rows that are copied as they are are not said to be anonymized', () => {
  const told: unknown[] = []
  const context = {
    signal: new AbortController().signal,
    log: silentLog,
    clock: systemClock,
    onProgress: ({ stage, done }: { stage: string; done: number }) => void told.push([stage, done]),
  }
  for (const masks of [true, false]) {
    const copying = new StageProgress(context, { masks }).dump(0, 1)
    copying.onProgress({ stage: 'copy', done: 10, total: 10 })
  }
  expect(told).toEqual([
    ['Anonymizing', 65],
    ['Dumping', 65],
  ])
})

test('percent never fall, whatever the parts of the work tell', () => {
  const told: { stage: string; done: number }[] = []
  const context = {
    signal: new AbortController().signal,
    log: silentLog,
    clock: systemClock,
    onProgress: (progress: { stage: string; done: number }) => void told.push(progress),
  }
  const progress = new StageProgress(context)
  progress.at('Initializing', 0)
  for (const index of [0, 1, 2]) {
    const part = progress.dump(index, 3)
    for (const [stage, done, total] of [
      ['structure', 0, 1],
      ['structure', 5, 1],
      ['copy', 0, 0],
      ['copy', 3, 10],
      ['check', 1, 2],
      ['copy', 12, 10],
    ] as const) {
      part.onProgress({ stage, done, total })
    }
  }
  progress.at('Uploading', -1)
  progress.at('Verifying', 2)
  progress.part('Restoring', 1, 2).onProgress({ stage: 'copy', done: 1, total: 1 })
  const percent = told.map(({ done }) => done)
  expect(percent).toEqual(percent.toSorted((a, b) => a - b))
  expect(percent.every((done) => done >= 0 && done <= 100)).toBe(true)
  expect(told.at(-1)).toMatchObject({ stage: 'Restoring', done: 99 })
})

test('a log is told line by line; what else stands in the file is passed over', async () => {
  await using test = await JobsOfTest.open()
  const job = await createJob(test.context, await test.jobInput())
  const run = await executionRun(test.context.state, await begunRun(test, job.id))
  expect(await executionLog(test.context.home, run, 10)).toEqual([])
  const { logFile } = RunFolder.at(test.context.home.path, run.folder)
  const line = (msg: string, more = {}) =>
    JSON.stringify({ level: 'info', time: '2026-05-01T00:00:31.000Z', msg, ...more })
  const text = [
    ...[line('one'), 'panic: "x', '{', line('two', { stage: 'Dumping', item: 'a "b"' })],
    ...[line('progress', { stage: 'Dumping', done: 45.7, total: 100, item: 'public.users' }), line('3')],
  ]
  await Bun.write(logFile, `${text.join('\n')}\n`)
  const entry = { timestamp: '2026-05-01T00:00:31.000Z', level: 'info', stage: undefined } as const
  expect(await executionLog(test.context.home, run, 10)).toEqual([
    { ...entry, message: 'one' },
    { ...entry, message: 'two a "b"', stage: 'Dumping' },
    { ...entry, message: 'progress 45 % public.users', stage: 'Dumping' },
    { ...entry, message: '3' },
  ])
  expect(await executionLog(test.context.home, run, 1)).toEqual([{ ...entry, message: '3' }])
})

test('channels hear of what their job has them hear: failures, that they are over, refreshes', async () => {
  await using test = await JobsOfTest.open()
  const [a, b] = [await test.channel('a'), await test.channel('b', 'http://127.0.0.1:10/')]
  const target = await test.source('target', { host: 'elsewhere' })
  const input = { ...(await test.jobInput()), notificationIds: [a.id] }
  const told = async (
    name: string,
    changes: { notificationEvents?: NotificationEvents; targets?: { targetSourceId: string }[] },
    ends: readonly ('ok' | 'failed' | 'refresh failed' | 'cancelled')[],
  ) => {
    const job = await createJob(test.context, { ...input, ...changes, name })
    const heard: string[][] = []
    for (const end of ends) {
      const id = await begunRun(test, job.id)
      if (end === 'refresh failed') {
        await noteProgress(test.context.state, id, { stage: 'Restoring', done: 90, total: 100 })
      }
      if (end === 'ok') {
        await settleRun(test.context, id, {
          state: 'succeeded',
          output: { figures: FIGURES, dictionaries: {} },
        })
      } else await settleRun(test.context, id, { state: end === 'cancelled' ? end : 'failed', fault: FAULT })
      const rows = await test.context.state
        .selectFrom('deliveries')
        .select('receiver')
        .where('run_id', '=', id)
        .execute()
      heard.push(rows.map(({ receiver }) => (receiver.endsWith(a.id) ? 'a' : 'b')).sort())
    }
    return heard
  }
  expect(await told('unasked', {}, ['ok', 'failed', 'cancelled', 'ok', 'ok'])).toEqual([
    [],
    ['a'],
    [],
    ['a'],
    [],
  ])
  const notificationEvents = { backup_success: [b.id], refresh_failure: [b.id], backup_failure: true }
  expect(await told('asked', { notificationEvents }, ['ok', 'failed'])).toEqual([['b'], ['a']])
  const targets = [{ targetSourceId: target.id }]
  const refreshing = { notificationEvents, targets }
  expect(await told('refreshing', refreshing, ['failed', 'refresh failed'])).toEqual([['a'], ['a', 'b']])
})

test('where the backup is stored and a target could not be refreshed, that is what is said', async () => {
  await using test = await JobsOfTest.open()
  const [a] = [await test.channel('a')]
  const target = await test.source('target', { host: 'elsewhere' })
  const targets = [{ targetSourceId: target.id }]
  const job = await createJob(test.context, { ...(await test.jobInput()), notificationIds: [a.id], targets })
  const said: string[] = []
  for (const stage of ['Dumping', 'Restoring']) {
    const id = await begunRun(test, job.id)
    await noteProgress(test.context.state, id, { stage, done: 90, total: 100 })
    await settleRun(test.context, id, { state: 'failed', fault: FAULT })
    const deliveries = test.context.state.selectFrom('deliveries').select('body').where('run_id', '=', id)
    const { body } = await deliveries.executeTakeFirstOrThrow()
    said.push(JSON.parse(openBody(test.context, id, body as Uint8Array)).type)
  }
  expect(said).toEqual(['backup_failure', 'refresh_failure'])
})

test('a channel that cannot be told keeps neither the run from ending nor the others from hearing', async () => {
  await using test = await JobsOfTest.open()
  const [a, b] = [await test.channel('a'), await test.channel('b', 'http://127.0.0.1:10/')]
  const input = { ...(await test.jobInput()), notificationIds: [a.id, b.id] }
  const job = await createJob(test.context, input)
  const id = await begunRun(test, job.id)
  await test.context.state.deleteFrom('adapters').where('id', '=', a.id).execute()
  const settled = await settleRun(test.context, id, { state: 'failed', fault: FAULT })
  expect(settled?.state).toBe('failed')
  const rows = await test.context.state.selectFrom('deliveries').select('receiver').execute()
  expect(rows).toEqual([{ receiver: `http://127.0.0.1:10#${b.id}` }])
  expect(test.log.join()).toContain('a channel cannot be told')
})
