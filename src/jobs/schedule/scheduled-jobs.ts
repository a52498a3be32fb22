import type { State, StateTransaction } from '../../store/state.ts'
import type { Decision, MissedRuns, ScheduledEntry } from './due.ts'

/** The schedules of all backup jobs. */
export async function scheduledJobs(state: State): Promise<ScheduledEntry[]> {
  const rows = await state
    .selectFrom('jobs')
    .select(['id', 'schedule', 'time_zone', 'missed_runs', 'scheduled_until', 'enabled'])
    .execute()
  return rows.map((row) => ({
    id: row.id,
    schedule: row.schedule,
    timeZone: row.time_zone,
    missedRuns: row.missed_runs as MissedRuns,
    scheduledUntil: new Date(row.scheduled_until),
    enabled: row.enabled === 1,
  }))
}

/**
 * Notes that the times of a job's schedule are seen to as decided. False where the job was changed or removed since the
 * decision, which is void then. Add the run in the same transaction, where this is true and one is due.
 */
export async function claimDue(
  transaction: StateTransaction,
  entry: ScheduledEntry,
  { seenUntil }: Decision,
): Promise<boolean> {
  const { numUpdatedRows } = await transaction
    .updateTable('jobs')
    .set({ scheduled_until: seenUntil.getTime() })
    .where('id', '=', entry.id)
    .where('schedule', '=', entry.schedule)
    .where('time_zone', '=', entry.timeZone)
    .where('missed_runs', '=', entry.missedRuns)
    .where('enabled', '=', entry.enabled ? 1 : 0)
    .where('scheduled_until', '=', entry.scheduledUntil.getTime())
    .executeTakeFirst()
  return numUpdatedRows === 1n
}
