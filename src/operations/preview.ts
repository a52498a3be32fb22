import { LIBRARY_SCHEMA } from '../catalog/model.ts'
import { maskedColumns, type TablePlan } from '../compile/plan/plan.ts'
import { byName } from '../compile/script.ts'
import { sql } from '../lib/sql.ts'
import type { Target } from '../postgres/connection/target.ts'
import { Session } from '../postgres/session.ts'
import type { Context } from './context.ts'
import { type PlanningRequest, withPlan } from './planning.ts'

/** Connects to a database and asks it something. Throws `connection-failed`, `connection-lost`. */
export async function checkConnection(context: Context, target: Target): Promise<void> {
  const session = await Session.open(target)
  try {
    await session.rowsUntil(context.signal, sql`SELECT 1`)
  } finally {
    await session.close()
  }
}

/** The schemas of a database that are not the system's, by name. */
export async function previewSchemas(
  context: Context,
  request: { readonly source: Target; readonly filter: string | undefined },
): Promise<string[]> {
  const session = await Session.open(request.source)
  try {
    const rows = await session.rowsUntil<{ name: string }>(
      context.signal,
      sql`SELECT n.nspname AS name FROM pg_catalog.pg_namespace AS n
WHERE n.nspname OPERATOR(pg_catalog.!~) '^pg_' AND n.nspname OPERATOR(pg_catalog.<>) 'information_schema'
ORDER BY 1`,
    )
    return rows
      .map(({ name }) => name)
      .filter((name) => name !== LIBRARY_SCHEMA && contains(name, request.filter))
  } finally {
    await session.close()
  }
}

export interface PreviewTablesRequest extends PlanningRequest {
  readonly schema: string
  /** Part of a table's name, in any case. */
  readonly filter: string | undefined
  readonly onlySensitive: boolean
  readonly limit: number
  readonly offset: number
}

/** A table with what happens to its fields. */
export interface TablePreview {
  readonly table: string
  /** A rule masks a field of it, or gives its rows. */
  readonly sensitive: boolean
  /** A dump takes no rows of it. */
  readonly excluded: boolean
  readonly fields: readonly { readonly field: string; readonly type: string; readonly rule: string | null }[]
}

/** The tables of a schema by name, some at a time. Reads the catalog and no row. */
export async function previewTables(
  context: Context,
  request: PreviewTablesRequest,
): Promise<readonly TablePreview[]> {
  return withPlan(context, request, { locks: 'none' }, async (_, { plan }) => {
    const { schema, filter, onlySensitive, limit, offset } = request
    return byName(plan.tables)
      .filter(({ relation }) => relation.schema === schema && contains(relation.name, filter))
      .map(previewOf)
      .filter(({ sensitive }) => sensitive || !onlySensitive)
      .slice(offset, offset + limit)
  })
}

function previewOf(table: TablePlan): TablePreview {
  const { relation, rows } = table
  const rules = new Map(maskedColumns(table).map((mask) => [mask.column.number, mask.expression.source.text]))
  const query = rows.kind === 'replaced' ? rows.query.source.text : null
  return {
    table: relation.name,
    sensitive: rules.size > 0 || query !== null,
    excluded: rows.kind === 'left-out',
    fields: relation.columns.map(({ name, type, number }) => ({
      field: name,
      type,
      rule: query ?? rules.get(number) ?? null,
    })),
  }
}

function contains(name: string, part: string | undefined): boolean {
  return part === undefined || name.toLowerCase().includes(part.toLowerCase())
}
