import type { Expression } from './expression.ts'
import { isRecord, walkTree } from './parser/tree.ts'

/** Whether a rule is NULL, with or without a cast, for every row. */
export function isNullConstant(expression: Expression): boolean {
  let node: unknown = expression.tree
  while (isRecord(node) && isRecord(node.TypeCast)) node = node.TypeCast.arg
  return isRecord(node) && isRecord(node.A_Const) && node.A_Const.isnull === true
}

/**
 * Whether a rule gives every row the same value as far as its text tells: it names no column and holds no sub-select.
 * Whether a function that it calls gives another value each time is for the caller to know.
 */
export function namesNoColumn({ tree }: Pick<Expression, 'tree'>): boolean {
  let constant = true
  walkTree(tree, (type) => {
    if (type === 'ColumnRef' || type === 'SubLink') constant = false
  })
  return constant
}
