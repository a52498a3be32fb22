import { type Column, type Relation, relationName } from './model.ts'

/** A column of a table; of a partition, that of the partitioned table. */
export interface TableColumn {
  readonly relation: Relation
  readonly column: Column
}

/** Tells columns apart within a database. */
export function keyOf({ relation, column }: TableColumn): string {
  return `${relation.oid}.${column.number}`
}

/** `schema.table.column`, for people. */
export function columnName({ relation, column }: TableColumn): string {
  return `${relationName(relation)}.${column.name}`
}
