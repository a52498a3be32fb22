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

/** A column full of what is looked for shows it in a few rows; only the others are worth a statement over many. */
const GLANCE_ROWS = 100

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
      await askFirstRows(session, signal, look, tests, { rows: limit, cut })
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
      run: async (session, signal) => {
        await askRows(session, signal, look, { ...look.source, leaves: [leaf], pages }, tests, false)
      },
    }),
  )
}

/** Looks at the first rows, first at a few of them: what these decide need not be asked of the others. */
async function askFirstRows(
  session: Session,
  signal: AbortSignal,
  look: TableLook,
  tests: ValueTests,
  { rows, cut }: { readonly rows: number; readonly cut: boolean },
): Promise<void> {
  for (const limit of rows > GLANCE_ROWS ? [GLANCE_ROWS, rows] : [rows]) {
    const { ended, sparse } = await askRows(session, signal, look, { ...look.source, limit }, tests, cut)
    if (ended) return
    // A column with NULLs has shown fewer values than are to be looked at.
    if (limit === rows && cut) await askValues(session, signal, look, sparse, tests, rows)
  }
}

async function askValues(
  session: Session,
  signal: AbortSignal,
  look: TableLook,
  columns: readonly Column[],
  tests: ValueTests,
  limit: number,
): Promise<void> {
  for (const column of columns) {
    const only = new Set([column])
    await askRows(session, signal, look, { ...look.source, limit, notNull: column }, tests, true, only)
  }
}

/** Asks all tests of the open columns over some rows; tells whether there were no more, and which columns had NULLs. */
async function askRows(
  session: Session,
  signal: AbortSignal,
  look: TableLook,
  source: RowsSource,
  tests: ValueTests,
  cut: boolean,
  only?: ReadonlySet<Column>,
): Promise<{ readonly ended: boolean; readonly sparse: readonly Column[] }> {
  const answers: ColumnAnswer[] = []
  const asked = look.open.filter((column) => !only || only.has(column))
  for (const piece of pieces(asked, tests.inSql)) {
    const columns = piece.columns.filter((column) => look.isOpen(column))
    if (columns.length > 0)
      answers.push(...(await askPiece(session, signal, look, source, { ...piece, columns }, cut)))
    for (const { column, passed } of answers)
      if (passed) look.settle(column, { kind: 'sensitive', reason: passed.reason })
  }
  const most = source.limit ?? Number.POSITIVE_INFINITY
  const sparse = answers.filter(({ column, values }) => look.isOpen(column) && values < most)
  return {
    ended: answers.length > 0 && answers.every(({ rows }) => rows < most),
    sparse: [...new Set(sparse.map(({ column }) => column))],
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
