import type { Column } from '../../catalog/model.ts'
import { fromCatalog, identifier, join, type Sql, sql } from '../../lib/sql.ts'
import type { TablePlan } from '../plan/plan.ts'
import { type SelectOptions, selectStatement } from '../select.ts'

/**
 * The rows of a table as they will be once restored, generated columns included, under the table's own name: to stand
 * behind FROM. Every value has its column's type, or an operator of somebody else could be the better match for it.
 */
export function restoredRows(table: TablePlan, options: SelectOptions = {}): Sql {
  const alias = identifier(table.relation.name)
  const rows = selectStatement(table, { ...options, typed: true })
  const generated = table.relation.columns.filter((column) => column.generated !== null).map(generatedItem)
  if (generated.length === 0) return sql`(\n${rows}\n) AS ${alias}`
  return sql`(\nSELECT *, ${join(generated)}\nFROM (\n${rows}\n) AS ${alias}\n) AS ${alias}`
}

/** Whether what the restored rows say of the column can be relied on. */
export function isEvaluated(column: Column): boolean {
  return !column.generatedByForeignCode
}

function generatedItem(column: Column): Sql {
  const name = fromCatalog(column.sqlName)
  const value = isEvaluated(column)
    ? sql`(${fromCatalog(column.generated ?? 'NULL')})`
    : sql`NULL::${fromCatalog(column.type)}`
  return sql`${value} AS ${name}`
}
