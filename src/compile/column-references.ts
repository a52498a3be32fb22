import type { Relation } from '../catalog/model.ts'
import type { Expression } from './expression.ts'
import { locationOf, names, type TreeFields, walkTree } from './parser/tree.ts'

/** A column of a rule's own table, as the rule names it. */
export interface ColumnReference {
  readonly column: string
  /** How many names it is written with. */
  readonly parts: number
  /** Of the parsed text, at which it begins. */
  readonly byte: number
}

/** The columns that a rule names; undefined where it speaks of anything else: the whole row, a sub-select. */
export function columnReferences(
  { tree }: Pick<Expression, 'tree'>,
  relation: Relation,
): ColumnReference[] | undefined {
  const references: ColumnReference[] = []
  let plain = true
  walkTree(tree, (type, fields) => {
    if (type === 'SubLink' || type === 'A_Star') plain = false
    if (type !== 'ColumnRef') return
    const reference = columnReference(fields, relation)
    if (reference) references.push(reference)
    else plain = false
  })
  return plain ? references : undefined
}

function columnReference(fields: TreeFields, relation: Relation): ColumnReference | undefined {
  const written = names(fields.fields)
  const [column, ...more] = withoutTable(written, relation)
  if (column === undefined || more.length > 0) return undefined
  return { column, parts: written.length, byte: locationOf(fields) }
}

/** The names of a column without those of its table. */
export function withoutTable(
  written: readonly string[],
  { schema, name }: Pick<Relation, 'schema' | 'name'>,
): readonly string[] {
  if (written.length === 2 && written[0] === name) return written.slice(1)
  if (written.length === 3 && written[0] === schema && written[1] === name) return written.slice(2)
  return written
}
