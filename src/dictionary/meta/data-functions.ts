import type { Node } from '../literal/node.ts'
import type { Shape, SqlText } from '../shape.ts'

/** A function of the user's that tells whether a column is sensitive. */
export interface DataFunction {
  /** Called once a column with its schema, table, name and type, or once a value with schema, table and name. */
  readonly asks: 'column' | 'value'
  /** The name of the function, with its schema or without. */
  readonly name: SqlText
  /** How many values must be hits. */
  readonly hits: number
  /** The anonymization of what it finds, `%s` standing for the column; undefined leaves it to the type. */
  readonly anonymization: SqlText | undefined
}

const KEYS = ['scan_func_per_field', 'scan_func', 'n_count', 'anon_func'] as const

/** Reads what `data_func` has for a type: one function, or a list of them. */
export function readDataFunctions(shape: Shape, node: Node): DataFunction[] {
  if (node.kind === 'list') return node.items.map((item) => readDataFunction(shape, item))
  return [readDataFunction(shape, node)]
}

function readDataFunction(shape: Shape, node: Node): DataFunction {
  const what = 'An entry of "data_func"'
  const nodes = shape.keyed(node, what, KEYS)
  const { scan_func_per_field: ofColumn, scan_func: ofValue, anon_func: anonymization } = nodes
  const name = ofColumn ?? ofValue
  if (!name || (ofColumn && ofValue)) {
    return shape.refuse(node, `${what} needs "scan_func" or "scan_func_per_field", one of them.`)
  }
  return {
    asks: ofColumn ? 'column' : 'value',
    name: shape.sql(name, 'The name of a function'),
    hits: readHits(shape, nodes.n_count),
    anonymization: anonymization && shape.sql(anonymization, '"anon_func"'),
  }
}

function readHits(shape: Shape, node: Node | undefined): number {
  if (!node) return 1
  const value = node.kind === 'number' ? node.value : node.kind === 'text' ? Number(node.value) : Number.NaN
  if (!Number.isSafeInteger(value) || value < 1) {
    return shape.refuse(node, '"n_count" must be a whole number from 1.')
  }
  return value
}
