import type { Expression } from './expression.ts'
import { isPlainCall } from './parser/calls.ts'
import { isRecord, names, type TreeFields, walkTree } from './parser/tree.ts'
import { maskedColumns, type TablePlan } from './plan/plan.ts'

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

/** The calls of a table's rules that are worth sharing; none where a rule speaks of anything but the columns of its row. */
export function callsOf(table: TablePlan): Call[] {
  const { relation, rows, runsForeignCode } = table
  const ownRows = rows.kind === 'all' || (rows.kind === 'filtered' && 'sql' in rows.condition)
  const masks = maskedColumns(table)
  if (!ownRows || runsForeignCode || masks.length === 0) return []
  const columns = new Set(relation.columns.map(({ name }) => name))
  if (!masks.every(({ expression }) => speaksOf(expression, columns))) return []
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

function speaksOf({ tree }: Expression, columns: ReadonlySet<string>): boolean {
  let only = true
  walkTree(tree, (type, fields) => {
    if (type === 'SubLink') only = false
    if (type !== 'ColumnRef') return
    const [name = '', ...more] = names(fields.fields)
    if (more.length > 0 || !columns.has(name)) only = false
  })
  return only
}

function isWorthIt(call: TreeFields): boolean {
  let [costs, plain, ofRow] = [false, true, false]
  walkTree({ FuncCall: call }, (type, fields) => {
    if (type === 'ColumnRef') ofRow = true
    // What comes from a sub-select has its collation no longer by an explicit word.
    if (type === 'CollateClause') plain = false
    if (type !== 'FuncCall') return
    plain &&= isPlainCall(fields)
    const [first = '', second] = names(fields.funcname)
    costs ||= second === undefined || first === 'pg_catalog' ? HASHES.has(second ?? first) : true
  })
  return costs && plain && ofRow
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
      const isNode = /^[A-Z]/.test(key) && isRecord(inner)
      if (isNode && key === 'FuncCall') visit(inner, certain)
      collect(inner, certain && (!isNode || computesAll(key, inner)), visit)
    }
  }
}

/** Whether a node computes all that stands in it. A function in SQL, as those of the library are, may not. */
function computesAll(type: string, fields: TreeFields): boolean {
  switch (type) {
    case 'FuncCall': {
      const [first, second] = names(fields.funcname)
      return second === undefined || first === 'pg_catalog'
    }
    case 'A_Expr':
      return fields.kind === 'AEXPR_OP'
    default:
      return type === 'TypeCast' || type === 'NamedArgExpr'
  }
}

function shapeOf(call: TreeFields): string {
  return JSON.stringify(call, (key, value: unknown) => (key === 'location' ? undefined : value))
}
