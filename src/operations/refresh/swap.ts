import { Fault } from '../../lib/fault.ts'
import { identifier, literal, type Sql, sql } from '../../lib/sql.ts'
import { describeTarget, type Target } from '../../postgres/connection/target.ts'
import { ServerError, type Session } from '../../postgres/session.ts'
import { LOCK_NOT_AVAILABLE } from '../../postgres/snapshot.ts'
import type { Context } from '../context.ts'
import { openMaintenance } from '../restore/prepare-database.ts'
import { refuseIfConnected } from '../restore/target-checks.ts'
import { carryOverStatements } from './carry-over.ts'
import type { SideNames } from './names.ts'
import type { RefreshOptions } from './request.ts'
import { exists, oldMark } from './side-databases.ts'

/** How often to try where others are in the way. */
const ATTEMPTS = 3

/** How long one attempt waits for the locks of databases. */
const LOCK_MILLISECONDS = 5000

/** How often sessions are looked for that are to end. */
const LOOK_MILLISECONDS = 10

const OBJECT_IN_USE = '55006'

export interface Swapped {
  /** In which the target's name did not answer. */
  readonly milliseconds: number
  readonly endedSessions: number
  readonly hadOld: boolean
}

/**
 * Puts the shadow in the place of the target, in one transaction: whatever happens, the name means the one or the other.
 *
 * ALTER DATABASE RENAME takes the lock that every new connection to the database waits for, and then waits itself, up to
 * 5 s, for those that are connected to leave. So nobody needs to be kept out by a property of the target, which would stay
 * if we were killed: sessions are ended while it waits, new ones wait behind it, and a failure of any kind takes all of it
 * back. Tried on PostgreSQL 13, 15 and 18. Throws `target-busy`, `refresh-swap`.
 */
export async function swap(
  context: Context,
  session: Session,
  options: Pick<RefreshOptions, 'target' | 'connections'>,
  names: SideNames,
): Promise<Swapped> {
  await refusePrepared(session, options.target)
  for (let attempt = 1; ; attempt++) {
    context.signal.throwIfAborted()
    try {
      return await trySwap(context, session, options, names)
    } catch (error) {
      await session.run(sql`ROLLBACK`)
      if (!(error instanceof ServerError)) throw error
      const isBusy = error.sqlState === OBJECT_IN_USE || error.sqlState === LOCK_NOT_AVAILABLE
      if (!isBusy) throw swapFault(options.target, error)
      if (attempt === ATTEMPTS || options.connections === 'refuse') throw busyFault(options.target, error)
    }
  }
}

/** A prepared transaction is in the way as a session is, and nobody may end it but whoever it belongs to. */
async function refusePrepared(session: Session, target: Target): Promise<void> {
  const rows = await session.rows<{ gid: string }>(
    sql`SELECT gid FROM pg_catalog.pg_prepared_xacts WHERE database = ${literal(target.database)}`,
  )
  if (rows.length === 0) return
  throw new Fault('target-busy', `${rows.length} prepared transactions hold ${describeTarget(target)}.`, {
    remedy: 'COMMIT PREPARED or ROLLBACK PREPARED them: see pg_prepared_xacts. The target is as it was.',
  })
}

async function trySwap(
  context: Context,
  session: Session,
  { target, connections }: Pick<RefreshOptions, 'target' | 'connections'>,
  names: SideNames,
): Promise<Swapped> {
  const [name, shadow, old, gone] = [target.database, names.shadow, names.old, names.gone].map(
    identifier,
  ) as [Sql, Sql, Sql, Sql]
  const say = (done: number) => context.onProgress({ stage: 'swap', done, total: 3 })
  const hadOld = await exists(session, target.database)
  const hadGone = await exists(session, names.old)
  say(0)
  await session.run(sql`BEGIN; SET LOCAL lock_timeout = ${literal(LOCK_MILLISECONDS)}`)
  await session.run(await carryOverStatements(session, target.database, names.shadow))
  if (hadOld && hadGone) {
    await ending(names.old, target, 'end', () => session.run(sql`ALTER DATABASE ${old} RENAME TO ${gone}`))
  }
  if (connections === 'refuse') await refuseIfConnected(session, target.database)
  say(1)
  const started = context.clock.elapsed()
  const ended = hadOld
    ? await ending(target.database, target, connections, () =>
        session.run(sql`ALTER DATABASE ${name} RENAME TO ${old}`),
      )
    : 0
  say(2)
  await session.run(sql`ALTER DATABASE ${shadow} RENAME TO ${name}`)
  if (hadOld)
    await session.run(sql`COMMENT ON DATABASE ${old} IS ${oldMark(target.database, context.clock.now())}`)
  await session.run(sql`COMMIT`)
  const milliseconds = context.clock.elapsed() - started
  say(3)
  return { milliseconds, endedSessions: ended, hadOld }
}

/** Ends the sessions of a database as long as some work waits for them. Gives how many they were. */
async function ending(
  database: string,
  target: Target,
  connections: RefreshOptions['connections'],
  work: () => Promise<void>,
): Promise<number> {
  if (connections === 'refuse') {
    await work()
    return 0
  }
  const other = await openMaintenance(target)
  let waits = true
  const end = async () => {
    const seen = new Set<number>()
    while (waits) {
      for (const pid of await sessionsOf(other, database)) {
        if (await endSession(other, pid)) seen.add(pid)
      }
      await Bun.sleep(LOOK_MILLISECONDS)
    }
    return seen.size
  }
  const ended = end()
  ended.catch(() => {})
  try {
    await work()
  } finally {
    waits = false
    await ended.catch(() => {})
    await other.close()
  }
  return ended
}

async function sessionsOf(session: Session, database: string): Promise<number[]> {
  const rows = await session.rows<{ pid: number }>(
    sql`SELECT pid FROM pg_catalog.pg_stat_activity WHERE datname = ${literal(database)}`,
  )
  return rows.map(({ pid }) => pid)
}

/** Of a superuser's session others may not say when it ends: then the rename says that it is in the way. */
async function endSession(session: Session, pid: number): Promise<boolean> {
  try {
    await session.run(sql`SELECT pg_catalog.pg_terminate_backend(${literal(pid)})`)
    return true
  } catch (error) {
    if (error instanceof ServerError) return false
    throw error
  }
}

/** Says before any work is done whether what the target has can be given to the copy. Throws `refresh-swap`. */
export async function rehearseCarryOver(session: Session, target: Target, names: SideNames): Promise<void> {
  await session.run(sql`BEGIN`)
  try {
    await session.run(await carryOverStatements(session, target.database, names.shadow))
  } catch (error) {
    throw error instanceof ServerError ? swapFault(target, error) : error
  } finally {
    await session.run(sql`ROLLBACK`)
  }
}

function swapFault(target: Target, error: ServerError): Fault {
  return new Fault(
    'refresh-swap',
    `The copy cannot take the place of ${target.database}: ${error.safeWords}.`,
    {
      remedy: 'The user must own the database and have CREATEDB, or be a superuser. The target is as it was.',
    },
  )
}

function busyFault(target: Target, error: ServerError): Fault {
  return new Fault('target-busy', `Others use ${describeTarget(target)}: ${error.safeWords}.`, {
    remedy:
      'End their sessions and prepared transactions, or let the refresh end sessions. The target is as it was.',
  })
}
