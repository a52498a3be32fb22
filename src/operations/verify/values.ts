import { relationName } from '../../catalog/model.ts'
import { type Plan, rowsRule, type TablePlan } from '../../compile/plan/plan.ts'
import { type MaskedColumn, placeOfMask } from '../../compile/review/place.ts'
import { askableMasks, rowsQuery, valueFindings, valuesQuery } from '../../compile/review/values.ts'
import type { SelectOptions } from '../../compile/select.ts'
import type { Finding } from '../../lib/fault.ts'
import type { ServerError, Session } from '../../postgres/session.ts'
import type { Context } from '../context.ts'
import { askAll, attempt, type Questioning } from '../snapshot-sessions.ts'

/** Counts what the rules make of the values of all tables: those that come out unchanged, too long, or not at all. */
export async function checkValues(
  context: Context,
  questioning: Questioning,
  plan: Plan,
  options: SelectOptions,
): Promise<Finding[]> {
  const tables = plan.tables.filter((table) => askableMasks(table).length > 0 || rowsQuery(table, options))
  return askAll(context, questioning, 'values', tables, {
    nameOf: ({ relation }) => relationName(relation),
    ask: (session, table, signal) => askTable(session, table, options, signal),
  })
}

async function askTable(
  session: Session,
  table: TablePlan,
  options: SelectOptions,
  signal: AbortSignal,
): Promise<Finding[]> {
  const choice = rowsQuery(table, options)
  const chosen = choice ? await attempt(session, signal, choice) : []
  if (!Array.isArray(chosen)) return [failingChoice(table, chosen)]
  const masks = askableMasks(table)
  if (masks.length === 0) return []
  const answer = await askMasks(session, table, masks, options, signal)
  if (Array.isArray(answer)) return answer
  // One of the rules fails: each by itself shows which.
  const findings: Finding[] = []
  for (const mask of masks) {
    const own = await askMasks(session, table, [mask], options, signal)
    findings.push(...(Array.isArray(own) ? own : [failing(table, mask, own)]))
  }
  return findings
}

async function askMasks(
  session: Session,
  table: TablePlan,
  masks: readonly MaskedColumn[],
  options: SelectOptions,
  signal: AbortSignal,
): Promise<Finding[] | ServerError> {
  const query = valuesQuery(table, masks, options)
  const answer = await attempt<Record<string, string>>(session, signal, query)
  return Array.isArray(answer) ? valueFindings(table, masks, answer[0] ?? {}) : answer
}

function failingChoice(table: TablePlan, error: ServerError): Finding {
  return {
    code: 'rule-fails',
    severity: 'error',
    message: `Its rows cannot be had: ${error.condition}.`,
    place: { ...rowsRule(table.rows)?.source.place, relation: relationName(table.relation) },
    remedy: 'Let the condition or the query handle every value, empty and NULL among them.',
  }
}

function failing(table: TablePlan, mask: MaskedColumn, error: ServerError): Finding {
  return {
    code: 'rule-fails',
    severity: 'error',
    message: `The rule fails on a row: ${error.condition}.`,
    place: placeOfMask(table, mask),
    remedy: 'Let the rule handle every value of the column, empty and NULL among them.',
  }
}
