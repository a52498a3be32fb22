import type { Clock } from '../../lib/clock.ts'
import type { State } from '../../store/state.ts'

export const AUDIT_LOG_DAYS = 90
const DAY_MILLISECONDS = 24 * 60 * 60 * 1000

/** Rows that one statement removes, in 10 ms: all others who write wait for it, and give up after five seconds. */
const REMOVED_AT_ONCE = 10_000

interface CleanUpContext {
  readonly state: State
  readonly clock: Clock
}

/** Removes the entries of the audit log that are older than 90 days. Gives how many there were. */
export async function cleanUpAuditLog(
  { state, clock }: CleanUpContext,
  signal: AbortSignal,
): Promise<number> {
  const before = clock.now().getTime() - AUDIT_LOG_DAYS * DAY_MILLISECONDS
  let removed = 0
  for (;;) {
    signal.throwIfAborted()
    const old = state
      .selectFrom('audit_log')
      .select('id')
      .where('at', '<', before)
      .orderBy('at')
      .limit(REMOVED_AT_ONCE)
    const { numDeletedRows } = await state.deleteFrom('audit_log').where('id', 'in', old).executeTakeFirst()
    removed += Number(numDeletedRows)
    if (numDeletedRows < REMOVED_AT_ONCE) return removed
  }
}

/** Removes the download links that have expired, used or not; one that is being downloaded from is not asked for again. */
export async function cleanUpDownloadLinks(
  { state, clock }: CleanUpContext,
  signal: AbortSignal,
): Promise<number> {
  signal.throwIfAborted()
  const { numDeletedRows } = await state
    .deleteFrom('download_links')
    .where('expires_at', '<=', clock.now().getTime())
    .executeTakeFirst()
  return Number(numDeletedRows)
}
