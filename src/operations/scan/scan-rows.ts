import { readCondition } from '../../compile/expression.ts'
import { byType, type DecidedTable } from '../../compile/scan/decide-by-name.ts'
import { type FunctionQuestion, functionQuestion } from '../../compile/scan/function-call.ts'
import { metaTests } from '../../compile/scan/meta-tests.ts'
import { RuleIndex } from '../../dictionary/match.ts'
import type { MetaDictionary } from '../../dictionary/meta/meta.ts'
import { readTypeName } from '../../dictionary/type-name.ts'
import type { Finding } from '../../lib/fault.ts'
import type { Context } from '../context.ts'
import type { Questioning } from '../snapshot-sessions.ts'
import { lookAtRows } from './look-at-rows.ts'
import { type Extent, TableLook } from './table-look.ts'
import { verifyMeta } from './verify-meta.ts'

/** What a type stands for in `data_func` whose functions take columns of any. */
const ANY_TYPE = readTypeName('anyelement')

/** Looks for what a meta-dictionary names in the values of all columns that names and types left open. */
export async function scanRows(
  context: Context,
  questioning: Questioning,
  meta: MetaDictionary,
  tables: readonly DecidedTable[],
  extent: Extent,
): Promise<{ readonly looks: readonly TableLook[]; readonly warnings: readonly Finding[] }> {
  const conditions = new RuleIndex(meta.conditions)
  const looks: TableLook[] = []
  const functions = new Map<TableLook, readonly FunctionQuestion[]>()
  for (const table of tables) {
    const columns = table.columns.flatMap(({ column, decision }) =>
      decision.kind === 'open' && decision.byMeta ? [column] : [],
    )
    if (columns.length === 0 || table.leaves.length === 0) continue
    const condition = conditions.winner([table.relation])?.condition
    const look = new TableLook(table, columns, condition && (await readCondition(condition)))
    looks.push(look)
    functions.set(look, await functionsOf(meta, look))
  }
  const tests = metaTests(meta, questioning.server)
  const verified = await verifyMeta(questioning.snapshot, looks, functions, tests)
  await lookAtRows(context, questioning, looks, functions, verified.tests, extent)
  return { looks, warnings: verified.warnings }
}

/** The functions that a meta-dictionary has for the type of each column, or for any type. */
async function functionsOf(meta: MetaDictionary, look: TableLook): Promise<FunctionQuestion[]> {
  const ofAnyType = meta.functions.findLast(([type]) => type.base === ANY_TYPE.base)?.[1]
  const questions: FunctionQuestion[] = []
  for (const column of look.open) {
    // A function takes an array whole, or not at all.
    const declared = column.isArray ? { ...column, valueType: column.type } : column
    for (const asked of byType(meta.functions, declared) ?? ofAnyType ?? [])
      questions.push(await functionQuestion(asked, look.source, column))
  }
  return questions
}
