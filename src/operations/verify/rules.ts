import { relationName } from '../../catalog/model.ts'
import type { Expression } from '../../compile/expression.ts'
import { isUntouched, maskedColumns, type Plan, rowsRule, type TablePlan } from '../../compile/plan/plan.ts'
import { saltUse } from '../../compile/salted-calls.ts'
import { needsEmptySearchPath, relationSql, selectStatement } from '../../compile/select.ts'
import type { SqlText } from '../../dictionary/shape.ts'
import type { Finding, Place } from '../../lib/fault.ts'
import { fromCatalog, type Sql, sql } from '../../lib/sql.ts'
import { readShadows } from '../../postgres/introspect.ts'
import { ServerError, type Session } from '../../postgres/session.ts'
import { EMPTY_SEARCH_PATH } from '../../postgres/settings.ts'
import type { Snapshot } from '../../postgres/snapshot.ts'
import type { Context } from '../context.ts'
import { attempt, attemptAll } from '../snapshot-sessions.ts'
import { type CallingSql, shadowed } from './shadows.ts'

interface ExplainNode {
  readonly 'Node Type': string
  readonly 'Parent Relationship'?: string
  readonly Plans?: readonly ExplainNode[]
}

/**
 * Has PostgreSQL plan every SELECT that a rule or a filter changes: unknown names, wrong types and missing casts are
 * found before the first byte, each with its place in the dictionary.
 */
export async function verifyRules(context: Context, snapshot: Snapshot, plan: Plan): Promise<Finding[]> {
  const findings: Finding[] = []
  const changed = plan.tables.filter(
    (table) => !isUntouched(table) && table.rows.kind !== 'left-out' && !table.runsForeignCode,
  )
  await snapshot.session.run(EMPTY_SEARCH_PATH)
  const shadows = await readShadows(snapshot.session, snapshot.schemas)
  findings.push(...shadowed(changed.flatMap(sqlOf), shadows))
  findings.push(...(await withoutSalt(snapshot.session, changed)))
  // Planning may call a function already.
  if (findings.length > 0) return findings
  const byPath = Map.groupBy(changed, needsEmptySearchPath)
  let done = 0
  for (const [emptyPath, tables] of byPath) {
    await snapshot.session.run(emptyPath ? EMPTY_SEARCH_PATH : snapshot.databaseSearchPath)
    for (let at = 0; at < tables.length; at += TABLES_A_MESSAGE) {
      const some = tables.slice(at, at + TABLES_A_MESSAGE)
      const [item] = some.map(({ relation }) => relationName(relation))
      context.onProgress({ stage: 'verify', done, total: changed.length, item })
      findings.push(...(await verifyTables(snapshot.session, context.signal, some)))
      done += some.length
    }
  }
  await snapshot.session.run(EMPTY_SEARCH_PATH)
  return findings
}

/** Pseudonyms without a salt fail with the first row, which may be hours away. */
async function withoutSalt(session: Session, tables: readonly TablePlan[]): Promise<Finding[]> {
  const { salted } = await session.row<{ salted: boolean }>(
    sql`SELECT coalesce(pg_catalog.current_setting('anon_funcs.salt', true), '') OPERATOR(pg_catalog.<>) '' AS salted`,
  )
  if (salted) return []
  return tables.flatMap((table) =>
    sqlOf(table).flatMap(({ tree, place }): Finding[] => {
      const { calls, asksItself } = saltUse(tree)
      if (calls.length === 0 && !asksItself) return []
      return [
        {
          code: 'salt-missing',
          severity: 'error',
          message: 'The rule makes a pseudonym, and there is no salt.',
          place,
          remedy: 'Pass --salt-file or PGVEIL_SALT, or give the function a salt as an argument.',
        },
      ]
    }),
  )
}

function sqlOf(table: TablePlan): CallingSql[] {
  const rows = rowsRule(table.rows)
  const relation = relationName(table.relation)
  const masks = maskedColumns(table).map(({ column, expression: { tree, source } }) => ({
    tree,
    source,
    place: { ...source.place, relation, field: column.name },
  }))
  return rows ? [...masks, { ...rows, place: { ...rows.source.place, relation } }] : masks
}

/** How many plans one message asks for: more of them would save little, and wait long where one is refused. */
const TABLES_A_MESSAGE = 32

async function verifyTables(
  session: Session,
  signal: AbortSignal,
  tables: readonly TablePlan[],
): Promise<Finding[]> {
  const questions = tables.map((table) => explainSql(selectStatement(table)))
  const plans = await attemptAll<ExplainRow>(session, signal, questions)
  const findings: Finding[] = []
  for (const [at, table] of tables.entries()) {
    const plan =
      plans instanceof ServerError ? await explain(session, selectStatement(table)) : nodesOf(plans[at])
    findings.push(...(await verifyTable(session, table, plan)))
  }
  return findings
}

async function verifyTable(
  session: Session,
  table: TablePlan,
  failure: ExplainNode[] | ServerError,
): Promise<Finding[]> {
  if (Array.isArray(failure)) {
    const place = {
      ...maskedColumns(table)[0]?.expression.source.place,
      relation: relationName(table.relation),
    }
    const changing = changesRowCount(table, failure, place)
    if (changing.length === 0) return []
    const pinned = await pinDown(session, table)
    return pinned.length > 0 ? pinned : changing
  }
  const pinned = await pinDown(session, table)
  return pinned.length > 0 ? pinned : [findingFor(table, failure, { relation: relationName(table.relation) })]
}

interface ExplainRow {
  readonly 'QUERY PLAN': readonly { readonly Plan: ExplainNode }[]
}

/** Costs would be half of what is sent. */
const EXPLAIN = sql`EXPLAIN (FORMAT JSON, COSTS OFF) `

