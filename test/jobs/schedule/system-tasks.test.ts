import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { readSchedule } from '../../../src/jobs/schedule/cron.ts'
import {
  changeSystemTask,
  listSystemTasks,
  SYSTEM_TASK_IDS,
  SYSTEM_TASK_TIME_ZONE,
  type SystemTaskId,
} from '../../../src/jobs/schedule/system-task-list.ts'
import { SystemTasks, type SystemTaskWork } from '../../../src/jobs/schedule/system-tasks.ts'
import { createLog } from '../../../src/lib/log.ts'
import { openState, type State } from '../../../src/store/state.ts'
import { faultOf } from '../../server/faults.ts'
import { TestFolder } from '../../server/folder.ts'
import { Hands } from './hands.ts'

let folder: TestFolder
let state: State
let lines: string[]
beforeEach(async () => {
  folder = await TestFolder.create()
  state = await openState(folder.file('state.db'))
  lines = []
})
afterEach(async () => {
  await state.destroy()
  await folder[Symbol.asyncDispose]()
})

const find = async (id: string) => (await listSystemTasks(state)).find((task) => task.id === id)

describe('the list of system tasks', () => {
  test('has those of the documented API, with schedules that can be read', async () => {
    const tasks = await listSystemTasks(state)
    expect(tasks.map(({ id }) => id)).toEqual([...SYSTEM_TASK_IDS])
    expect(tasks[0]).toEqual({
      id: 'health-check',
      label: 'Health Check',
      description: 'Periodically check database connections',
      schedule: '*/5 * * * *',
      runOnStartup: true,
      enabled: true,
    })
    for (const { schedule } of tasks) readSchedule(schedule, SYSTEM_TASK_TIME_ZONE)
    expect(tasks.filter(({ enabled }) => !enabled).map(({ id }) => id)).toEqual(['config-backup'])
  })

  test('keeps what is changed, and only that, over a restart', async () => {
    expect(await changeSystemTask(state, 'config-backup', { enabled: true })).toMatchObject({
      schedule: '13 3 * * *',
      enabled: true,
    })
    await changeSystemTask(state, 'config-backup', { schedule: ' 0  4 * * * ' })
    await changeSystemTask(state, 'health-check', { runOnStartup: false })
    await changeSystemTask(state, 'health-check', {})
    await state.destroy()
    state = await openState(folder.file('state.db'))
    expect(await find('config-backup')).toMatchObject({
      schedule: '0 4 * * *',
      enabled: true,
      runOnStartup: false,
    })
    expect(await find('health-check')).toMatchObject({
      schedule: '*/5 * * * *',
      enabled: true,
      runOnStartup: false,
    })
    expect(await state.selectFrom('system_tasks').select('id').execute()).toHaveLength(2)
  })

  test('loses none of several changes at once', async () => {
    await Promise.all([
      changeSystemTask(state, 'integrity-check', { enabled: false }),
      changeSystemTask(state, 'integrity-check', { runOnStartup: true }),
      changeSystemTask(state, 'integrity-check', { schedule: '0 5 * * *' }),
    ])
    expect(await find('integrity-check')).toMatchObject({
      enabled: false,
      runOnStartup: true,
      schedule: '0 5 * * *',
    })
  })

  test.each(['', 'Health-Check', 'health-check ', '__proto__', 'x'.repeat(1000)])(
    'refuses a task that there is not: %j',
    async (id) => {
      const fault = await faultOf(changeSystemTask(state, id, { enabled: false }))
      expect([fault.code, fault.message.length < 200]).toEqual(['system-task-unknown', true])
      expect(fault.remedy).toContain('health-check')
    },
  )

  test('refuses a schedule that cannot be read, and changes nothing', async () => {
    const fault = await faultOf(
      changeSystemTask(state, 'health-check', { schedule: '0 0 31 2 *', enabled: false }),
    )
    expect(fault.code).toBe('schedule-invalid')
    expect(await find('health-check')).toMatchObject({ schedule: '*/5 * * * *', enabled: true })
  })

  test('passes over rows of tasks that are no more', async () => {
    await state
      .insertInto('system_tasks')
      .values({ id: 'of-an-older-version', schedule: 'x', run_on_startup: 1, enabled: 1 })
      .execute()
    expect((await listSystemTasks(state)).map(({ id }) => id)).toEqual([...SYSTEM_TASK_IDS])
  })
})

