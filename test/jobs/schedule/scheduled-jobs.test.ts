import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { readSchedule, runsBetween } from '../../../src/jobs/schedule/cron.ts'
import type { Decision, ScheduledEntry } from '../../../src/jobs/schedule/due.ts'
import { claimDue, scheduledJobs } from '../../../src/jobs/schedule/scheduled-jobs.ts'
import { Scheduler } from '../../../src/jobs/schedule/scheduler.ts'
import { silentLog } from '../../../src/lib/log.ts'
import { openState, type State } from '../../../src/store/state.ts'
import { TestFolder } from '../../server/folder.ts'
import { Hands } from './hands.ts'

const START = '2026-05-01T00:00:30Z'

let folder: TestFolder
let state: State
beforeEach(async () => {
  folder = await TestFolder.create()
  state = await openState(folder.file('state.db'))
})
afterEach(async () => {
  await state.destroy()
  await folder[Symbol.asyncDispose]()
})

async function addJob(id: string, schedule: string): Promise<void> {
  const now = Date.parse(START)
  await state
    .insertInto('jobs')
    .values({
      id,
      name: id,
      folder: id,
      enabled: 1,
      schedule,
      time_zone: 'Europe/Berlin',
      missed_runs: 'run-once',
      scheduled_until: now,
      source_id: 's',
      databases: '[]',
      anonymize: 1,
      unknown_columns: 'copy',
      dictionary_ids: '[]',
      destination_id: 'd',
      compression: 'NONE',
      retention: '{}',
      notification_ids: '[]',
      notification_events: '{}',
      targets: '[]',
      created_at: now,
      updated_at: now,
    })
    .execute()
}

/** What the caller of a scheduler does: the run and what is seen, in one transaction. */
async function enqueue(entry: ScheduledEntry, decision: Decision): Promise<void> {
  await state.transaction().execute(async (transaction) => {
    if (!(await claimDue(transaction, entry, decision)) || !decision.dueAt) return
    const id = `${entry.id} ${decision.dueAt.toISOString()}`
    await transaction
      .insertInto('runs')
      .values({
        id,
        surface: 'jobs',
        kind: 'backup',
        state: 'queued',
        options: '{}',
        keeps_dictionaries: 0,
        folder: id,
        job_id: entry.id,
        created_at: decision.dueAt.getTime(),
      })
      .execute()
  })
}

const queued = async () =>
  (await state.selectFrom('runs').select('id').orderBy('id').execute()).map(({ id }) => id)

const expected = (id: string, schedule: string, until: string) =>
  runsBetween(readSchedule(schedule, 'Europe/Berlin'), new Date(START), new Date(until), 1000).map(
    (at) => `${id} ${at.toISOString()}`,
  )

describe('the schedules of jobs in a state file', () => {
  test('are read as they are stored', async () => {
    await addJob('a', '0 2 * * *')
    await state.updateTable('jobs').set({ enabled: 0, missed_runs: 'skip' }).execute()
    expect(await scheduledJobs(state)).toEqual([
      {
        id: 'a',
        schedule: '0 2 * * *',
        timeZone: 'Europe/Berlin',
        missedRuns: 'skip',
        scheduledUntil: new Date(START),
        enabled: false,
      },
    ])
  })

  test('are seen to by two schedulers as by one: each run is queued once', async () => {
    const schedules = { a: '*/7 * * * *', b: '*/10 * * * *', c: '30 3 * * *' }
    for (const [id, schedule] of Object.entries(schedules)) await addJob(id, schedule)
    const both = [1, 2].map(() => {
      const hands = new Hands(START)
      const scheduler = new Scheduler({
        clock: hands,
        log: silentLog,
        sleep: hands.sleep,
        entries: () => scheduledJobs(state),
        fire: (entry, decision) => enqueue(entry, decision),
      })
      scheduler.start()
      return { hands, scheduler }
    })
    const until = '2026-05-01T04:00:00Z'
    await Promise.all(both.map(({ hands }) => hands.runUntil(until)))
    await Promise.all(both.map(({ scheduler }) => scheduler.stop()))
    const all = Object.entries(schedules).flatMap(([id, schedule]) => expected(id, schedule, until))
    expect(await queued()).toEqual(all.sort())
  })

  test('neither lose nor double a run when the transaction fails, or its answer is lost', async () => {
    await addJob('a', '*/5 * * * *')
    const hands = new Hands(START)
    let calls = 0
    const scheduler = new Scheduler({
      clock: hands,
      log: silentLog,
      sleep: hands.sleep,
      entries: () => scheduledJobs(state),
      fire: async (entry, decision) => {
        calls++
        if (calls % 3 === 1) throw new Error('before it was written')
        await enqueue(entry, decision)
        if (calls % 3 === 2) throw new Error('after it was written')
      },
    })
    scheduler.start()
    await hands.runUntil('2026-05-01T02:00:00Z')
    await scheduler.stop()
    expect(await queued()).toEqual(expected('a', '*/5 * * * *', '2026-05-01T02:00:00Z'))
  })

  test.each([
    ['schedule', { schedule: '0 3 * * *' }],
    ['time zone', { time_zone: 'UTC' }],
    ['policy', { missed_runs: 'skip' }],
    ['switch', { enabled: 0 }],
    ['mark', { scheduled_until: Date.parse(START) + 1 }],
  ])('void a decision that was made before a change of the %s', async (_, change) => {
    await addJob('a', '0 2 * * *')
    const [entry] = await scheduledJobs(state)
    if (!entry) throw new Error('none')
    const dueAt = new Date('2026-05-01T00:00Z')
    const before = { ...entry }
    await state.updateTable('jobs').set(change).execute()
    const rows = () => state.selectFrom('jobs').select('scheduled_until').execute()
    const changed = await rows()
    await enqueue(before, { dueAt, seenUntil: dueAt })
    expect([await queued(), await rows()]).toEqual([[], changed])
  })
})
