import type { Relation } from '../catalog/model.ts'
import { columnReferences, withoutTable } from './column-references.ts'
import type { Expression } from './expression.ts'
import { isRecord, names } from './parser/tree.ts'
import { RuleText } from './rule-text.ts'

/**
 * A rule of one table as a rule of another: every column that it names becomes the column that `renames` gives for it
 * (names in, quoted SQL out). Undefined where the rule speaks of anything else: another column, the whole row, a
 * sub-select.
 */
export async function renameColumns(
  expression: Expression,
  from: Relation,
  renames: ReadonlyMap<string, string>,
): Promise<Expression | undefined> {
  const references = columnReferences(expression, from)
  if (!references) return undefined
  const text = await RuleText.of(expression)
  for (const { column, parts, byte } of references) {
    const renamed = renames.get(column)
    const range = text.nameAt(byte, parts)
    if (renamed === undefined || range === undefined) return undefined
    text.replace(range, renamed)
  }
  return text.expression()
}

/** Whether two rules do the same, each in its own table; a table's name before its columns makes no difference. */
export function sameRule(
  left: { readonly expression: Expression; readonly relation: Relation },
  right: { readonly expression: Expression; readonly relation: Relation },
): boolean {
  return shapeOf(left.expression, left.relation) === shapeOf(right.expression, right.relation)
}

function shapeOf(expression: Expression, relation: Relation): string {
  return JSON.stringify([expression.asIs, expression.tree], (key, value: unknown) => {
    if (key === 'location') return undefined
    if (key === 'ColumnRef' && isRecord(value)) return withoutTable(names(value.fields), relation)
    return value
  })
}
