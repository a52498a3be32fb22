import {
  ancestry,
  type Catalog,
  type Column,
  LIBRARY_SCHEMA,
  type Relation,
  relationName,
} from '../../catalog/model.ts'
import type { KnownColumns } from '../../dictionary/known-columns.ts'
import type { TableRule } from '../../dictionary/sensitive.ts'
import { matchesTable } from '../../dictionary/table-pattern.ts'
import type { Finding } from '../../lib/fault.ts'
import { readExpression } from '../expression.ts'
import { isRecord, names, type TreeFields } from '../parser/tree.ts'
import type { ColumnPlan, PlanPolicy, TablePlan } from './plan.ts'

/**
 * Finds the columns that no dictionary knows, neither as sensitive nor as harmless, and does with them what the policy
 * says: a migration that adds `ssn` must not go by unnoticed. Under the policy `copy` they are told of only where
 * somebody keeps a list of known columns.
 */
export async function settleUnknownColumns(
  catalog: Catalog,
  tables: readonly TablePlan[],
  rules: readonly TableRule[],
  known: KnownColumns,
  policy: PlanPolicy,
): Promise<{ tables: readonly TablePlan[]; findings: readonly Finding[] }> {
  if (policy.unknownColumns === 'copy' && known.isEmpty) return { tables, findings: [] }
  const empty = await emptied()
  const findings: Finding[] = []
  const settled = tables.map((table) => {
    const unknown = new Set(unknownColumns(catalog, table, rules, known))
    if (unknown.size === 0) return table
    if (policy.unknownColumns === 'null') {
      return {
        ...table,
        columns: table.columns.map((plan) => (unknown.has(plan.column) ? empty(plan) : plan)),
      }
    }
    findings.push(...[...unknown].map((column) => unlisted(table.relation, column, policy)))
    return table
  })
  return { tables: settled, findings }
}

/** The columns of a table whose rows are dumped that are copied as they are and stand on no list. */
export function unknownColumns(
  catalog: Catalog,
  table: TablePlan,
  rules: readonly TableRule[],
  known: KnownColumns,
): Column[] {
  const { relation, rows } = table
  // The rows of an extension's table are its configuration, and pgveil's own word lists are no data.
  if (rows.kind === 'left-out' || relation.extension || relation.schema === LIBRARY_SCHEMA) return []
  const relatives = ancestry(catalog, relation)
  const mentioned = new Set([
    ...rules
      .filter((rule) => relatives.some((relative) => matchesTable(rule.tables, relative)))
      .flatMap((rule) => [...rule.fields.keys()]),
    ...(rows.kind === 'replaced' ? namesIn(rows.query.tree) : []),
  ])
  return table.columns
    .filter((plan) => plan.kind === 'copied')
    .map(({ column }) => column)
    .filter((column) => !mentioned.has(column.name))
    .filter((column) => !relatives.some((relative) => known.has(relative, column.name)))
}

/** Columns that a query's list names; what its * brings along nobody has looked at, nor what its WHERE mentions. */
function namesIn(query: TreeFields): string[] {
  const targets: unknown[] = Array.isArray(query.targetList) ? query.targetList : []
  return targets.flatMap((target) => {
    const fields: unknown = isRecord(target) ? target.ResTarget : undefined
    if (!isRecord(fields)) return []
    if (typeof fields.name === 'string') return [fields.name]
    const column: unknown = isRecord(fields.val) ? fields.val.ColumnRef : undefined
    return isRecord(column) && !JSON.stringify(column).includes('"A_Star"')
      ? names(column.fields).slice(-1)
      : []
  })
}

async function emptied(): Promise<(plan: ColumnPlan) => ColumnPlan> {
  const place = {}
  const expression = await readExpression({ text: 'NULL', place, placeOf: () => place })
  return ({ column }) => ({ kind: 'masked', column, expression, origin: { kind: 'unknown-column' } })
}

function unlisted(relation: Relation, column: Column, policy: PlanPolicy): Finding {
  return {
    code: 'column-unlisted',
    severity: policy.unknownColumns === 'fail' ? 'error' : 'warning',
    message: `No dictionary knows this column; it ${policy.unknownColumns === 'fail' ? 'would be' : 'is'} copied as it is.`,
    place: { relation: relationName(relation), field: column.name },
    remedy: 'Give it a rule, or list it in a non-sensitive dictionary (pgveil validate --write-baseline).',
  }
}
