import type { Column } from '../../catalog/model.ts'
import type { DecidedTable } from '../../compile/scan/decide-by-name.ts'
import type { FunctionQuestion } from '../../compile/scan/function-call.ts'
import type { RowsVerdict } from '../../compile/scan/outcome.ts'
import type { RowsSource } from '../../compile/scan/rows-source.ts'
import type { ServerError } from '../../postgres/session.ts'

/** How many rows to look at: the first values of each column, or all. */
export type Extent = { readonly mode: 'partial'; readonly rows: number } | { readonly mode: 'full' }

/** The SQLSTATE of a statement that took longer than it may. */
const QUERY_CANCELED = '57014'

/** A table while several connections look at its rows: which columns are open, and what was found of the others. */
export class TableLook {
  readonly table: DecidedTable
  readonly source: RowsSource
  readonly functions: readonly FunctionQuestion[]
  readonly verdicts = new Map<Column, RowsVerdict>()
  /** The first rows were all that there are. */
  seenWhole = false
  readonly #columns: readonly Column[]

  constructor(
    table: DecidedTable,
    columns: readonly Column[],
    source: RowsSource,
    functions: readonly FunctionQuestion[],
  ) {
    this.table = table
    this.source = source
    this.functions = functions
    this.#columns = columns
  }

  /** The columns that are still to be decided. */
  get open(): readonly Column[] {
    return this.#columns.filter((column) => !this.verdicts.has(column))
  }

  isOpen(column: Column): boolean {
    return !this.verdicts.has(column)
  }

  settle(column: Column, verdict: RowsVerdict): void {
    if (!this.verdicts.has(column)) this.verdicts.set(column, verdict)
  }
}

/** Says why in words that hold no value. */
export function reasonOf(error: ServerError): string {
  return error.sqlState === QUERY_CANCELED ? 'too slow' : error.condition
}