describe('system tasks', () => {
  /** Tasks that write down when they run, and do more where a test says so. */
  function begin(hands: Hands, more: Partial<SystemTaskWork> = {}) {
    const ran: string[] = []
    const work = Object.fromEntries(
      SYSTEM_TASK_IDS.map((id) => [
        id,
        async (signal: AbortSignal) => {
          ran.push(`${id} ${hands.now().toISOString().slice(5, 16)}`)
          await more[id]?.(signal)
        },
      ]),
    ) as SystemTaskWork
    const log = createLog('info', { write: (line) => void lines.push(line) })
    const tasks = new SystemTasks({ state, clock: hands, log, sleep: hands.sleep }, work)
    tasks.start()
    const of = (id: SystemTaskId) =>
      ran.filter((run) => run.startsWith(`${id} `)).map((run) => run.slice(id.length + 1))
    return { tasks, of }
  }

  test('run at the start where they should, and by their schedules, in a week', async () => {
    const hands = new Hands('2026-05-01T00:02Z')
    const { tasks, of } = begin(hands)
    await hands.runUntil('2026-05-08T00:02Z')
    await tasks.stop()
    expect(of('health-check').slice(0, 3)).toEqual(['05-01T00:02', '05-01T00:05', '05-01T00:10'])
    expect(of('health-check')).toHaveLength(1 + (7 * 24 * 60) / 5)
    expect(of('download-link-cleanup')).toHaveLength(1 + 7 * 24)
    expect(of('audit-log-cleanup')).toHaveLength(7)
    expect(of('integrity-check')).toEqual(['05-03T04:43'])
    expect(of('config-backup')).toEqual([])
  })

  test('never run beside themselves, and beside each other they do', async () => {
    const hands = new Hands('2026-05-01T00:02Z')
    const slow = Promise.withResolvers<void>()
    const { tasks, of } = begin(hands, { 'health-check': () => slow.promise })
    await hands.runUntil('2026-05-01T01:02Z')
    expect(tasks.runNow('health-check')).toBe(false)
    expect(of('health-check')).toEqual(['05-01T00:02'])
    expect(of('storage-statistics')).toEqual(['05-01T00:02', '05-01T00:37'])
    expect(lines.filter((line) => line.includes('passed over'))).toHaveLength(12)
    slow.resolve()
    await hands.runUntil('2026-05-01T01:06Z')
    expect(of('health-check')).toEqual(['05-01T00:02', '05-01T01:05'])
    await tasks.stop()
  })

  test('go on after one that failed, which is told of', async () => {
    const hands = new Hands('2026-05-01T00:02Z')
    const { tasks, of } = begin(hands, {
      'health-check': () => Promise.reject(new Error('no such host')),
      'storage-statistics': () => {
        throw new Error('at once')
      },
    })
    await hands.runUntil('2026-05-01T00:11Z')
    await tasks.stop()
    expect(of('health-check')).toHaveLength(3)
    const errors = lines.map((line) => JSON.parse(line)).filter(({ level }) => level === 'error')
    expect(errors.map(({ task, reason }) => [task, reason]).sort()).toEqual([
      ['health-check', 'Error: no such host'],
      ['health-check', 'Error: no such host'],
      ['health-check', 'Error: no such host'],
      ['storage-statistics', 'Error: at once'],
    ])
  })

  test('run when they are told to, disabled or not', async () => {
    const hands = new Hands('2026-05-01T00:02Z')
    const { tasks, of } = begin(hands)
    await hands.runUntil('2026-05-01T00:03Z')
    expect(tasks.runNow('config-backup')).toBe(true)
    expect(() => tasks.runNow('make-coffee')).toThrow('no system task')
    await hands.runUntil('2026-05-01T00:04Z')
    expect(of('config-backup')).toEqual(['05-01T00:03'])
    await tasks.stop()
    expect(tasks.runNow('config-backup')).toBe(false)
  })

  test('follow a change at once, and make up for nothing', async () => {
    const hands = new Hands('2026-05-01T00:02Z')
    const { tasks, of } = begin(hands)
    await hands.runUntil('2026-05-01T06:00Z')
    await changeSystemTask(state, 'config-backup', { enabled: true })
    await changeSystemTask(state, 'audit-log-cleanup', { schedule: '*/10 * * * *' })
    await changeSystemTask(state, 'health-check', { enabled: false })
    tasks.wake()
    const checks = of('health-check').length
    await hands.runUntil('2026-05-01T06:25Z')
    expect(of('audit-log-cleanup')).toEqual(['05-01T03:23', '05-01T06:10', '05-01T06:20'])
    expect(of('config-backup')).toEqual([])
    expect(of('health-check')).toHaveLength(checks)
    await tasks.stop()
  })

  test('end when the server stops, which waits for them', async () => {
    const hands = new Hands('2026-05-01T00:02Z')
    let ended = false
    const { tasks } = begin(hands, {
      'health-check': async (signal) => {
        await new Promise((resolve) => signal.addEventListener('abort', resolve))
        await Bun.sleep(1)
        ended = true
        signal.throwIfAborted()
      },
    })
    await hands.runUntil('2026-05-01T00:03Z')
    await tasks.stop()
    expect(ended).toBe(true)
    expect(lines.filter((line) => line.includes('"level":"error"'))).toEqual([])
  })
})
