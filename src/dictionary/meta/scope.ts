import type { Node } from '../literal/node.ts'
import { nameMask } from '../name-pattern.ts'
import type { Shape } from '../shape.ts'
import {
  matchesTable,
  readTablePattern,
  TABLE_PATTERN_KEYS,
  type TableName,
  type TablePattern,
} from '../table-pattern.ts'

/** A part of a database, as skip and include rules name it: a schema, tables of it, or columns of those. */
export interface ColumnScope {
  readonly tables: TablePattern
  /** Names of columns; undefined stands for all. */
  readonly fields: ReadonlySet<string> | undefined
}

/** Reads an entry of `skip_rules` or `include_rules`; without a table it names the whole schema. */
export function readColumnScope(shape: Shape, entry: Node, section: string): ColumnScope {
  const { fields, ...nodes } = shape.keyed(entry, `An entry of "${section}"`, [
    ...TABLE_PATTERN_KEYS,
    'fields',
  ])
  const names = fields
    ? shape.list(fields, '"fields"').map((field) => shape.filledText(field, 'A name in "fields"'))
    : []
  return {
    tables: readTablePattern(shape, entry, nodes, { withoutTable: nameMask('*') }),
    fields: fields ? new Set(names) : undefined,
  }
}

/** Whether the column of a table, or of a partitioned table above it, is in the scope. */
export function isInScope(
  { tables, fields }: ColumnScope,
  lineage: readonly TableName[],
  column: string,
): boolean {
  return (!fields || fields.has(column)) && lineage.some((table) => matchesTable(tables, table))
}
