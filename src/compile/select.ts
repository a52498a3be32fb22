import type { Relation } from '../catalog/model.ts'
import { fromCatalog, identifier, join, literal, nothing, type Sql, sql } from '../lib/sql.ts'
import type { ColumnPlan, RowPolicy, SharedCalls, TablePlan } from './plan/plan.ts'
import { isUntouched } from './plan/plan.ts'

/**
 * The COPY that gives a table's rows as they go into the archive. A table that nothing changes is copied by name,
 * which is what pg_dump does; COPY of a name never looks at children, nor does the ONLY of the others.
 */
export function copyStatement(table: TablePlan, pages?: PageRange): Sql {
  if (pages || !isUntouched(table)) return sql`COPY (\n${copiedRows(table, pages)}\n) TO STDOUT`
  const columns = table.columns.map(({ column }) => fromCatalog(column.sqlName))
  const list = columns.length > 0 ? sql` (${join(columns)})` : nothing
  return sql`COPY ${relationSql(table.relation)}${list} TO STDOUT`
}

function copiedRows(table: TablePlan, pages: PageRange | undefined): Sql {
  return table.shared ? selectSharing(table, table.shared, pages) : selectStatement(table, { pages })
}

/**
 * The same rows, with what rules share computed below them. OFFSET 0 keeps PostgreSQL from putting the one select into the
 * other, which would compute it as often as before.
 */
function selectSharing(table: TablePlan, { calls, columns, read }: SharedCalls, pages?: PageRange): Sql {
  const items = columns.map((plan) => selectItem(plan, table.rows, {}))
  const raw = read.map(({ sqlName }) => fromCatalog(sqlName))
  const computed = calls.map((call) => sql`${call.sql} AS ${identifier(call.name)}`)
  const below = sql`SELECT\n  ${join([...raw, ...computed], sql`,\n  `)}\n${rowsOf(table, { pages })}\nOFFSET 0`
  return sql`SELECT\n  ${join(items, sql`,\n  `)}\nFROM (\n${below}\n) AS with_shared`
}

/** Pages of a table: from the first to before the second, or to the end. */
export interface PageRange {
  readonly from: number
  readonly to: number | undefined
}

export interface SelectOptions {
  /** Give only the rows on these pages. */
  readonly pages?: PageRange | undefined
  /** Give no more than this many rows, from all over the table. */
  readonly sample?: number | undefined
  /** Cast the values of `SQL:` rules too, as their text is read into the column on restore. */
  readonly typed?: boolean | undefined
}

/** The SELECT that gives a table's rows as they will be restored, columns that can be copied only. */
export function selectStatement(table: TablePlan, options: SelectOptions = {}): Sql {
  const list = table.columns.map((column) => selectItem(column, table.rows, options))
  const items = list.length > 0 ? sql`\n  ${join(list, sql`,\n  `)}` : nothing
  return sql`SELECT${items}\n${rowsOf(table, options)}`
}

/** Where a table's rows come from, as a statement that computes something else of them has it behind its list. */
export function rowsOf(table: Pick<TablePlan, 'relation' | 'rows'>, options: SelectOptions = {}): Sql {
  const limit = options.sample === undefined ? nothing : sampleLimit(table.rows, options.sample)
  return sql`${fromClause(table, options.sample)}${whereClause(table.rows, options.pages)}${limit}`
}

/** Path-dependent columns print right only where no schema is in the path, as pg_dump sets it. */
export function needsEmptySearchPath(table: TablePlan): boolean {
  return table.columns.some(({ column }) => column.pathDependent)
}

function selectItem(plan: ColumnPlan, rows: RowPolicy, options: SelectOptions): Sql {
  const name = fromCatalog(plan.column.sqlName)
  if (plan.kind === 'copied' && rows.kind !== 'replaced') return name
  return sql`${columnValue(plan, rows, options)} AS ${name}`
}

/** What a column's value in the archive is, over the rows of `rowsOf`. */
export function columnValue(plan: ColumnPlan, rows: RowPolicy, options: SelectOptions = {}): Sql {
  const name = fromCatalog(plan.column.sqlName)
  const type = fromCatalog(plan.column.type)
  if (plan.kind === 'copied') return rows.kind === 'replaced' ? sql`(${RAW}.${name})::${type}` : name
  const { expression } = plan
  return expression.asIs && !options.typed ? expression.sql : sql`${expression.sql}::${type}`
}

const RAW = sql`raw_sql`

function fromClause(
  { relation, rows }: Pick<TablePlan, 'relation' | 'rows'>,
  sample: number | undefined,
): Sql {
  if (rows.kind === 'replaced') return sql`FROM (\n${rows.query.sql}\n) AS ${RAW}`
  // Without ONLY, the rows of tables that inherit from this one would come along, and once more with their own.
  return sql`FROM ONLY ${relationSql(relation)}${sample === undefined ? nothing : tableSample(relation, sample)}`
}

const PAGE_BYTES = 8192
/** Where the table was never analyzed: about what rows of 150 bytes make. */
const ROWS_A_PAGE = 50

/**
 * Pages from all over a table: enough for three times the rows, and ten at least. The same ones each time, so that
 * findings do not come and go.
 */
function tableSample(relation: Relation, rows: number): Sql {
  const pages = relation.bytes / PAGE_BYTES
  const estimated = relation.estimatedRows > 0 ? relation.estimatedRows : pages * ROWS_A_PAGE
  const share = Math.max((3 * rows) / estimated, 10 / pages)
  return share < 1 ? sql` TABLESAMPLE SYSTEM (${literal(100 * share)}) REPEATABLE (0)` : nothing
}

/** Of those pages the rows in no order of theirs: the first ones would come from the first pages alone. */
function sampleLimit(rows: RowPolicy, sample: number): Sql {
  const limit = sql`\nLIMIT ${literal(sample)}`
  if (rows.kind === 'replaced') return limit
  return sql`\nORDER BY pg_catalog.hashtextextended(ctid::pg_catalog.text, 0)${limit}`
}

function whereClause(rows: RowPolicy, pages: PageRange | undefined): Sql {
  if (rows.kind === 'left-out') return sql`\nWHERE false`
  if (rows.kind === 'filtered' && 'whereClause' in rows.condition) {
    return sql`\n${fromCatalog(rows.condition.whereClause)}`
  }
  const conditions = [
    ...(pages ? onPages(pages) : []),
    ...(rows.kind === 'filtered' && 'sql' in rows.condition ? [rows.condition.sql] : []),
  ]
  return conditions.length > 0 ? sql`\nWHERE ${join(conditions, sql` AND `)}` : nothing
}

/** PostgreSQL 14 and later read just these pages (a TID range scan), earlier ones all of them. */
export function onPages({ from, to }: PageRange): Sql[] {
  const bound = (page: number) => sql`${literal(`(${page},0)`)}::pg_catalog.tid`
  return [
    sql`ctid OPERATOR(pg_catalog.>=) ${bound(from)}`,
    ...(to === undefined ? [] : [sql`ctid OPERATOR(pg_catalog.<) ${bound(to)}`]),
  ]
}

export function relationSql(relation: Relation): Sql {
  return fromCatalog(relation.sqlName)
}
