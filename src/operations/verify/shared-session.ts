import type { Server } from '../../catalog/model.ts'
import { type Sql, sql } from '../../lib/sql.ts'
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
    await session.run(snapshot.databaseSearchPath)
    return session
  } catch (error) {
    await session.close()
    throw error
  }
}

/** The rows of a statement, or the error that the server answered with; the transaction goes on either way. */
export async function attempt<Row>(
  session: Session,
  signal: AbortSignal,
  statement: Sql,
): Promise<Row[] | ServerError> {
  await session.run(sql`SAVEPOINT pgveil_attempt`)
  try {
    return await session.rowsUntil<Row>(signal, statement)
  } catch (error) {
    if (!(error instanceof ServerError)) throw error
    return error
  } finally {
    if (!signal.aborted) {
      await session.run(sql`ROLLBACK TO SAVEPOINT pgveil_attempt; RELEASE SAVEPOINT pgveil_attempt`)
    }
  }
}
