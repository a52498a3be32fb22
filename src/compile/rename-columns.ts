import type { Relation } from '../catalog/model.ts'
import { type Expression, parsedText, withParsedText } from './expression.ts'
import { indexesByByte, scanSql, type Token } from './parser/parser.ts'
import { isRecord, names, type TreeFields, walkTree } from './parser/tree.ts'

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
  let text = parsedText(expression)
  const tokens = await scanSql(text)
  const indexes = indexesByByte(text)
  for (const { column, parts, byte } of references.toSorted((left, right) => right.byte - left.byte)) {
    const start = indexes[byte] ?? 0
    const renamed = renames.get(column)
    const end = endOfName(tokens, start, parts)
    if (renamed === undefined || end === undefined) return undefined
    text = text.slice(0, start) + renamed + text.slice(end)
  }
  return withParsedText(expression, text)
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

interface ColumnReference {
  readonly column: string
  /** How many names it is written with. */
  readonly parts: number
  /** Of the parsed text, at which it begins. */
  readonly byte: number
}

function columnReferences(expression: Expression, relation: Relation): ColumnReference[] | undefined {
  const references: ColumnReference[] = []
  let plain = true
  walkTree(expression.tree, (type, fields) => {
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
  return { column, parts: written.length, byte: typeof fields.location === 'number' ? fields.location : 0 }
}

function withoutTable(written: readonly string[], { schema, name }: Relation): readonly string[] {
  if (written.length === 2 && written[0] === name) return written.slice(1)
  if (written.length === 3 && written[0] === schema && written[1] === name) return written.slice(2)
  return written
}

/** Where a name of so many parts ends: identifiers with dots between them. */
function endOfName(tokens: readonly Token[], start: number, parts: number): number | undefined {
  const first = tokens.findIndex((token) => token.start === start)
  return first === -1 ? undefined : tokens[first + 2 * (parts - 1)]?.end
}
