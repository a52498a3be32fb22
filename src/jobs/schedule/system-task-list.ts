import { Fault } from '../../lib/fault.ts'
import type { State, StateTransaction } from '../../store/state.ts'
import { readSchedule } from './cron.ts'

/** Something that the server does for itself, from time to time. */
export interface SystemTask {
  readonly id: SystemTaskId
  readonly label: string
  readonly description: string
  /** A cron expression, in UTC. */
  readonly schedule: string
  readonly runOnStartup: boolean
  readonly enabled: boolean
}

/** What an operator may change of one; undefined: it stays. */
export interface SystemTaskChanges {
  readonly schedule?: string | undefined
  readonly runOnStartup?: boolean | undefined
  readonly enabled?: boolean | undefined
}

/** The tasks have none of their own in the documented API. */
export const SYSTEM_TASK_TIME_ZONE = 'UTC'

/** Those of every hour and more seldom begin at odd minutes, away from where people put their backups. */
const DEFAULTS = [
  {
    id: 'health-check',
    label: 'Health Check',
    description: 'Periodically check database connections',
    schedule: '*/5 * * * *',
    runOnStartup: true,
    enabled: true,
  },
  {
    id: 'update-db-versions',
    label: 'Update Database Versions',
    description: 'Ask every source for the version of its PostgreSQL',
    schedule: '17 * * * *',
    runOnStartup: true,
    enabled: true,
  },
  {
    id: 'storage-statistics',
    label: 'Storage Statistics',
    description: 'Note how many files and bytes every destination holds',
    schedule: '37 * * * *',
    runOnStartup: true,
    enabled: true,
  },
  {
    id: 'audit-log-cleanup',
    label: 'Audit Log Clean-up',
    description: 'Remove entries of the audit log that are older than 90 days',
    schedule: '23 3 * * *',
    runOnStartup: false,
    enabled: true,
  },
  {
    id: 'integrity-check',
    label: 'Integrity Check',
    description: 'Read every backup again and compare its checksum',
    schedule: '43 4 * * 0',
    runOnStartup: false,
    enabled: true,
  },
  {
    id: 'config-backup',
    label: 'Configuration Backup',
    description: "Back up the server's own configuration",
    schedule: '13 3 * * *',
    runOnStartup: false,
    enabled: false,
  },
  {
    id: 'download-link-cleanup',
    label: 'Download Link Clean-up',
    description: 'Remove download links that have expired',
    schedule: '53 * * * *',
    runOnStartup: true,
    enabled: true,
  },
] as const

export type SystemTaskId = (typeof DEFAULTS)[number]['id']

export const SYSTEM_TASK_IDS: readonly SystemTaskId[] = DEFAULTS.map(({ id }) => id)

/** Throws `system-task-unknown`. */
export function readSystemTaskId(id: string): SystemTaskId {
  const known = SYSTEM_TASK_IDS.find((known) => known === id)
  if (known) return known
  throw new Fault('system-task-unknown', `There is no system task ${JSON.stringify(id.slice(0, 100))}.`, {
    remedy: `There are: ${SYSTEM_TASK_IDS.join(', ')}.`,
  })
}

/** All system tasks, with what was changed of them. */
export async function listSystemTasks(state: State | StateTransaction): Promise<SystemTask[]> {
  const rows = await state.selectFrom('system_tasks').selectAll().execute()
  const changed = new Map(rows.map((row) => [row.id, row]))
  return DEFAULTS.map((task) => {
    const row = changed.get(task.id)
    if (!row) return task
    return {
      ...task,
      schedule: row.schedule,
      runOnStartup: row.run_on_startup === 1,
      enabled: row.enabled === 1,
    }
  })
}

/** Throws `system-task-unknown`, `schedule-invalid`. Tell `SystemTasks.wake()` of it. */
export async function changeSystemTask(
  state: State,
  id: string,
  changes: SystemTaskChanges,
): Promise<SystemTask> {
  const known = readSystemTaskId(id)
  const schedule =
    changes.schedule === undefined
      ? undefined
      : readSchedule(changes.schedule, SYSTEM_TASK_TIME_ZONE).expression
  return await state.transaction().execute(async (transaction) => {
    const task = (await listSystemTasks(transaction)).find((task) => task.id === known) as SystemTask
    const after: SystemTask = {
      ...task,
      schedule: schedule ?? task.schedule,
      runOnStartup: changes.runOnStartup ?? task.runOnStartup,
      enabled: changes.enabled ?? task.enabled,
    }
    const values = {
      schedule: after.schedule,
      run_on_startup: after.runOnStartup ? 1 : 0,
      enabled: after.enabled ? 1 : 0,
    }
    await transaction
      .insertInto('system_tasks')
      .values({ id: known, ...values })
      .onConflict((conflict) => conflict.column('id').doUpdateSet(values))
      .execute()
    return after
  })
}
