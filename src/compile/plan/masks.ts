import type { Column, Oid, Relation } from '../../catalog/model.ts'
import type { ColumnRule } from './plan.ts'

/** What masks which column, of every table and partitioned table. */
export class Masks {
  readonly #byTable = new Map<Oid, Map<number, ColumnRule>>()

  get(table: Relation, column: Column): ColumnRule | undefined {
    return this.#byTable.get(table.oid)?.get(column.number)
  }

  set(table: Relation, column: Column, rule: ColumnRule): void {
    const columns = this.#byTable.get(table.oid) ?? new Map()
    this.#byTable.set(table.oid, columns.set(column.number, rule))
  }

  /** The tables that have a mask, with the numbers of their masked columns. */
  entries(): { table: Oid; column: number }[] {
    return [...this.#byTable].flatMap(([table, columns]) =>
      [...columns.keys()].map((column) => ({ table, column })),
    )
  }
}
