import { createHash } from 'node:crypto'
import { type Catalog, LIBRARY_SCHEMA, lineage, type Relation, relationName } from '../../catalog/model.ts'
import type { Finding } from '../../lib/fault.ts'
import { fromCatalog, join, qualified, type Sql, sql } from '../../lib/sql.ts'
import { restoredRows } from '../checks/restored-rows.ts'
import { maskedColumns, type Plan, rowsRule, type TablePlan } from '../plan/plan.ts'
import { placeOfMask } from '../review/place.ts'
import { saltUse, withSalt } from '../salted-calls.ts'
import { byName } from '../script.ts'
import { viewNames } from './names.ts'

/** A masked view as it should be. */
export interface ViewDefinition {
  readonly name: string
  /** The table that it stands for; a partitioned one stands for its partitions. */
  readonly relation: Relation
  /** The tables whose rows it reads. */
  readonly tables: readonly TablePlan[]
  readonly query: Sql
  /** Of the query: tells whether an installed view is this one. */
  readonly hash: string
}

/** The table that holds the salt of views, in their schema; nobody but its owner may read it. */
export const SALT_TABLE = 'pgveil_salt'

export interface ViewOptions {
  /** The schema of the views. */
  readonly schema: string
  /** Whether a salt is kept for them. */
  readonly salted: boolean
}

/**
 * One view for each table, and one for each partitioned table, that show what a dump would give. The salt is read from
 * its table by the rights of the views' owner; a rule that would take it from the session is refused without one.
 */
export async function viewDefinitions(
  catalog: Catalog,
  plan: Plan,
  options: ViewOptions,
): Promise<{ views: readonly ViewDefinition[]; findings: readonly Finding[] }> {
  const groups = Map.groupBy(
    byName(plan.tables).filter(({ relation }) => belongsIntoViews(relation, options.schema)),
    ({ relation }) => lineage(catalog, relation).at(-1) ?? relation,
  )
  const { names, findings } = viewNames([...groups.keys()], [SALT_TABLE])
  const salt = sql`(SELECT salt FROM ${qualified(options.schema, SALT_TABLE)})`
  const saltFindings = [...groups.values()].flat().flatMap((table) => reviewSalt(table, options.salted))
  const views: ViewDefinition[] = []
  for (const [relation, tables] of groups) {
    const salted = options.salted
      ? await Promise.all(tables.map((table) => saltedTable(table, salt)))
      : tables
    const query = viewQuery(relation, salted)
    const hash = createHash('sha256').update(query.text).digest('hex').slice(0, 16)
    views.push({ name: names.get(relation) ?? relation.name, relation, tables, query, hash })
  }
  return { views, findings: [...findings, ...saltFindings] }
}

/** The statement that makes a view. Its reader cannot get at rows by a function of theirs: security_barrier. */
export function createView(schema: string, { name, query }: ViewDefinition): Sql {
  return sql`CREATE VIEW ${qualified(schema, name)} WITH (security_barrier) AS\n${query}`
}

function belongsIntoViews(relation: Relation, schema: string): boolean {
  return relation.schema !== LIBRARY_SCHEMA && relation.schema !== schema && !relation.extension
}

function viewQuery(relation: Relation, tables: readonly TablePlan[]): Sql {
  const columns = relation.columns.map((column) => fromCatalog(column.sqlName))
  const list = columns.length > 0 ? join(columns) : sql``
  return join(
    tables.map((table) => sql`SELECT ${list}\nFROM ${restoredRows(table)}`),
    sql`\nUNION ALL\n`,
  )
}

async function saltedTable(table: TablePlan, salt: Sql): Promise<TablePlan> {
  const columns = await Promise.all(
    table.columns.map(async (plan) =>
      plan.kind === 'masked' ? { ...plan, expression: await withSalt(plan.expression, salt.text) } : plan,
    ),
  )
  return { ...table, columns }
}

/** A rule for a column is given the salt; a condition or a query must bring its own. */
function reviewSalt(table: TablePlan, salted: boolean): Finding[] {
  const rows = rowsRule(table.rows)
  const pieces = [
    ...maskedColumns(table).map((mask) => ({
      use: saltUse(mask.expression.tree),
      place: placeOfMask(table, mask),
      canBeGiven: true,
    })),
    ...(rows
      ? [
          {
            use: saltUse(rows.tree),
            place: { ...rows.source.place, relation: relationName(table.relation) },
            canBeGiven: false,
          },
        ]
      : []),
  ]
  return pieces.flatMap(({ use, place: at, canBeGiven }): Finding[] => {
    const depends =
      use.asksItself || use.dependsOnSession || (use.calls.length > 0 && !(salted && canBeGiven))
    const remedy =
      use.asksItself || use.dependsOnSession || !canBeGiven
        ? 'Let the rules of columns call the functions of anon_funcs without a salt, and pass --salt-file.'
        : 'Pass --salt-file or PGVEIL_SALT; it is kept in a table that only the owner of the views can read.'
    const written: Finding = {
      code: 'view-salt',
      severity: 'warning',
      message: 'A salt stands here, and every role of the database can read the definition of a view.',
      place: at,
      remedy: 'Leave it out where the function takes the salt of --salt-file, or keep this rule for dumps.',
    }
    if (!depends) return use.writesSalt ? [written] : []
    return [
      {
        code: 'view-salt',
        severity: 'error',
        message:
          'This takes a setting of the session, and the reader of a view could set one of their own and guess values.',
        place: at,
        remedy,
      },
    ]
  })
}

/** The role that reads views must not be able to read what they hide. */
export function tablesToHide(views: readonly ViewDefinition[]): Relation[] {
  return views.flatMap(({ relation, tables }) => {
    const hides = tables.some(
      ({ rows, columns }) => rows.kind !== 'all' || columns.some(({ kind }) => kind === 'masked'),
    )
    return hides ? [relation, ...tables.map((table) => table.relation)] : []
  })
}
