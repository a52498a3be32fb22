import { relationName } from '../../catalog/model.ts'
import { hitsSql } from '../../compile/scan/function-call.ts'
import type { MetaTests } from '../../compile/scan/meta-tests.ts'
import { rowsSelect } from '../../compile/scan/rows-source.ts'
import type { TestOnOurSide, ValueTest, ValueTests } from '../../compile/scan/value-tests.ts'
import { type Finding, refuseErrors } from '../../lib/fault.ts'
import { literal, type Sql, sql } from '../../lib/sql.ts'
import { readShadows } from '../../postgres/introspect.ts'
import type { ServerError, Session } from '../../postgres/session.ts'
import { EMPTY_SEARCH_PATH } from '../../postgres/settings.ts'
import type { Snapshot } from '../../postgres/snapshot.ts'
import type { Context } from '../context.ts'
import { attempt } from '../snapshot-sessions.ts'
import { type CallingSql, shadowed } from '../verify/shadows.ts'
import type { TableLook } from './table-look.ts'

/**
 * Has PostgreSQL compile every regular expression and plan every condition and function, before any row is looked at.
 * Throws one fault with all that it does not take. A regular expression that is too complex for it moves to our side.
 */
export async function verifyMeta(
  { signal }: Context,
  { session, schemas, databaseSearchPath }: Snapshot,
  looks: readonly TableLook[],
  tests: MetaTests,
): Promise<{ readonly tests: ValueTests; readonly warnings: readonly Finding[] }> {
  const called = looks.flatMap(callsOf)
  refuseErrors(shadowed(called, await readShadows(session, schemas)))
  await session.run(databaseSearchPath)
  try {
    const refused: Finding[] = []
    for (const call of eachOnce(called)) {
      const error = await explain(session, signal, call.statement)
      if (error) refused.push(rejected(call, error))
    }
    refuseErrors(unique(refused))
    return await compileRegexes(session, signal, tests)
  } finally {
    if (!signal.aborted) await session.run(EMPTY_SEARCH_PATH)
  }
}

interface Call extends CallingSql {
  readonly statement: Sql
  /** What PostgreSQL's answer depends on. */
  readonly of: string
}

/** The SQL of the user's that a look at a table runs: its condition, and a call of each function for each column. */
function callsOf(look: TableLook): Call[] {
  const relation = relationName(look.table.relation)
  const { condition } = look.source
  const conditions = condition
    ? [
        {
          ...condition,
          place: { ...condition.source.place, relation },
          statement: rowsSelect(look.source, [sql`1`]),
          of: relation,
        },
      ]
    : []
  const calls = look.functions.map((question) => ({
    tree: question.call.tree,
    source: question.call.source,
    place: { ...question.call.source.place, relation, field: question.column.name },
    statement: hitsSql(question, look.source, true),
    of: question.column.type,
  }))
  return [...conditions, ...calls]
}

/** A function is called for a thousand columns, and for those of one type in one way. */
function eachOnce(calls: readonly Call[]): Call[] {
  const byUse = Map.groupBy(calls, ({ source, of }) => JSON.stringify([source.place, source.text, of]))
  return [...byUse.values()].flatMap(([first]) => (first ? [first] : []))
}

async function explain(
  session: Session,
  signal: AbortSignal,
  statement: Sql,
): Promise<ServerError | undefined> {
  const answer = await attempt(session, signal, sql`EXPLAIN ${statement}`)
  return Array.isArray(answer) ? undefined : answer
}

function rejected({ place }: Call, error: ServerError): Finding {
  return {
    code: 'rule-rejected',
    severity: 'error',
    message: `PostgreSQL does not take it: ${error.safeWords}.`,
    place,
    remedy:
      'Check names, types and rights. A function gets (value, schema, table, column) or, once a column, (schema, table, column, type).',
  }
}

/** One function may fail for each of a thousand columns: it is told once for each place in the dictionary. */
function unique(findings: readonly Finding[]): Finding[] {
  const byPlace = Map.groupBy(findings, ({ place, message }) =>
    JSON.stringify([place?.file, place?.line, place?.column, message]),
  )
  return [...byPlace.values()].flatMap(([first]) => (first ? [first] : []))
}

async function compileRegexes(
  session: Session,
  signal: AbortSignal,
  { inSql, onOurSide, untranslatable }: MetaTests,
): Promise<{ tests: ValueTests; warnings: Finding[] }> {
  const kept: ValueTest[] = []
  const here: TestOnOurSide[] = [...onOurSide]
  const warnings = untranslatable.map(({ rule, why }) => onOurSideWarning(rule, why))
  for (const test of inSql) {
    const { pattern, otherwise } = test
    const probe =
      pattern === undefined ? undefined : sql`SELECT '' OPERATOR(pg_catalog.~) ${literal(pattern)}`
    const answer = probe ? await attempt(session, signal, probe) : []
    if (Array.isArray(answer) || !otherwise) kept.push(test)
    else {
      const instead = otherwise()
      here.push(instead)
      warnings.push(onOurSideWarning(instead.reason.rule, 'PostgreSQL finds it too complex'))
    }
  }
  return { tests: { inSql: kept, onOurSide: here }, warnings }
}

function onOurSideWarning(rule: string, why: string): Finding {
  return {
    code: 'regex-on-our-side',
    severity: 'warning',
    message: `The regular expression ${rule} is searched for outside PostgreSQL: ${why}.`,
    remedy:
      'Values of columns that nothing else decides come to this machine for it. Write it in simpler terms to avoid that.',
  }
}
