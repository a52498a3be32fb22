import type { Catalog } from '../../catalog/model.ts'
import type { Finding } from '../../lib/fault.ts'
import { maskedColumns, type TablePlan } from '../plan/plan.ts'
import { placeOfMask } from './place.ts'

/** What the target computes from masked values: it will hold what its expression makes of them. */
export function computedFromMasked(catalog: Catalog, table: TablePlan): Finding[] {
  const { relation } = table
  const indexes = catalog.indexes.filter((index) => index.computes && index.relation === relation.oid)
  return maskedColumns(table).flatMap((mask): Finding[] => {
    const { number, sqlName } = mask.column
    const dependents = [
      ...relation.columns
        .filter((column) => column.generated?.includes(sqlName))
        .map((column) => `the generated column ${column.name}`),
      ...indexes.filter((index) => index.columns.includes(number)).map((index) => `the index ${index.name}`),
    ]
    if (dependents.length === 0) return []
    return [
      {
        code: 'computed-from-masked',
        severity: 'warning',
        message: `The target computes from masked values: ${dependents.join(', ')}.`,
        place: placeOfMask(table, mask),
        remedy:
          'Check that what it makes of them is what you want; validate with a sample shows whether it fails.',
      },
    ]
  })
}
