import type { Server } from '../../catalog/model.ts'
import { nothing, type Sql, sql } from '../../lib/sql.ts'
import type { Target } from '../../postgres/connection/target.ts'
import { ServerError, Session } from '../../postgres/session.ts'
import type { Snapshot } from '../../postgres/snapshot.ts'

/** What it takes to ask a source many things at once in one snapshot. */
export interface Questioning {
  readonly source: Target
  readonly server: Server
  readonly snapshot: Snapshot
  readonly lanes: number
  /** Milliseconds. */
  readonly lockWait: number
}

/** A further session in the snapshot, under the search_path that rules are read by. */
export async function openShared({ source, server, snapshot, lockWait }: Questioning): Promise<Session> {
  const session = await Session.open(source)
  try {
    await session.run(snapshot.joinStatements(server, lockWait))
    await snapshot.giveSalt(session)
    await session.run(snapshot.databaseSearchPath)
    return session
  } catch (error) {
    await session.close()
    throw error
  }
}

/**
 * The rows of a statement, or the error that the server answered with; the transaction goes on either way. What the
 * statement did is taken back, unless it is to be kept.
 */
export async function attempt<Row>(
  session: Session,
  signal: AbortSignal,
  statement: Sql,
  effect: 'undo' | 'keep' = 'undo',
): Promise<Row[] | ServerError> {
  await session.run(sql`SAVEPOINT pgveil_attempt`)
  let undo = true
  try {
    const rows = await session.rowsUntil<Row>(signal, statement)
    undo = effect === 'undo'
    return rows
  } catch (error) {
    if (!(error instanceof ServerError)) throw error
    return error
  } finally {
    if (!signal.aborted) {
      const back = undo ? sql`ROLLBACK TO SAVEPOINT pgveil_attempt; ` : nothing
      await session.run(sql`${back}RELEASE SAVEPOINT pgveil_attempt`)
    }
  }
}
