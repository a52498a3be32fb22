import type { Relation } from '../catalog/model.ts'
import { fromCatalog, join, nothing, type Sql, sql } from '../lib/sql.ts'
import type { ColumnPlan, RowPolicy, TablePlan } from './plan/plan.ts'
import { isUntouched } from './plan/plan.ts'

/**
 * The COPY that gives a table's rows as they go into the archive. A table that nothing changes is copied by name,
 * which is what pg_dump does; COPY of a name never looks at children, nor does the ONLY of the others.
 */
export function copyStatement(table: TablePlan): Sql {
  if (!isUntouched(table)) return sql`COPY (\n${selectStatement(table)}\n) TO STDOUT`
  const columns = table.columns.map(({ column }) => fromCatalog(column.sqlName))
  const list = columns.length > 0 ? sql` (${join(columns)})` : nothing
  return sql`COPY ${relationSql(table.relation)}${list} TO STDOUT`
}

/** The SELECT that gives a table's rows as they will be restored, columns that can be copied only. */
export function selectStatement(table: TablePlan): Sql {
  const list = table.columns.map((column) => selectItem(column, table.rows))
  const items = list.length > 0 ? sql`\n  ${join(list, sql`,\n  `)}` : nothing
  return sql`SELECT${items}\n${fromClause(table)}${whereClause(table.rows)}`
}

/** Path-dependent columns print right only where no schema is in the path, as pg_dump sets it. */
export function needsEmptySearchPath(table: TablePlan): boolean {
  return table.columns.some(({ column }) => column.pathDependent)
}

function selectItem(plan: ColumnPlan, rows: RowPolicy): Sql {
  const name = fromCatalog(plan.column.sqlName)
  const type = fromCatalog(plan.column.type)
  if (rows.kind === 'replaced') return sql`(${RAW}.${name})::${type} AS ${name}`
  if (plan.kind === 'copied') return name
  const { expression } = plan
  return expression.asIs ? sql`${expression.sql} AS ${name}` : sql`${expression.sql}::${type} AS ${name}`
}

const RAW = sql`raw_sql`

function fromClause({ relation, rows }: TablePlan): Sql {
  if (rows.kind === 'replaced') return sql`FROM (\n${rows.query.sql}\n) AS ${RAW}`
  // Without ONLY, the rows of tables that inherit from this one would come along, and once more with their own.
  return sql`FROM ONLY ${relationSql(relation)}`
}

function whereClause(rows: RowPolicy): Sql {
  if (rows.kind === 'left-out') return sql`\nWHERE false`
  if (rows.kind !== 'filtered') return nothing
  const { condition } = rows
  return 'whereClause' in condition
    ? sql`\n${fromCatalog(condition.whereClause)}`
    : sql`\nWHERE ${condition.sql}`
}

export function relationSql(relation: Relation): Sql {
  return fromCatalog(relation.sqlName)
}
