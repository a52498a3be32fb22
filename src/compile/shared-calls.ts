import type { Column, Relation } from '../catalog/model.ts'
import { columnReferences } from './column-references.ts'
import { readExpression } from './expression.ts'
import { locationOf } from './parser/tree.ts'
import type { ColumnPlan, Plan, SharedCall, SharedCalls, TablePlan } from './plan/plan.ts'
import { type Call, callsOf, isRepeated, repeated } from './repeated-calls.ts'
import type { Functions } from './review/functions.ts'
import { RuleText } from './rule-text.ts'

/**
 * Finds what several rules of a table compute alike, so that a dump computes it once a row: PostgreSQL itself evaluates
 * `md5(email)` as often as it is written. A COPY whose rules hold the same hash twice takes 0.67 of the time so, with the
 * same fake e-mail address twice 0.57. `readFunctions` is asked only where there is something to share.
 *
 * Shared are calls that give the same for the same row and are computed for every row anyway: what stands in a CASE alone
 * may fail, or cost much, where it is not wanted.
 */
export async function shareCalls(plan: Plan, readFunctions: () => Promise<Functions>): Promise<Plan> {
  const calls = new Map(plan.tables.map((table) => [table, callsOf(table)]))
  if (![...calls.values()].some((own) => repeated(own).length > 0)) return plan
  const functions = await readFunctions()
  const isFixed = ({ fields }: Call) => !functions.mayVary({ tree: { FuncCall: fields } })
  const tables: TablePlan[] = []
  for (const [table, own] of calls) {
    const shared = await sharedCalls(table, own.filter(isFixed))
    tables.push(shared ? { ...table, shared } : table)
  }
  return { ...plan, tables }
}

async function sharedCalls(table: TablePlan, calls: readonly Call[]): Promise<SharedCalls | undefined> {
  const groups = repeated(calls)
  const texts = new Map<number, RuleText>()
  for (const { column, expression } of groups.flat()) {
    if (!texts.has(column)) texts.set(column, await RuleText.of(expression))
  }
  const shared: SharedCall[] = []
  for (const same of groups) {
    const places = same.map((call) => {
      const text = texts.get(call.column) as RuleText
      return { text, call, range: text.callAt(locationOf(call.fields)) }
    })
    // What stands in a larger one that is shared already is computed with it.
    const free = places.filter(({ text, range }) => !text.isReplaced(range.start))
    const [first] = free
    if (!first || !isRepeated(free.map(({ call }) => call))) continue
    const name = freeName(table.relation, shared.length + 1)
    const { place } = first.call.expression.source
    const text = first.text.text.slice(first.range.start, first.range.end)
    shared.push({ name, sql: (await readExpression({ text, place, placeOf: () => place })).sql })
    for (const { text, range } of free) text.replace(range, name)
  }
  if (shared.length === 0) return undefined
  const columns = await Promise.all(
    table.columns.map(async (plan): Promise<ColumnPlan> => {
      const text = texts.get(plan.column.number)
      return plan.kind === 'masked' && text ? { ...plan, expression: await text.expression() } : plan
    }),
  )
  return { calls: shared, columns, read: readBy(columns, table.relation) }
}

function readBy(columns: readonly ColumnPlan[], relation: Relation): Column[] {
  const read = new Set(
    columns.flatMap((plan) => {
      if (plan.kind === 'copied') return [plan.column.name]
      return columnReferences(plan.expression, relation)?.map(({ column }) => column) ?? []
    }),
  )
  return relation.columns.filter(({ name }) => read.has(name))
}

/** A name that no column of the table has. */
function freeName({ columns }: Relation, number: number): string {
  const taken = new Set(columns.map(({ name }) => name))
  let name = `shared_${number}`
  while (taken.has(name)) name = `_${name}`
  return name
}
