import { literal, type Sql, sql } from '../lib/sql.ts'
import type { Session } from './session.ts'

/** Rows that are in memory at once. */
const ROWS_A_FETCH = 1000

/**
 * Gives the rows of a query a few at a time, by a cursor in the session's transaction, which goes on where the query
 * fails. Throws ServerError. Whoever stops early ends the cursor.
 */
export async function* streamRows<Row>(
  session: Session,
  signal: AbortSignal,
  query: Sql,
): AsyncGenerator<readonly Row[]> {
  await session.run(sql`SAVEPOINT pgveil_stream`)
  try {
    await session.rowsUntil(signal, sql`DECLARE pgveil_stream NO SCROLL CURSOR FOR ${query}`)
    for (;;) {
      const rows = await session.rowsUntil<Row>(
        signal,
        sql`FETCH FORWARD ${literal(ROWS_A_FETCH)} FROM pgveil_stream`,
      )
      if (rows.length === 0) break
      yield rows
    }
  } finally {
    // With the savepoint goes the cursor.
    if (!signal.aborted)
      await session.run(sql`ROLLBACK TO SAVEPOINT pgveil_stream; RELEASE SAVEPOINT pgveil_stream`)
  }
}
