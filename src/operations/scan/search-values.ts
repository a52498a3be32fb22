import type { Column } from '../../catalog/model.ts'
import { rowsSelect } from '../../compile/scan/rows-source.ts'
import type { TestOnOurSide } from '../../compile/scan/value-tests.ts'
import { valueText } from '../../compile/scan/value-text.ts'
import { sql } from '../../lib/sql.ts'
import { ServerError, type Session } from '../../postgres/session.ts'
import { streamRows } from '../../postgres/stream-rows.ts'
import { type Extent, reasonOf, type TableLook } from './table-look.ts'

/**
 * Searches the values of the columns that are still open for what PostgreSQL's regular expressions cannot express. Only
 * here do values leave the database, a thousand at a time; nothing of them is kept.
 */
export async function searchValues(
  session: Session,
  signal: AbortSignal,
  look: TableLook,
  tests: readonly TestOnOurSide[],
  extent: Extent,
): Promise<void> {
  for (const column of look.open) {
    try {
      const reason = await firstHit(session, signal, look, column, tests, extent)
      if (reason) look.settle(column, { kind: 'sensitive', reason })
    } catch (error) {
      if (!(error instanceof ServerError || error instanceof GaveUp)) throw error
      look.settle(column, {
        kind: 'not-scanned',
        why: error instanceof GaveUp ? 'too slow' : reasonOf(error),
      })
    }
  }
}

async function firstHit(
  session: Session,
  signal: AbortSignal,
  look: TableLook,
  column: Column,
  tests: readonly TestOnOurSide[],
  extent: Extent,
): Promise<TestOnOurSide['reason'] | undefined> {
  const partial = extent.mode === 'partial'
  const source = { ...look.source, notNull: column, limit: partial ? extent.rows : undefined }
  const values = rowsSelect(source, [sql`${valueText(column, { cut: partial })} AS value`])
  for await (const rows of streamRows<{ value: string }>(session, signal, values)) {
    for (const { value } of rows) {
      const hit = tests.find((test) => searched(test, value))
      if (hit) return hit.reason
    }
  }
  return undefined
}

/** The engine's search gives up after about a second and then says that nothing was found. */
const GIVES_UP_MILLISECONDS = 300

class GaveUp extends Error {}

function searched({ regex }: TestOnOurSide, value: string): boolean {
  const begun = performance.now()
  const found = regex.test(value)
  if (!found && performance.now() - begun > GIVES_UP_MILLISECONDS) throw new GaveUp()
  return found
}
