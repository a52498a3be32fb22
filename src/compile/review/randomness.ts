import type { Catalog } from '../../catalog/model.ts'
import type { Finding } from '../../lib/fault.ts'
import { maskedColumns, type Plan } from '../plan/plan.ts'
import type { Functions } from './functions.ts'
import { placeOfMask } from './place.ts'

/** Values that are rolled anew for each row keep no relation, and stay unique by luck alone. */
export function randomKeys(catalog: Catalog, plan: Plan, functions: Functions): Finding[] {
  const joined = new Map<string, string>()
  for (const key of catalog.foreignKeys) {
    for (const number of key.columns) joined.set(`${key.relation}:${number}`, key.name)
    for (const number of key.referencedColumns) joined.set(`${key.references}:${number}`, key.name)
  }
  return plan.tables.flatMap((table) =>
    maskedColumns(table)
      .filter(({ expression }) => functions.mayVary(expression))
      .flatMap((mask): Finding[] => {
        const key = joined.get(`${table.relation.oid}:${mask.column.number}`)
        const index = catalog.indexes.find(
          ({ unique, relation, columns }) =>
            unique && relation === table.relation.oid && columns.includes(mask.column.number),
        )
        const place = placeOfMask(table, mask)
        if (key !== undefined) {
          return [
            {
              code: 'random-key',
              severity: 'error',
              message: `The rule gives another value each time, and the foreign key ${key} joins by this column.`,
              place,
              remedy: 'Use a function of the value: anon_funcs.pseudonym_int, md5, anon_funcs.digest.',
            },
          ]
        }
        if (!index) return []
        return [
          {
            code: 'random-unique',
            severity: 'warning',
            message: `The rule gives another value each time, and the index ${index.name} is unique: whether two rows meet is luck.`,
            place,
            remedy: 'Use a function of the value: anon_funcs.pseudonym_int, md5, anon_funcs.digest.',
          },
        ]
      }),
  )
}
