import { type Column, relationName } from '../../catalog/model.ts'
import { type FunctionQuestion, hitsSql } from '../../compile/scan/function-call.ts'
import {
  type ColumnAnswer,
  pieces,
  type RowsPiece,
  readRowsAnswer,
  rowsQuestionSql,
} from '../../compile/scan/rows-question.ts'
import type { RowsSource } from '../../compile/scan/rows-source.ts'
import type { ValueTests } from '../../compile/scan/value-tests.ts'
import type { Session } from '../../postgres/session.ts'
import type { Context } from '../context.ts'
import { partsOf } from '../parts.ts'
import { askAll, attempt, type Questioning } from '../snapshot-sessions.ts'
import { searchValues } from './search-values.ts'
import { type Extent, reasonOf, type TableLook } from './table-look.ts'

/** Most columns that hold what is looked for have it among their first rows. */
const FIRST_ROWS = 10_000

/** One statement's worth of work, or a few, on one table. */
interface Work {
  readonly look: TableLook
  readonly run: (session: Session, signal: AbortSignal) => Promise<void>
}

/**
 * Decides about open columns by their rows: PostgreSQL tests and counts, and tells numbers. Only for regular expressions
 * that it does not have do values come here, for the columns that nothing else has decided.
 */
export async function lookAtRows(
  context: Context,
  questioning: Questioning,
  looks: readonly TableLook[],
  functions: ReadonlyMap<TableLook, readonly FunctionQuestion[]>,
  tests: ValueTests,
  extent: Extent,
): Promise<void> {
  const cut = extent.mode === 'partial'
  const limit = extent.mode === 'partial' ? extent.rows : FIRST_ROWS
  const ask = (look: TableLook, run: Work['run']): Work => ({ look, run })
  const first = looks.map((look) =>
    ask(look, async (session, signal) => {
      for (const question of functions.get(look) ?? [])
        await askFunction(session, signal, look, question, extent)
      await askRows(session, signal, look, { ...look.source, limit }, tests, cut)
    }),
  )
  const rest = extent.mode === 'full' ? restOfRows(questioning, looks, tests) : []
  const here = looks.map((look) =>
    ask(look, (session, signal) => searchValues(session, signal, look, tests.onOurSide, extent)),
  )
  for (const stage of [first, rest, tests.onOurSide.length > 0 ? here : []]) {
    await askAll(context, questioning, 'rows', stage, {
      nameOf: ({ look }) => relationName(look.table.relation),
      ask: async (session, work, signal) => {
        if (work.look.open.length > 0) await work.run(session, signal)
        return []
      },
    })
  }
}

/** All rows of each table, by ranges of pages: what one range decides the next ones need not be asked. */
function restOfRows(questioning: Questioning, looks: readonly TableLook[], tests: ValueTests): Work[] {
  const leaves = looks.flatMap((look) => look.source.leaves.map((leaf) => ({ look, leaf })))
  const divisible = ({ leaf }: (typeof leaves)[number]) => ({ relation: leaf, byPages: true })
  return partsOf(leaves, divisible, questioning.server, questioning.lanes).map(
    ({ table: { look, leaf }, pages }) => ({
      look,
      run: (session, signal) =>
        askRows(session, signal, look, { ...look.source, leaves: [leaf], pages }, tests, false),
    }),
  )
}

/** Asks all tests of the open columns over some rows; where those were too few, over more for a column with NULLs. */
async function askRows(
  session: Session,
  signal: AbortSignal,
  look: TableLook,
  source: RowsSource,
  tests: ValueTests,
  cut: boolean,
): Promise<void> {
  const sparse = new Set<Column>()
  for (const piece of pieces(look.open, tests.inSql)) {
    const columns = piece.columns.filter((column) => look.isOpen(column))
    if (columns.length === 0) continue
    for (const answer of await askPiece(session, signal, look, source, { ...piece, columns }, cut)) {
      if (answer.passed) look.settle(answer.column, { kind: 'sensitive', reason: answer.passed.reason })
      else if (source.limit !== undefined && answer.rows >= source.limit && answer.values < source.limit)
        sparse.add(answer.column)
    }
  }
  if (source.notNull || !cut) return
  for (const column of sparse) {
    if (!look.isOpen(column)) continue
    const only = { ...source, notNull: column }
    for (const piece of pieces([column], tests.inSql)) {
      if (!look.isOpen(column)) break
      for (const answer of await askPiece(session, signal, look, only, piece, cut))
        if (answer.passed) look.settle(column, { kind: 'sensitive', reason: answer.passed.reason })
    }
  }
}

/** The answers of one statement; where it fails, each column by itself shows which one it is. */
async function askPiece(
  session: Session,
  signal: AbortSignal,
  look: TableLook,
  source: RowsSource,
  piece: RowsPiece,
  cut: boolean,
): Promise<ColumnAnswer[]> {
  const answer = await attempt<Record<string, number | null>>(
    session,
    signal,
    rowsQuestionSql({ ...piece, source, cut }),
  )
  if (Array.isArray(answer)) return readRowsAnswer(piece, answer[0] ?? {})
  if (piece.columns.length === 1) {
    for (const column of piece.columns) look.settle(column, { kind: 'not-scanned', reason: reasonOf(answer) })
    return []
  }
  const answers: ColumnAnswer[] = []
  for (const column of piece.columns)
    answers.push(...(await askPiece(session, signal, look, source, { ...piece, columns: [column] }, cut)))
  return answers
}

async function askFunction(
  session: Session,
  signal: AbortSignal,
  look: TableLook,
  question: FunctionQuestion,
  extent: Extent,
): Promise<void> {
  if (!look.isOpen(question.column)) return
  const limit = extent.mode === 'partial' ? extent.rows : undefined
  const statement = hitsSql(question, { ...look.source, limit }, extent.mode === 'partial')
  const answer = await attempt<{ hits: number }>(session, signal, statement)
  if (!Array.isArray(answer)) look.settle(question.column, { kind: 'not-scanned', reason: reasonOf(answer) })
  else if ((answer[0]?.hits ?? 0) >= question.asked.hits)
    look.settle(question.column, { kind: 'sensitive-by-function', asked: question.asked })
}
