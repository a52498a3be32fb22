import { Fault } from '../../lib/fault.ts'
import { literal, sql } from '../../lib/sql.ts'
import { describeTarget, type Target } from '../../postgres/connection/target.ts'
import { ServerError, type Session } from '../../postgres/session.ts'
import { PATIENT_SETTINGS } from '../../postgres/settings.ts'
import { LOCK_NOT_AVAILABLE } from '../../postgres/snapshot.ts'
import type { Context } from '../context.ts'
import { openMaintenance } from '../restore/prepare-database.ts'

/**
 * How long to wait for another refresh of the same target. The server notices within 5 s that one was killed while it
 * waited for sessions to end.
 */
const WAIT_MILLISECONDS = 15_000

/**
 * Does some work with a session in another database of the target's server, which holds the lock that no two refreshes of
 * one target have at once. The server gives it back when we are gone. Throws `target-busy`.
 */
export async function withTargetLocked<Result>(
  context: Context,
  target: Target,
  work: (context: Context, session: Session) => Promise<Result>,
): Promise<Result> {
  const session = await openMaintenance(target)
  const lost = new AbortController()
  session.onLost((fault) => lost.abort(fault))
  try {
    await session.run(sql`${PATIENT_SETTINGS}; SET lock_timeout = ${literal(WAIT_MILLISECONDS)}`)
    await lock(session, target)
    return await work({ ...context, signal: AbortSignal.any([context.signal, lost.signal]) }, session)
  } finally {
    await session.close()
  }
}

async function lock(session: Session, target: Target): Promise<void> {
  const key = literal(`pgveil refresh of ${target.database}`)
  try {
    await session.run(sql`SELECT pg_catalog.pg_advisory_lock(pg_catalog.hashtextextended(${key}, 0))`)
  } catch (error) {
    if (!(error instanceof ServerError && error.sqlState === LOCK_NOT_AVAILABLE)) throw error
    throw new Fault('target-busy', `Another refresh of ${describeTarget(target)} is at work.`, {
      remedy: 'Wait for it to end.',
    })
  }
}
