import { expect, test } from 'bun:test'
import { sql } from 'kysely'
import { jobScheduler } from '../../../src/jobs/backup/job-scheduler.ts'
import { runJob } from '../../../src/jobs/backup/run-job.ts'
import { taskAsOfNow } from '../../../src/jobs/backup/task-as-of-now.ts'
import { changeAdapter, noteServer, targetOfSource } from '../../../src/jobs/definitions/adapters.ts'
import { changeDictionary } from '../../../src/jobs/definitions/dictionaries.ts'
import { changeJob, createJob, findJob, removeJob } from '../../../src/jobs/definitions/jobs.ts'
import { createProfile } from '../../../src/jobs/definitions/profiles.ts'
import { plainTarget } from '../../../src/jobs/plain-target.ts'
import { takeNextRun } from '../../../src/jobs/runs.ts'
import { openTask } from '../../../src/jobs/sealed.ts'
import { codeOf, JobsOfTest, MASKS, PASSWORD } from '../jobs-of-test.ts'

const runs = async ({ context }: JobsOfTest) =>
  context.state
    .selectFrom('runs')
    .select(['id', 'state', 'job_id', 'cause', 'fault', 'options'])
    .orderBy('number')
    .execute()

/** Lets the schedules of the state file go on until a moment. */
async function until(test: JobsOfTest, moment: string, context = test.context): Promise<void> {
  const scheduler = jobScheduler({ ...context, queue: test.queue(context) })
  scheduler.start()
  await test.clock.runUntil(moment)
  await scheduler.stop()
}

test('a run is ordered with all that it needs as it is now, sealed', async () => {
  await using test = await JobsOfTest.open()
  const vault = await createProfile(test.context, { name: 'vault' })
  const input = { ...(await test.jobInput()), encryptionProfileId: vault.id }
  const job = await createJob(test.context, input)
  const { run } = await runJob({ ...test.context, queue: test.queue() }, job.id, 'api')
  expect([run.state, run.jobId, run.cause]).toEqual(['queued', job.id, 'api'])
  await changeJob(test.context, job.id, { compression: 'NONE', databases: ['other'] })
  const next = await takeNextRun(test.context)
  if (!next || 'unopened' in next) throw new Error('no run was taken')
  expect(Buffer.from(next.task).includes(PASSWORD)).toBe(false)
  expect(openTask(test.context, run.id, next.task)).toMatchObject({
    kind: 'backup',
    job: { id: job.id, name: 'nightly' },
    source: { server: { password: PASSWORD } },
    databases: ['postgres'],
    compression: 'GZIP',
    masking: { sensitive: [{ text: MASKS }], salt: 'salt of the test' },
    sealing: { profileId: vault.id, key: expect.stringMatching(/^[0-9a-f]{64}$/) },
    folder: job.folder,
  })
  expect(JSON.stringify(run.options)).not.toContain(PASSWORD)
})

test('a run that waited does what its job says when it begins, and nothing of a job that is gone', async () => {
  await using test = await JobsOfTest.open()
  const target = await test.source('target', { host: 'elsewhere' })
  const job = await createJob(test.context, {
    ...(await test.jobInput()),
    targets: [{ targetSourceId: target.id }],
  })
  await runJob({ ...test.context, queue: test.queue() }, job.id, 'api')
  const next = await takeNextRun(test.context)
  if (!next || 'unopened' in next) throw new Error('no run was taken')
  const ordered = openTask(test.context, next.run.id, next.task)
  const more = JSON.stringify({ dictionary: [{ schema: 'public', table: 'users', fields: { ssn: "'-'" } }] })
  await changeDictionary(test.context, job.dictionaryIds[0] ?? '', { text: more })
  expect(await taskAsOfNow(test.context, ordered)).toMatchObject({
    masking: { sensitive: [{ text: more }], salt: 'salt of the test' },
    targets: [{ name: 'target' }],
  })
  await changeAdapter(test.context, target.id, { production: true })
  expect(await codeOf(() => taskAsOfNow(test.context, ordered))).toBe('production-target')
  await changeJob(test.context, job.id, { targets: [] })
  expect(await taskAsOfNow(test.context, ordered)).toMatchObject({ targets: [] })
  await removeJob(test.context, job.id)
  expect(await codeOf(() => taskAsOfNow(test.context, ordered))).toBe('job-unknown')
})

test('a restore that waited hears of servers that were marked as production meanwhile', async () => {
  await using test = await JobsOfTest.open()
  const target = await test.source('target', { host: '10.0.0.7', port: 5432 })
  const ordered = {
    kind: 'stored-restore' as const,
    destination: { adapterId: 'local-fs', config: { basePath: '/nowhere' } },
    path: 'x.dump',
    masking: {
      sensitive: [],
      nonSensitive: [],
      tables: [],
      tablesExclude: [],
      unknownColumns: 'copy' as const,
    },
    target: {
      name: 'target',
      server: plainTarget(targetOfSource(target)),
      mapping: {},
      findings: 'warn' as const,
      connections: 'end' as const,
      neverInto: ['7001'],
    },
  }
  const marked = await test.source('marked', { host: '10.0.0.8' }, true)
  await noteServer(test.context.state, marked.id, { version: '17.2', systemIdentifier: '7101' })
  expect(await taskAsOfNow(test.context, ordered)).toMatchObject({ target: { neverInto: ['7001', '7101'] } })
  await changeAdapter(test.context, target.id, { production: true })
  expect(await codeOf(() => taskAsOfNow(test.context, ordered))).toBe('production-target')
})

