import { relationName } from '../../catalog/model.ts'
import { namesNoColumn } from '../../compile/constants.ts'
import { foreignCodeFinding } from '../../compile/foreign-code.ts'
import { maskedColumns } from '../../compile/plan/plan.ts'
import type { Functions } from '../../compile/review/functions.ts'
import { placeOfMask } from '../../compile/review/place.ts'
import { type ViewDefinition, viewDefinitions } from '../../compile/views/definitions.ts'
import { type Finding, refuseErrors } from '../../lib/fault.ts'
import type { Context } from '../context.ts'
import { type PlanningRequest, withPlan } from '../planning.ts'
import { readFunctions } from '../verify/functions.ts'
import { verifyRules } from '../verify/rules.ts'

export interface ViewsRequest extends PlanningRequest {
  /** The schema that the views live in, and nothing else. */
  readonly viewsSchema: string
}

export interface PlannedViews {
  readonly views: readonly ViewDefinition[]
  readonly warnings: readonly Finding[]
  /** The search_path under which rules are read. */
  readonly searchPath: string
}

/** The views that the dictionaries and the tables make. Refuses what a dump would refuse, and what a reader could undo. */
export async function planViews(context: Context, request: ViewsRequest): Promise<PlannedViews> {
  return withPlan(context, request, { locks: 'none' }, async (guarded, { snapshot, catalog, plan }) => {
    const salted = request.salt !== undefined
    const { views, findings } = await viewDefinitions(catalog, plan, { schema: request.viewsSchema, salted })
    const rules = await verifyRules(guarded, snapshot, plan)
    const functions = await readFunctions(snapshot)
    const cautions = views.flatMap((view) => [
      ...repeatable(view, functions),
      ...rowSecurity(view),
      ...foreignCode(view),
    ])
    const all = [...plan.findings, ...rules, ...findings, ...cautions]
    refuseErrors(all)
    return { views, warnings: all, searchPath: snapshot.searchPath }
  })
}

/** Noise around a value goes away when the value is asked for a thousand times. */
function repeatable({ tables }: ViewDefinition, functions: Functions): Finding[] {
  return tables.flatMap((table) =>
    maskedColumns(table)
      .filter(({ expression }) => functions.mayVary(expression) && !namesNoColumn(expression))
      .map((mask) => ({
        code: 'random-view',
        severity: 'warning',
        message:
          'The rule gives another value each time it is asked: many answers together show the original.',
        place: placeOfMask(table, mask),
        remedy: 'Use a rule that always gives the same: generalize_number, generalize_date, a pseudonym.',
      })),
  )
}

/** Nobody runs it to make the view; its readers do, with rights of theirs. */
function foreignCode({ relation, tables }: ViewDefinition): Finding[] {
  const [what] = tables.flatMap(({ relation: read }) => read.foreignCode ?? [])
  if (what === undefined) return []
  return [{ ...foreignCodeFinding(what, { relation: relationName(relation) }), severity: 'warning' }]
}

function rowSecurity({ relation, tables }: ViewDefinition): Finding[] {
  const secured = [relation, ...tables.map((table) => table.relation)].some((table) => table.rowSecurity)
  if (!secured) return []
  return [
    {
      code: 'row-security',
      severity: 'warning',
      message: "The table has row security; the view shows the rows that the view's owner sees.",
      place: { relation: relationName(relation) },
      remedy: 'Choose the rows by a sql_condition.',
    },
  ]
}
