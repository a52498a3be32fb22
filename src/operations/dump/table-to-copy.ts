import type { TablePlan } from '../../compile/plan/plan.ts'

/** A table whose rows go into the archive, under the dump id of its data. */
export interface TableToCopy {
  readonly table: TablePlan
  /** Of the entry that makes the table. */
  readonly tableId: number
  readonly dumpId: number
}