test('a run that waits is given back instead of another one, also to another process at the same time', async () => {
  await using test = await JobsOfTest.open()
  const job = await createJob(test.context, await test.jobInput())
  const other = await test.another()
  const asked = [test.context, other, test.context, other].map((context) =>
    runJob({ ...context, queue: test.queue(context) }, job.id, 'api'),
  )
  const ids = (await Promise.all(asked)).map(({ run: { id } }) => id)
  expect(new Set(ids).size).toBe(1)
  await takeNextRun(test.context)
  const { run: second } = await runJob({ ...other, queue: test.queue(other) }, job.id, 'command-line')
  expect(ids).not.toContain(second.id)
  expect((await runs(test)).map(({ state }) => state)).toEqual(['running', 'queued'])
  // While one works, none of the same job is taken.
  const passedOver = { runs: new Set<string>(), only: undefined, surfaces: new Set<string>() }
  expect(await takeNextRun(test.context, { ...passedOver, jobs: new Set([job.id]) })).toBeUndefined()
  await other.state.destroy()
})

test('a schedule queues one run a time, and one that waits still takes the place of the next', async () => {
  await using test = await JobsOfTest.open()
  const job = await createJob(test.context, await test.jobInput())
  await until(test, '2026-05-01T01:59:59Z')
  expect(await runs(test)).toEqual([])
  await until(test, '2026-05-01T02:00:00Z')
  expect(await runs(test)).toMatchObject([{ state: 'queued', job_id: job.id, cause: 'schedule' }])
  await until(test, '2026-05-03T02:00:00Z')
  expect(await runs(test)).toHaveLength(1)
  expect((await findJob(test.context.state, job.id)).scheduledUntil).toEqual(new Date('2026-05-03T02:00Z'))
  await takeNextRun(test.context)
  await until(test, '2026-05-04T02:00:00Z')
  expect((await runs(test)).map(({ state }) => state)).toEqual(['running', 'queued'])
})

test('runs that were missed while no server ran become one, or none, as the job says', async () => {
  await using test = await JobsOfTest.open()
  await createJob(test.context, await test.jobInput('once'))
  await createJob(test.context, { ...(await test.jobInput('skipped')), missedRuns: 'skip' })
  await createJob(test.context, { ...(await test.jobInput('disabled')), enabled: false })
  test.clock.set('2026-05-09T12:00:00Z')
  await until(test, '2026-05-09T12:00:01Z')
  expect((await runs(test)).map(({ options }) => JSON.parse(options).jobName)).toEqual(['once'])
})

test('a run that cannot be written down is owed: neither lost nor doubled', async () => {
  await using test = await JobsOfTest.open()
  const job = await createJob(test.context, await test.jobInput())
  const { state } = test.context
  // As a full disk: what is written into runs is refused, with all that is in the same transaction.
  const refuse = "CREATE TRIGGER refuse BEFORE INSERT ON runs BEGIN SELECT RAISE(ABORT, 'full'); END"
  await sql.raw(refuse).execute(state)
  await until(test, '2026-05-01T02:00:05Z')
  expect(await runs(test)).toEqual([])
  expect((await findJob(state, job.id)).scheduledUntil).toEqual(new Date('2026-05-01T00:00:30Z'))
  await sql.raw('DROP TRIGGER refuse').execute(state)
  await until(test, '2026-05-01T02:00:20Z')
  expect(await runs(test)).toHaveLength(1)
})

test('a job that cannot be ordered has a run that failed, and its channels are told', async () => {
  await using test = await JobsOfTest.open()
  const input = await test.jobInput()
  const channel = await test.channel('us')
  const job = await createJob(test.context, { ...input, notificationIds: [channel.id] })
  const { state } = test.context
  // As a state file that was put together by hand.
  await state.deleteFrom('dictionaries').execute()
  expect(await codeOf(() => runJob({ ...test.context, queue: test.queue() }, job.id, 'api'))).toBe(
    'dictionary-unknown',
  )
  await until(test, '2026-05-01T02:00:00Z')
  const [run, ...others] = await runs(test)
  expect(others).toEqual([])
  expect(run).toMatchObject({ state: 'failed', job_id: job.id, cause: 'schedule' })
  expect(JSON.parse(run?.fault ?? '')).toEqual({
    code: 'dictionary-unknown',
    message: 'There is no such dictionary.',
  })
  const told = await state.selectFrom('deliveries').select(['run_id', 'receiver']).execute()
  expect(told).toEqual([{ run_id: run?.id ?? '', receiver: `http://127.0.0.1:9#${channel.id}` }])
})

test('a job that was removed runs no more', async () => {
  await using test = await JobsOfTest.open()
  const job = await createJob(test.context, await test.jobInput())
  await removeJob(test.context, job.id)
  await until(test, '2026-05-02T02:00:00Z')
  expect(await runs(test)).toEqual([])
  expect(await codeOf(() => runJob({ ...test.context, queue: test.queue() }, job.id, 'api'))).toBe(
    'job-unknown',
  )
})
