import { type Catalog, relationName } from '../../catalog/model.ts'
import type { Finding } from '../../lib/fault.ts'
import { castOf, foreignCodeFinding, foreignCodeIn } from '../foreign-code.ts'
import { isUntouched, maskedColumns, rowsRule, type TablePlan } from './plan.ts'

/**
 * Finds the tables whose rows cannot be masked or filtered without running code of a role that is not trusted, and marks
 * them, so that nothing is asked of them. PostgreSQL computes what it can of indexes, statistics and partition keys to
 * plan a SELECT; to plan is enough.
 */
export function settleForeignCode(
  catalog: Catalog,
  tables: readonly TablePlan[],
): { tables: readonly TablePlan[]; findings: readonly Finding[] } {
  const findings: Finding[] = []
  const settled = tables.map((table) => {
    const found =
      isUntouched(table) || table.rows.kind === 'left-out' ? [] : foreignCodeOfPlan(catalog, table)
    findings.push(...found)
    return found.length > 0 ? { ...table, runsForeignCode: true } : table
  })
  return { tables: settled, findings }
}

function foreignCodeOfPlan(catalog: Catalog, table: TablePlan): Finding[] {
  const { relation, rows } = table
  const masks = maskedColumns(table)
  const chosen = rowsRule(rows)
  const at = { relation: relationName(relation) }
  if (relation.foreignCode !== null) {
    const place = chosen?.source.place ?? masks[0]?.expression.source.place
    return [foreignCodeFinding(relation.foreignCode, { ...place, ...at })]
  }
  const ofMasks = masks.flatMap(({ column, expression }) => {
    const unsafe = column.castRunsForeignCode || column.readRunsForeignCode
    const what = unsafe ? castOf(column) : foreignCodeIn(catalog, relation, expression.tree)
    const place = { ...expression.source.place, ...at, field: column.name }
    return what === undefined ? [] : [foreignCodeFinding(what, place)]
  })
  if (!chosen) return ofMasks
  // A query's values are cast to the types of the columns.
  const cast =
    rows.kind === 'replaced'
      ? relation.columns.find((column) => column.castRunsForeignCode || column.readRunsForeignCode)
      : undefined
  const what = cast ? castOf(cast) : foreignCodeIn(catalog, relation, chosen.tree)
  return what === undefined
    ? ofMasks
    : [...ofMasks, foreignCodeFinding(what, { ...chosen.source.place, ...at })]
}
