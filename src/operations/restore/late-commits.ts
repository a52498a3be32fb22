import commitsSql from '../../../sql/restore/commits.sql' with { type: 'text' }
import { fromShippedFile, sql } from '../../lib/sql.ts'
import { joinOptions } from '../../postgres/connection/target.ts'
import { Session } from '../../postgres/session.ts'

const LATE_COMMITS = '-c synchronous_commit=off'

/** To learn whether the setting is let through takes a connection: 15 ms, where a wait for a disk is 0.3 and more. */
const ENTRIES_WORTH_A_CONNECTION = 100

/**
 * Runs pg_restore on a number of entries with a setting for its sessions, as in PGOPTIONS, under which none of its commits
 * (each object has one or two) waits for the disk; what was committed is waited for at the end, once. Of a restore of 2,000
 * small tables the waits were a fifth of the time. Throws what the work throws, and `connection-lost`.
 */
export async function withLateCommits<Result>(
  session: Session,
  entries: number,
  work: (sessionOptions: string | undefined) => Promise<Result>,
): Promise<Result> {
  if (entries < ENTRIES_WORTH_A_CONNECTION || !(await mayCommitLate(session))) return work(undefined)
  const result = await work(LATE_COMMITS)
  await waitForDisk(session)
  return result
}

/**
 * Whether the server waits for a disk at all, lets the user write the record that is waited for, and nothing on the way to
 * it refuses sessions with settings, as some connection poolers do.
 */
async function mayCommitLate(session: Session): Promise<boolean> {
  const { waits } = await session.row<{ waits: boolean }>(fromShippedFile(commitsSql))
  if (!waits) return false
  try {
    const options = joinOptions(session.target.options, LATE_COMMITS)
    const probe = await Session.open({ ...session.target, options })
    await probe.close()
    return true
  } catch {
    return false
  }
}

/**
 * Waits until all that was committed before is on disk, and wherever else the server's synchronous_commit wants it: WAL
 * gets there in its order, and this writes a record of its own.
 */
async function waitForDisk(session: Session): Promise<void> {
  await session.run(sql`SELECT pg_catalog.pg_logical_emit_message(true, 'pgveil', '')`)
}
