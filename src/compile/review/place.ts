import { relationName } from '../../catalog/model.ts'
import type { Place } from '../../lib/fault.ts'
import type { ColumnPlan, TablePlan } from '../plan/plan.ts'

export type MaskedColumn = ColumnPlan & { readonly kind: 'masked' }

/** Where a rule stands, and which column it masks. */
export function placeOfMask({ relation }: TablePlan, { column, expression }: MaskedColumn): Place {
  return { ...expression.source.place, relation: relationName(relation), field: column.name }
}
