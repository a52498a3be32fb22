import { isDeepStrictEqual } from 'node:util'
import { Fault, type Finding } from '../../lib/fault.ts'
import type { Context } from '../context.ts'
import { type PlanningRequest, withPlan } from '../planning.ts'

/**
 * Refuses a rule of a dictionary that means a table in none of several databases: each may have only some of the tables,
 * but a table that was renamed would go out unmasked. Asked of all before the first is copied. Throws `rule-unmatched`.
 */
export async function refuseUnusedRules(
  context: Context,
  requests: readonly PlanningRequest[],
): Promise<void> {
  const unused: (readonly Finding[])[] = []
  for (const request of requests) {
    unused.push(
      await withPlan(context, request, { locks: 'none' }, async (_, { plan }) =>
        plan.findings.filter(({ code }) => code === 'rule-unmatched'),
      ),
    )
  }
  const [first = [], ...others] = unused
  const everywhere = first.filter(({ place }) =>
    others.every((findings) => findings.some((finding) => isDeepStrictEqual(finding.place, place))),
  )
  if (everywhere.length === 0) return
  const remedy = 'Correct the name, or remove the rule.'
  throw Fault.of(everywhere.map((finding) => ({ ...finding, severity: 'error', remedy })))
}
