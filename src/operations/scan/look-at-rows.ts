import { relationName } from '../../catalog/model.ts'
import type { ValueTests } from '../../compile/scan/value-tests.ts'
import type { Session } from '../../postgres/session.ts'
import type { Context } from '../context.ts'
import { partsOf } from '../parts.ts'
import { askAll, type Questioning } from '../snapshot-sessions.ts'
import { RowsAsker } from './rows-asker.ts'
import { searchValues } from './search-values.ts'
import type { Extent, TableLook } from './table-look.ts'

/** A piece of work on one table, for one session. */
interface Work {
  readonly look: TableLook
  readonly run: (session: Session, signal: AbortSignal) => Promise<unknown>
}

/**
 * Decides about open columns by their rows: PostgreSQL tests and counts, and tells numbers. Only for regular expressions
 * that it does not have do values come here, for the columns that nothing else has decided.
 */
export async function lookAtRows(
  context: Context,
  questioning: Questioning,
  looks: readonly TableLook[],
  tests: ValueTests,
  extent: Extent,
): Promise<void> {
  const asker = (look: TableLook, session: Session, signal: AbortSignal) =>
    new RowsAsker(session, signal, look, tests.inSql, extent)
  const first = looks.map(
    (look): Work => ({
      look,
      run: async (session, signal) => {
        await asker(look, session, signal).functions(look.functions)
        await asker(look, session, signal).firstRows()
      },
    }),
  )
  const rest = partsOfLooks(looks, questioning).map(
    ({ table: { look, leaf }, pages }): Work => ({
      look,
      run: async (session, signal) => {
        const source = { ...look.source, leaves: [leaf], pages }
        if (!look.seenWhole) await asker(look, session, signal).rows(source)
      },
    }),
  )
  const here = looks.map(
    (look): Work => ({
      look,
      run: (session, signal) => searchValues(session, signal, look, tests.onOurSide, extent),
    }),
  )
  const stages = [
    first,
    ...(extent.mode === 'full' ? [rest] : []),
    ...(tests.onOurSide.length > 0 ? [here] : []),
  ]
  for (const works of stages) await runAll(context, questioning, works)
}

async function runAll(context: Context, questioning: Questioning, works: readonly Work[]): Promise<void> {
  await askAll(context, questioning, 'rows', works, {
    nameOf: ({ look }) => relationName(look.table.relation),
    ask: async (session, { look, run }, signal) => {
      if (look.open.length > 0) await run(session, signal)
      return []
    },
  })
}

/** All rows of each table, by ranges of pages: what one range decides the next ones need not be asked. */
function partsOfLooks(looks: readonly TableLook[], { server, lanes }: Questioning) {
  const leaves = looks.flatMap((look) => look.source.leaves.map((leaf) => ({ look, leaf })))
  return partsOf(leaves, ({ leaf }) => ({ relation: leaf, byPages: true }), server, lanes)
}
