import type { Relation } from '../catalog/model.ts'
import { type Expression, expressionBody, readExpression } from './expression.ts'
import { scanSql, type Token } from './parser/parser.ts'
import { isRecord, names, type TreeFields, walkTree } from './parser/tree.ts'

const SELECT = 'SELECT '

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
  const body = expressionBody(expression.source)
  const tokens = await scanSql(SELECT + body)
  let text = SELECT + body
  for (const { column, parts, start } of references.toSorted((left, right) => right.start - left.start)) {
    const renamed = renames.get(column)
    const end = endOfName(tokens, utf16Index(text, start), parts)
    if (renamed === undefined || end === undefined) return undefined
    text = text.slice(0, utf16Index(text, start)) + renamed + text.slice(end)
  }
  const { source } = expression
  return readExpression({
    text: (expression.asIs ? 'SQL:' : '') + text.slice(SELECT.length),
    place: source.place,
    placeOf: () => source.place,
  })
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
  /** Byte of `SELECT …` at which it begins. */
  readonly start: number
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
  return { column, parts: written.length, start: typeof fields.location === 'number' ? fields.location : 0 }
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

/** The parser counts bytes of UTF-8. */
function utf16Index(text: string, bytes: number): number {
  return new TextDecoder().decode(new TextEncoder().encode(text).subarray(0, bytes)).length
}
