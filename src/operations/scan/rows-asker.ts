import type { Column } from '../../catalog/model.ts'
import { type FunctionQuestion, hitsSql } from '../../compile/scan/function-call.ts'
import {
  type ColumnAnswer,
  pieces,
  type RowsPiece,
  readRowsAnswer,
  rowsQuestionSql,
} from '../../compile/scan/rows-question.ts'
import type { RowsSource } from '../../compile/scan/rows-source.ts'
import type { ValueTest } from '../../compile/scan/value-tests.ts'
import type { Session } from '../../postgres/session.ts'
import { attempt } from '../snapshot-sessions.ts'
import { type Extent, reasonOf, type TableLook } from './table-look.ts'

/** A column full of what is looked for shows it in a few rows; only the others are worth a statement over many. */
const GLANCE_ROWS = 100

/** A full scan, too, begins with so many rows, where most of what there is shows, and goes on by ranges of pages. */
const FIRST_ROWS = 10_000

/** Asks about the rows of one table over one session, and settles its columns by the answers. */
export class RowsAsker {
  readonly #session: Session
  readonly #signal: AbortSignal
  readonly #look: TableLook
  readonly #tests: readonly ValueTest[]
  readonly #extent: Extent

  constructor(
    session: Session,
    signal: AbortSignal,
    look: TableLook,
    tests: readonly ValueTest[],
    extent: Extent,
  ) {
    this.#session = session
    this.#signal = signal
    this.#look = look
    this.#tests = tests
    this.#extent = extent
  }

  /** Has the user's functions look at their columns. */
  async functions(questions: readonly FunctionQuestion[]): Promise<void> {
    for (const question of questions) {
      const { column, asked } = question
      if (!this.#look.isOpen(column)) continue
      const limit = this.#extent.mode === 'partial' ? this.#extent.rows : undefined
      const statement = hitsSql(question, { ...this.#look.source, limit }, this.#cut)
      const answer = await attempt<{ hits: number }>(this.#session, this.#signal, statement)
      if (!Array.isArray(answer)) this.#look.settle(column, { kind: 'not-scanned', why: reasonOf(answer) })
      else if ((answer[0]?.hits ?? 0) >= asked.hits)
        this.#look.settle(column, { kind: 'sensitive-by-function', asked })
    }
  }

  /** Looks at the first rows, first at a few of them: what these decide need not be asked of the others. */
  async firstRows(): Promise<void> {
    const rows = this.#extent.mode === 'partial' ? this.#extent.rows : FIRST_ROWS
    for (const limit of rows > GLANCE_ROWS ? [GLANCE_ROWS, rows] : [rows]) {
      const answers = await this.rows({ ...this.#look.source, limit })
      if (answers.length > 0 && answers.every((answer) => answer.rows < limit)) {
        this.#look.seenWhole = true
        return
      }
      if (limit === rows && this.#cut) await this.#rowsOfSparse(answers, limit)
    }
  }

  /** Columns with NULLs have shown fewer values than are to be looked at. */
  async #rowsOfSparse(answers: readonly ColumnAnswer[], limit: number): Promise<void> {
    const sparse = new Set(answers.filter(({ values }) => values < limit).map(({ column }) => column))
    for (const column of sparse)
      await this.rows({ ...this.#look.source, limit, notNull: column }, (open) => open === column)
  }

  /** Asks all tests of the columns that are open, over some rows. */
  async rows(
    source: RowsSource,
    asked: (column: Column) => boolean = () => true,
  ): Promise<readonly ColumnAnswer[]> {
    const answers: ColumnAnswer[] = []
    for (const piece of pieces(this.#look.open.filter(asked), this.#tests)) {
      const columns = piece.columns.filter((column) => this.#look.isOpen(column))
      const told = columns.length > 0 ? await this.#piece(source, { ...piece, columns }) : []
      for (const { column, passed } of told)
        if (passed) this.#look.settle(column, { kind: 'sensitive', reason: passed.reason })
      answers.push(...told)
    }
    return answers
  }

  /** The answers of one statement; where it fails, each column by itself shows which one it is. */
  async #piece(source: RowsSource, piece: RowsPiece): Promise<ColumnAnswer[]> {
    const statement = rowsQuestionSql({ ...piece, source, cut: this.#cut })
    const answer = await attempt<Record<string, number | null>>(this.#session, this.#signal, statement)
    if (Array.isArray(answer)) return readRowsAnswer(piece, answer[0] ?? {})
    const answers: ColumnAnswer[] = []
    for (const column of piece.columns) {
      if (piece.columns.length === 1)
        this.#look.settle(column, { kind: 'not-scanned', why: reasonOf(answer) })
      else answers.push(...(await this.#piece(source, { ...piece, columns: [column] })))
    }
    return answers
  }

  /** A partial scan looks at the beginnings of long values. */
  get #cut(): boolean {
    return this.#extent.mode === 'partial'
  }
}
