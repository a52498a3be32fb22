import { columnReferences } from './column-references.ts'
import { namesNoColumn } from './constants.ts'
import type { Expression } from './expression.ts'
import { isNode, isRecord, names, type TreeFields, walkTree } from './parser/tree.ts'
import { givesOwnRows, maskedColumns, type TablePlan } from './plan/plan.ts'

/**
 * PostgreSQL's own functions that are worth it: a hash takes 0.7 µs, and a value that comes from a sub-select 0.03. What is
 * called by a schema of somebody's is worth it too.
 */
const HASHES: ReadonlySet<string> = new Set(['md5', 'sha224', 'sha256', 'sha384', 'sha512', 'digest', 'hmac'])

/** A call as it stands in a rule. */
export interface Call {
  readonly column: number
  readonly expression: Expression
  readonly fields: TreeFields
  /** The same for calls that are written alike. */
  readonly shape: string
  /** Whatever the values of the row, it is computed. */
  readonly certain: boolean
}

/** Groups of calls that are written alike, the longest first: none of them stands in a later one. */
export function repeated(calls: readonly Call[]): Call[][] {
  return [...Map.groupBy(calls, ({ shape }) => shape).values()]
    .filter(isRepeated)
    .sort(([left], [right]) => (right?.shape.length ?? 0) - (left?.shape.length ?? 0))
}

export function isRepeated(calls: readonly Call[]): boolean {
  return calls.length > 1 && calls.some(({ certain }) => certain)
}

/** The calls of a table's rules that are worth sharing; none where a rule speaks of more than the columns of its row. */
export function callsOf(table: TablePlan): Call[] {
  const masks = maskedColumns(table)
  if (!givesOwnRows(table) || masks.length === 0) return []
  const columns = new Set(table.relation.columns.map(({ name }) => name))
  const speaksOfColumns = masks.every(({ expression }) =>
    columnReferences(expression, table.relation)?.every(
      ({ column, parts }) => parts === 1 && columns.has(column),
    ),
  )
  if (!speaksOfColumns) return []
  return masks.flatMap(({ column, expression }) => {
    const calls: Call[] = []
    collect(expression.tree, true, (fields, certain) => {
      if (isWorthIt(fields)) {
        calls.push({ column: column.number, expression, fields, shape: shapeOf(fields), certain })
      }
    })
    return calls
  })
}

function isWorthIt(call: TreeFields): boolean {
  const tree = { FuncCall: call }
  let [costs, plain] = [false, true]
  walkTree(tree, (type, fields) => {
    // What comes from a sub-select has its collation no longer by an explicit word.
    if (type === 'CollateClause') plain = false
    if (type !== 'FuncCall') return
    plain &&= isPlainCall(fields)
    const name = nameWithoutSchema(fields)
    costs ||= name === undefined || HASHES.has(name)
  })
  return costs && plain && !namesNoColumn({ tree })
}

const PLAIN_FIELDS: ReadonlySet<string> = new Set(['funcname', 'args', 'funcformat', 'location'])

/** Whether a FuncCall is a name and arguments in parentheses: no aggregate's clauses, no syntax of SQL's own. */
function isPlainCall(fields: TreeFields): boolean {
  return (
    fields.funcformat === 'COERCE_EXPLICIT_CALL' && Object.keys(fields).every((key) => PLAIN_FIELDS.has(key))
  )
}

/** The name of a function that is called by no schema, or by PostgreSQL's own; undefined where it is by another. */
function nameWithoutSchema({ funcname }: TreeFields): string | undefined {
  const [first = '', second] = names(funcname)
  if (second === undefined) return first
  return first === 'pg_catalog' ? second : undefined
}

/** Calls `visit` with every FuncCall, and whether it is computed for every row. */
function collect(
  value: unknown,
  certain: boolean,
  visit: (call: TreeFields, certain: boolean) => void,
): void {
  if (Array.isArray(value)) {
    for (const item of value) collect(item, certain, visit)
  } else if (isRecord(value)) {
    for (const [key, inner] of Object.entries(value)) {
      const node = isNode(key, inner)
      if (node && key === 'FuncCall') visit(inner, certain)
      collect(inner, certain && (!node || computesAll(key, inner)), visit)
    }
  }
}

/** Whether a node computes all that stands in it. A function in SQL, as those of the library are, may not. */
function computesAll(type: string, fields: TreeFields): boolean {
  switch (type) {
    case 'FuncCall':
      return nameWithoutSchema(fields) !== undefined
    case 'A_Expr':
      return fields.kind === 'AEXPR_OP'
    default:
      return type === 'TypeCast' || type === 'NamedArgExpr'
  }
}

function shapeOf(call: TreeFields): string {
  return JSON.stringify(call, (key, value: unknown) => (key === 'location' ? undefined : value))
}
