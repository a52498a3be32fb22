import { LIBRARY_SCHEMA, relationKey, relationName } from '../catalog/model.ts'
import { describePlace } from '../lib/fault.ts'
import { comment, join, nothing, type Sql, sql } from '../lib/sql.ts'
import { maskedColumns, type Plan, type RuleOrigin, rowsRule, type TablePlan } from './plan/plan.ts'
import { copyStatement, needsEmptySearchPath } from './select.ts'

/** What a script needs to know of the sessions that a dump works in. */
export interface ScriptSettings {
  /** The statements with which a dump's session begins, its transaction among them. */
  readonly begin: Sql
  readonly databasePath: Sql
  readonly emptyPath: Sql
}

/**
 * The SQL that a dump runs, for people to read and compare: the same plan gives the same text. Tables come by name,
 * each with where its rules stand; psql runs it as it is.
 */
export function copyScript(plan: Plan, settings: ScriptSettings): Sql {
  const own = byName(plan.tables).filter(({ relation }) => relation.schema !== LIBRARY_SCHEMA)
  const tables = own.filter(({ rows }) => rows.kind !== 'left-out')
  const withoutRows = own.filter(({ rows }) => rows.kind === 'left-out')
  let emptyPath: boolean | undefined
  const blocks = tables.map((table) => {
    const needsEmpty = needsEmptySearchPath(table)
    const path = needsEmpty ? settings.emptyPath : settings.databasePath
    const change = needsEmpty === emptyPath ? nothing : sql`${path};\n`
    emptyPath = needsEmpty
    return sql`\n${describeTable(table)}${change}${copyStatement(table)};\n`
  })
  return join(
    [
      sql`${settings.begin};\n`,
      ...blocks,
      sql`\n`,
      ...withoutRows.map(({ relation }) => comment(`${relationName(relation)}: its structure without rows`)),
      ...byName(plan.leftOut).map(({ relation }) => comment(`${relationName(relation)}: left out`)),
      sql`ROLLBACK;\n`,
    ],
    nothing,
  )
}

/** Comments that say what happens to a table, and where that was decided. */
export function describeTable(table: TablePlan): Sql {
  const { relation, rows } = table
  const masks = maskedColumns(table)
  const chosen = rowsRule(rows)
  const rule = chosen
    ? `rows by ${rows.kind === 'replaced' ? 'raw_sql' : 'sql_condition'}, ${describePlace(chosen.source.place)}`
    : 'all rows'
  return join(
    [
      comment(
        `${relationName(relation)}: ${rule}; ${masks.length} of ${table.columns.length} columns masked`,
      ),
      ...masks.map(({ column, expression, origin }) =>
        comment(`  ${column.name}: ${describeOrigin(origin, describePlace(expression.source.place))}`),
      ),
    ],
    nothing,
  )
}

function describeOrigin(origin: RuleOrigin, place: string): string {
  switch (origin.kind) {
    case 'dictionary':
      return place
    case 'foreign-key':
      return `${place}, carried from ${origin.references} along ${origin.name}`
    case 'unknown-column':
      return 'no dictionary knows it: --unknown-columns null'
  }
}

export function byName<
  Item extends { readonly relation: { readonly schema: string; readonly name: string } },
>(items: readonly Item[]): Item[] {
  return items.toSorted((left, right) => (relationKey(left.relation) < relationKey(right.relation) ? -1 : 1))
}
