import type { Column, Relation } from '../catalog/model.ts'
import { type Expression, parsedText, readExpression, withParsedText } from './expression.ts'
import { endOfCall } from './parser/calls.ts'
import { indexesByByte, scanSql, type Token } from './parser/parser.ts'
import { names, type TreeFields, walkTree } from './parser/tree.ts'
import type { Plan, SharedCall, SharedCalls, TablePlan } from './plan/plan.ts'
import { callsOf, isRepeated, repeated } from './repeated-calls.ts'
import type { Functions } from './review/functions.ts'

/**
 * Finds what several rules of a table compute alike, so that a dump computes it once a row: PostgreSQL itself evaluates
 * `md5(email)` as often as it is written. A COPY whose rules hold the same hash twice takes 0.67 of the time so, with the
 * same fake e-mail address twice 0.57. `readFunctions` is asked only where there is something to share.
 *
 * Shared are calls that give the same for the same row and are computed for every row anyway: what stands in a CASE alone
 * may fail, or cost much, where it is not wanted.
 */
export async function shareCalls(plan: Plan, readFunctions: () => Promise<Functions>): Promise<Plan> {
  if (!plan.tables.some((table) => repeated(callsOf(table)).length > 0)) return plan
  const functions = await readFunctions()
  const tables = await Promise.all(
    plan.tables.map(async (table) => ({ ...table, shared: await sharedCalls(table, functions) })),
  )
  return { ...plan, tables }
}

async function sharedCalls(table: TablePlan, functions: Functions): Promise<SharedCalls | undefined> {
  const calls = callsOf(table).filter(({ fields }) => !functions.mayVary({ tree: { FuncCall: fields } }))
  const groups = repeated(calls)
  const rules = new Map<number, RuleText>()
  for (const { column, expression } of groups.flat()) {
    if (!rules.has(column)) rules.set(column, await RuleText.of(expression))
  }
  const shared: SharedCall[] = []
  for (const same of groups) {
    const places = same.map((call) => {
      const rule = rules.get(call.column) as RuleText
      return { rule, call, ...rule.rangeOf(call.fields) }
    })
    // What stands in a larger one that is shared already is computed with it.
    const free = places.filter(({ rule, start }) => !rule.isTaken(start))
    const [first] = free
    if (!first || !isRepeated(free.map(({ call }) => call))) continue
    const name = freeName(table.relation, shared.length + 1)
    const { place } = first.call.expression.source
    const text = first.rule.text.slice(first.start, first.end)
    shared.push({ name, sql: (await readExpression({ text, place, placeOf: () => place })).sql })
    for (const { rule, start, end } of free) rule.take(start, end, name)
  }
  if (shared.length === 0) return undefined
  const expressions = new Map<number, Expression>()
  for (const [column, rule] of rules) expressions.set(column, await rule.expression())
  return { calls: shared, expressions, columns: stillRead(table, expressions) }
}

function stillRead(table: TablePlan, expressions: ReadonlyMap<number, Expression>): readonly Column[] {
  const read = new Set<string>()
  for (const plan of table.columns) {
    if (plan.kind === 'copied') read.add(plan.column.name)
    else
      walkTree((expressions.get(plan.column.number) ?? plan.expression).tree, (type, fields) => {
        if (type === 'ColumnRef') for (const name of names(fields.fields)) read.add(name)
      })
  }
  return table.relation.columns.filter(({ name }) => read.has(name))
}

/** A name that no column of the table has. */
function freeName({ columns }: Relation, number: number): string {
  const taken = new Set(columns.map(({ name }) => name))
  let name = `shared_${number}`
  while (taken.has(name)) name = `_${name}`
  return name
}

/** The text of a rule, with names in the place of calls. */
class RuleText {
  readonly text: string
  readonly #expression: Expression
  readonly #tokens: readonly Token[]
  readonly #indexes: readonly number[]
  readonly #taken: { readonly start: number; readonly end: number; readonly name: string }[] = []

  private constructor(expression: Expression, text: string, tokens: readonly Token[]) {
    this.#expression = expression
    this.text = text
    this.#tokens = tokens
    this.#indexes = indexesByByte(text)
  }

  static async of(expression: Expression): Promise<RuleText> {
    const text = parsedText(expression)
    return new RuleText(expression, text, await scanSql(text))
  }

  rangeOf(call: TreeFields): { readonly start: number; readonly end: number } {
    const start = this.#indexes[typeof call.location === 'number' ? call.location : 0] ?? 0
    return { start, end: endOfCall(this.#tokens, start) + 1 }
  }

  isTaken(index: number): boolean {
    return this.#taken.some(({ start, end }) => start <= index && index < end)
  }

  take(start: number, end: number, name: string): void {
    this.#taken.push({ start, end, name })
  }

  async expression(): Promise<Expression> {
    const text = this.#taken
      .toSorted((left, right) => right.start - left.start)
      .reduce((rest, { start, end, name }) => `${rest.slice(0, start)}${name}${rest.slice(end)}`, this.text)
    return withParsedText(this.#expression, text)
  }
}
