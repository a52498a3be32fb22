import { relationName } from '../../catalog/model.ts'
import type { TablePlan } from '../../compile/plan/plan.ts'
import { checkProbes, checkUnsatisfiable } from '../../compile/review/constants.ts'
import { reviewPlan } from '../../compile/review/review.ts'
import { rowsOf } from '../../compile/select.ts'
import type { Finding } from '../../lib/fault.ts'
import { sql } from '../../lib/sql.ts'
import { EMPTY_SEARCH_PATH } from '../../postgres/settings.ts'
import type { Context } from '../context.ts'
import type { Planning } from '../planning.ts'
import { attempt } from '../snapshot-sessions.ts'
import { readFunctions } from '../verify/functions.ts'

/** How many rows it takes for a finding to be an error: a constant breaks a unique index with the second row. */
const ROWS_NEEDED: Partial<Record<Finding['code'], number>> = {
  'null-in-not-null': 1,
  'check-unsatisfiable': 1,
  'key-masked-differently': 1,
  'constant-in-unique': 2,
}

/** What can be said of a plan from its text and the catalog; of the rows it asks no more than whether there are any. */
export async function reviewWithoutRows(
  context: Context,
  planning: Planning,
  options: { readonly rulesHold: boolean },
): Promise<Finding[]> {
  const { snapshot, catalog, plan } = planning
  const functions = await readFunctions(snapshot)
  const findings = await reviewPlan(catalog, plan, functions)
  if (!options.rulesHold) return findings
  const { session } = snapshot
  await session.run(snapshot.databaseSearchPath)
  try {
    for (const probe of plan.tables.flatMap((table) => checkProbes(catalog, table, functions))) {
      const answer = await attempt<{ holds: boolean | null }>(session, context.signal, probe.query)
      if (Array.isArray(answer) && answer[0]?.holds === false) findings.push(checkUnsatisfiable(probe))
    }
    return await weighByRows(context, planning, findings)
  } finally {
    await session.run(EMPTY_SEARCH_PATH)
  }
}

/** An error that no row of the table can show yet is a warning. */
async function weighByRows(
  context: Context,
  planning: Planning,
  findings: readonly Finding[],
): Promise<Finding[]> {
  const weighed: Finding[] = []
  for (const finding of findings) {
    const needed = finding.severity === 'error' ? ROWS_NEEDED[finding.code] : undefined
    const table = planning.plan.tables.find(
      ({ relation }) => relationName(relation) === finding.place?.relation,
    )
    const few = needed !== undefined && table && !(await hasRows(context, planning, table, needed))
    weighed.push(few ? { ...finding, severity: 'warning' } : finding)
  }
  return weighed
}

async function hasRows(
  context: Context,
  { snapshot }: Planning,
  table: TablePlan,
  needed: number,
): Promise<boolean> {
  if (table.runsForeignCode) return true
  const some = sql`SELECT ${rowsOf(table)} LIMIT 2`
  const answer = await attempt<{ count: string }>(
    snapshot.session,
    context.signal,
    sql`SELECT pg_catalog.count(*) AS count FROM (${some}) AS some_rows`,
  )
  return !Array.isArray(answer) || Number(answer[0]?.count) >= needed
}
