import { type Catalog, type Column, type Relation, relationName } from '../../catalog/model.ts'
import { type Condition, readCondition } from '../../compile/expression.ts'
import { foreignCodeFinding, foreignCodeIn } from '../../compile/foreign-code.ts'
import { findByType } from '../../compile/scan/by-type.ts'
import type { DecidedTable } from '../../compile/scan/decide-by-name.ts'
import { type FunctionQuestion, functionQuestion } from '../../compile/scan/function-call.ts'
import { metaTests } from '../../compile/scan/meta-tests.ts'
import type { LeafRows, RowsSource } from '../../compile/scan/rows-source.ts'
import { RuleIndex } from '../../dictionary/match.ts'
import type { MetaDictionary } from '../../dictionary/meta/meta.ts'
import { type Finding, refuseErrors } from '../../lib/fault.ts'
import type { Context } from '../context.ts'
import type { Questioning } from '../snapshot-sessions.ts'
import { lookAtRows } from './look-at-rows.ts'
import { type Extent, TableLook } from './table-look.ts'
import { verifyMeta } from './verify-meta.ts'

/** Looks for what a meta-dictionary names in the values of all columns that names and types left open. */
export async function scanRows(
  context: Context,
  questioning: Questioning,
  catalog: Catalog,
  meta: MetaDictionary,
  tables: readonly DecidedTable[],
  extent: Extent,
): Promise<{ readonly looks: readonly TableLook[]; readonly warnings: readonly Finding[] }> {
  const conditions = new RuleIndex(meta.conditions)
  const looks: TableLook[] = []
  for (const table of tables) {
    const columns = table.columns.flatMap(({ column, decision }) =>
      decision.kind === 'open' && decision.byMeta ? [column] : [],
    )
    if (columns.length === 0 || table.leaves.length === 0) continue
    const leaves: LeafRows[] = []
    for (const { relation, lineage } of table.leaves) {
      const written = conditions.winner(lineage)?.condition
      const condition = written && (await readCondition(written))
      if (condition) refuseErrors(foreignCodeOfCondition(catalog, relation, condition))
      leaves.push({ relation, condition })
    }
    const source = { relation: table.relation, leaves }
    looks.push(new TableLook(table, columns, source, await functionsOf(meta, columns, source)))
  }
  const tests = metaTests(meta, questioning.server)
  const verified = await verifyMeta(context, questioning.snapshot, looks, tests)
  await lookAtRows(context, questioning, looks, verified.tests, extent)
  return { looks, warnings: verified.warnings }
}

function foreignCodeOfCondition(
  catalog: Catalog,
  relation: Relation,
  { tree, source }: Condition,
): Finding[] {
  const what = foreignCodeIn(catalog, relation, tree)
  return what === undefined
    ? []
    : [foreignCodeFinding(what, { ...source.place, relation: relationName(relation) })]
}

/** The functions that a meta-dictionary has for the type of each column, or for any type. */
async function functionsOf(
  meta: MetaDictionary,
  columns: readonly Column[],
  source: RowsSource,
): Promise<FunctionQuestion[]> {
  const questions: FunctionQuestion[] = []
  for (const column of columns) {
    // A function takes an array whole, or not at all.
    const declared = column.isArray ? { ...column, valueType: column.type } : column
    for (const asked of findByType(meta.functions, declared, 'anyelement')?.value ?? [])
      questions.push(await functionQuestion(asked, source, column))
  }
  return questions
}
