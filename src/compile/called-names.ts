import { LIBRARY_SCHEMA } from '../catalog/model.ts'
import { isRecord, names, walkTree } from './parser/tree.ts'

/** What a piece of SQL calls by a name without a schema, so that search_path decides what is found. */
export interface CalledNames {
  readonly functions: ReadonlySet<string>
  readonly operators: ReadonlySet<string>
  /** Functions of pgveil's library. */
  readonly library: ReadonlySet<string>
}

/** IN, BETWEEN and CASE compare by operators that do not stand in the text. */
const IMPLIED_OPERATORS = ['=', '<>', '<', '<=', '>', '>=']

/** Reads the names off a syntax tree of an expression, a condition or a query. */
export function calledNames(tree: unknown): CalledNames {
  const functions = new Set<string>()
  const library = new Set<string>()
  const operators = new Set<string>()
  walkTree(tree, (type, fields) => {
    if (type === 'FuncCall') {
      const [first = '', second] = names(fields.funcname)
      if (second === undefined) functions.add(first)
      else if (first === LIBRARY_SCHEMA) library.add(second)
    }
    if (type === 'A_Expr' || type === 'SubLink') {
      const [name, more] = names(fields.name ?? fields.operName)
      if (name !== undefined && more === undefined) operators.add(name)
    }
    const implied =
      type === 'A_Expr' ? fields.kind !== 'AEXPR_OP' : type === 'CaseExpr' && isRecord(fields.arg)
    if (implied || type === 'SubLink') for (const name of IMPLIED_OPERATORS) operators.add(name)
  })
  return { functions, operators, library }
}