function explainSql(select: Sql): Sql {
  return sql`${EXPLAIN}${select}`
}

function nodesOf(rows: readonly ExplainRow[] | undefined): ExplainNode[] {
  return (rows?.[0]?.['QUERY PLAN'] ?? []).map((part) => part.Plan)
}

/** The plan, or the error that PostgreSQL answered with. */
async function explain(session: Session, select: Sql): Promise<ExplainNode[] | ServerError> {
  const never = new AbortController().signal
  const answer = await attempt<ExplainRow>(session, never, explainSql(select))
  return Array.isArray(answer) ? nodesOf(answer) : answer
}

/** Plans each rule of a table by itself, to name the one that fails and where in it. */
async function pinDown(session: Session, table: TablePlan): Promise<Finding[]> {
  const findings: Finding[] = []
  const from = sql`FROM ONLY ${relationSql(table.relation)}`
  const relation = relationName(table.relation)
  for (const { column, expression } of maskedColumns(table)) {
    const cast = sql`SELECT ${expression.sql}::${fromCatalog(column.type)} ${from}`
    const failure = await explain(session, cast)
    if (Array.isArray(failure)) {
      findings.push(
        ...changesRowCount(table, failure, { ...expression.source.place, relation, field: column.name }),
      )
      continue
    }
    const place = placeInside(expression.source, failure, `${EXPLAIN.text}SELECT (`.length, expression)
    findings.push(findingFor(table, failure, { ...place, relation, field: column.name }))
  }
  const { rows } = table
  if (rows.kind === 'filtered' && 'sql' in rows.condition) {
    const failure = await explain(session, sql`SELECT ${from} WHERE ${rows.condition.sql}`)
    if (!Array.isArray(failure))
      findings.push(findingFor(table, failure, { ...rows.condition.source.place, relation }))
  }
  if (rows.kind === 'replaced') {
    const failure = await explain(session, rows.query.sql)
    const place = { ...rows.query.source.place, relation }
    if (!Array.isArray(failure)) findings.push(findingFor(table, failure, place))
    else findings.push(...(await missingColumns(session, table, place)))
  }
  return findings
}

/** Which columns of the table a raw_sql does not give. */
async function missingColumns(session: Session, table: TablePlan, place: Place): Promise<Finding[]> {
  const { rows } = table
  if (rows.kind !== 'replaced') return []
  const findings: Finding[] = []
  for (const { column } of table.columns) {
    const name = fromCatalog(column.sqlName)
    const cast = sql`(raw_sql.${name})::${fromCatalog(column.type)}`
    const failure = await explain(session, sql`SELECT ${cast} FROM (\n${rows.query.sql}\n) AS raw_sql`)
    if (Array.isArray(failure)) continue
    findings.push({
      code: 'raw-sql-columns',
      severity: 'error',
      message: `"raw_sql" does not give this column as the table needs it: ${wordsOf(failure)}.`,
      place: { ...place, field: column.name },
      remedy: `Give it under the name ${column.name} and a type that can be cast to ${column.type}.`,
    })
  }
  return findings
}

/**
 * While it plans, PostgreSQL may compute a function that reads rows and says what it likes. Words of its own come with a
 * place in the statement.
 */
function wordsOf(error: ServerError): string {
  return error.index === undefined ? error.condition : error.safeWords
}

function findingFor(table: TablePlan, error: ServerError, place: Place): Finding {
  const names = table.relation.columns.map((column) => column.name).join(', ')
  const remedies: Readonly<Record<string, string>> = {
    '42703': `The columns of ${relationName(table.relation)} are ${names}.`,
    '42883':
      'Check the name and the types of its arguments; pgveil init installs the functions of anon_funcs.',
    '3F000': 'pgveil init installs the schema anon_funcs.',
    '42846': "The rule's value cannot be cast to the type of its column.",
  }
  // Where search_path is empty, a name that is not found most likely lacks its schema.
  const lacksSchema = needsEmptySearchPath(table) && ['42883', '42P01', '42704'].includes(error.sqlState)
  return {
    code: 'rule-rejected',
    severity: 'error',
    message: `PostgreSQL refuses the rule: ${wordsOf(error)}.`,
    place,
    remedy: lacksSchema ? EMPTY_PATH_REMEDY : remedies[error.sqlState],
  }
}

const EMPTY_PATH_REMEDY =
  'The table has a column of type regclass or its like, so names in its rules need their schema: public.mask(email).'

/** The place of an error in a rule that begins behind `prefix` characters of the statement. */
function placeInside(source: SqlText, error: ServerError, prefix: number, expression: Expression): Place {
  if (error.index === undefined || expression.asIs) return source.place
  const index = error.index - prefix
  return index >= 0 && index < source.text.length ? source.placeOf(index) : source.place
}

/**
 * An aggregate makes one row of many, a function that returns a set makes many rows of one: either would change how
 * many rows the copy has, in silence.
 */
function changesRowCount(table: TablePlan, plan: readonly ExplainNode[], place: Place): Finding[] {
  if (table.rows.kind === 'replaced') return []
  const culprit = plan.map(rowChangingNode).find((type) => type !== undefined)
  if (!culprit) return []
  return [
    {
      code: 'rows-not-preserved',
      severity: 'error',
      message: `A rule changes the number of rows: it holds ${culprit}.`,
      place,
      remedy: 'A rule gives one value for each row. Put an aggregate or a set into a sub-select of its own.',
    },
  ]
}

function rowChangingNode(node: ExplainNode): string | undefined {
  if (node['Node Type'] === 'Aggregate') return 'an aggregate function'
  if (node['Node Type'] === 'ProjectSet') return 'a function that returns a set'
  const outer = node.Plans?.find((child) => child['Parent Relationship'] === 'Outer')
  return outer && rowChangingNode(outer)
}
