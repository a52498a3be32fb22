import { type Relation, relationName } from '../catalog/model.ts'
import { castOf, foreignCodeFinding } from '../compile/foreign-code.ts'
import { maskedColumns, type Plan, type TablePlan } from '../compile/plan/plan.ts'
import { columnValue, needsEmptySearchPath, rowsOf, selectStatement } from '../compile/select.ts'
import { Fault, type Finding, refuseErrors } from '../lib/fault.ts'
import { fromCatalog, join, literal, type Sql, sql } from '../lib/sql.ts'
import { ServerError, type Session } from '../postgres/session.ts'
import { EMPTY_SEARCH_PATH } from '../postgres/settings.ts'
import type { Context } from './context.ts'
import { type PlanningRequest, withPlan } from './planning.ts'
import { verifyRules } from './verify/rules.ts'

export interface ViewDataRequest extends PlanningRequest {
  readonly schema: string
  readonly table: string
  /** Rows to show, and rows to pass over before them. */
  readonly limit: number
  readonly offset: number
}

/** A value as PostgreSQL prints it. */
type Cell = string | null

/** Rows of a table as they are and as a dump would give them, side by side: real data. */
export interface RowsView {
  readonly schema: string
  readonly table: string
  readonly fields: readonly string[]
  /** Names of the fields that a rule masks. */
  readonly masked: readonly string[]
  /** Rows that a dump would take. */
  readonly totalRows: string
  /** Undefined where a raw_sql gives the rows: nobody can tell which of the table's own they were. */
  readonly before: readonly (readonly Cell[])[] | undefined
  readonly after: readonly (readonly Cell[])[]
  readonly warnings: readonly Finding[]
}

/** Shows what the rules make of some rows. Values are texts as PostgreSQL prints them. */
export async function viewData(context: Context, request: ViewDataRequest): Promise<RowsView> {
  return withPlan(context, request, { locks: 'none' }, async (guarded, { snapshot, catalog, plan }) => {
    const relation = [...catalog.relations.values()].find(
      ({ schema, name }) => schema === request.schema && name === request.table,
    )
    const table = tableToShow(plan, relation, request)
    const only: Plan = { ...plan, tables: [table] }
    refuseErrors([...plan.findings, ...(await verifyRules(guarded, snapshot, only))])
    const { session } = snapshot
    await session.run(needsEmptySearchPath(table) ? EMPTY_SEARCH_PATH : snapshot.databaseSearchPath)
    const rows = await readRows(guarded, session, table, request)
    return {
      schema: request.schema,
      table: request.table,
      fields: table.columns.map(({ column }) => column.name),
      masked: maskedColumns(table).map(({ column }) => column.name),
      ...rows,
      warnings: plan.findings,
    }
  })
}

function tableToShow(plan: Plan, relation: Relation | undefined, request: ViewDataRequest): TablePlan {
  const place = { relation: relationName({ schema: request.schema, name: request.table }) }
  if (!relation) throw new Fault('table-missing', 'There is no such table.', { place })
  const table = plan.tables.find((candidate) => candidate.relation.oid === relation.oid)
  if (table && table.rows.kind !== 'left-out') return showable(table)
  const partitioned = relation.kind === 'partitioned'
  throw new Fault(
    'table-left-out',
    partitioned ? 'A partitioned table holds no rows itself.' : 'A dump takes no rows of it.',
    {
      place,
      remedy: partitioned ? 'Name one of its partitions.' : undefined,
    },
  )
}

/** To show values as text casts them. */
function showable(table: TablePlan): TablePlan {
  const cast = table.columns.find(({ column }) => column.readRunsForeignCode)
  const { relation } = table
  const what = relation.foreignCode ?? (cast && castOf(cast.column))
  if (what === undefined || what === null) return table
  throw Fault.of([foreignCodeFinding(what, { relation: relationName(relation), field: cast?.column.name })])
}

async function readRows(
  context: Context,
  session: Session,
  table: TablePlan,
  request: ViewDataRequest,
): Promise<Pick<RowsView, 'totalRows' | 'before' | 'after'>> {
  const { limit, offset } = request
  const page = sql`LIMIT ${literal(limit)} OFFSET ${literal(offset)}`
  const query = <Row>(statement: Sql) => ask<Row>(context, session, statement, table)
  const [total] = await query<{ total: string }>(
    sql`SELECT pg_catalog.count(*) AS total FROM (SELECT ${rowsOf(table)}) AS all_rows`,
  )
  const shown = await query<{ before: Cell[] | null; after: Cell[] }>(
    table.rows.kind === 'replaced' ? queriedRows(table, page) : pairedRows(table, page),
  )
  return {
    totalRows: total?.total ?? '0',
    before: table.rows.kind === 'replaced' ? undefined : shown.map(({ before }) => before ?? []),
    after: shown.map(({ after }) => after),
  }
}

/** One query gives both sides of a row: two would choose other rows where the condition is random. */
function pairedRows(table: TablePlan, page: Sql): Sql {
  const before = table.columns.map(({ column }) => sql`${fromCatalog(column.sqlName)}::pg_catalog.text`)
  const after = table.columns.map((plan) => sql`(${columnValue(plan, table.rows)})::pg_catalog.text`)
  return sql`SELECT ${asList(before)} AS before, ${asList(after)} AS after ${rowsOf(table)} ORDER BY ctid ${page}`
}

function queriedRows(table: TablePlan, page: Sql): Sql {
  const values = table.columns.map(({ column }) => sql`shown.${fromCatalog(column.sqlName)}::pg_catalog.text`)
  return sql`SELECT NULL AS before, ${asList(values)} AS after FROM (${selectStatement(table)} ${page}) AS shown`
}

function asList(values: readonly Sql[]): Sql {
  return sql`pg_catalog.to_json(ARRAY[${join(values)}]::pg_catalog.text[])`
}

async function ask<Row>(
  context: Context,
  session: Session,
  statement: Sql,
  { relation }: TablePlan,
): Promise<Row[]> {
  try {
    return await session.rowsUntil<Row>(context.signal, statement)
  } catch (error) {
    if (!(error instanceof ServerError)) throw error
    throw new Fault('rule-fails', `The rows cannot be shown: ${error.condition}.`, {
      place: { relation: relationName(relation) },
      remedy: 'pgveil validate says which rule fails.',
    })
  }
}
