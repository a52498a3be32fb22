import { maskedColumns, type Plan, rowsRule, type TablePlan } from '../../compile/plan/plan.ts'
import { Fault } from '../../lib/fault.ts'

/** Refuses a plan by which every row of the database would be copied as it is. Throws `no-anonymization`. */
export function refuseUnmasked(database: string, plan: Plan): void {
  if (plan.tables.some(isMeant) || plan.leftOutSchemas.size > 0) return
  throw new Fault('no-anonymization', `No rule means anything in the database ${JSON.stringify(database)}.`, {
    remedy:
      'Give a sensitive dictionary with its tables; a job says "anonymize": false to copy rows as they are.',
  })
}

/** What an extension says of its own rows is no rule of a dictionary. */
function isMeant(table: TablePlan): boolean {
  return (
    maskedColumns(table).length > 0 || table.rows.kind === 'left-out' || rowsRule(table.rows) !== undefined
  )
}
