import type { Catalog } from '../../catalog/model.ts'
import type { Finding } from '../../lib/fault.ts'
import type { Plan } from '../plan/plan.ts'
import { constantsInUnique, nullsInNotNull, tooLongConstants } from './constants.ts'
import { computedFromMasked } from './dependents.ts'
import type { Functions } from './functions.ts'
import { keysMaskedDifferently } from './keys.ts'
import { randomKeys } from './randomness.ts'

/**
 * What can be said of a plan without looking at a row: what breaks whenever there are rows, and what deserves a second
 * look.
 */
export async function reviewPlan(catalog: Catalog, plan: Plan, functions: Functions): Promise<Finding[]> {
  const tables = plan.tables.filter(({ rows }) => rows.kind !== 'left-out')
  return [
    ...tables.flatMap(nullsInNotNull),
    ...tables.flatMap((table) => constantsInUnique(catalog, table, functions)),
    ...tables.flatMap(tooLongConstants),
    ...randomKeys(catalog, plan, functions),
    ...(await keysMaskedDifferently(catalog, plan)),
    ...tables.flatMap((table) => computedFromMasked(catalog, table)),
  ]
}
