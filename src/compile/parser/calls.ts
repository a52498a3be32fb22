import type { Token } from './parser.ts'
import type { TreeFields } from './tree.ts'

const PLAIN_FIELDS: ReadonlySet<string> = new Set(['funcname', 'args', 'funcformat', 'location'])

/** Whether a FuncCall is a name and arguments in parentheses: no aggregate's clauses, no syntax of SQL's own. */
export function isPlainCall(fields: TreeFields): boolean {
  return (
    fields.funcformat === 'COERCE_EXPLICIT_CALL' && Object.keys(fields).every((key) => PLAIN_FIELDS.has(key))
  )
}

/** Where the closing parenthesis of the call stands whose name begins at an index. */
export function endOfCall(tokens: readonly Token[], start: number): number {
  let depth = 0
  for (const token of tokens.filter((candidate) => candidate.start >= start)) {
    if (token.name === 'ASCII_40') depth++
    if (token.name === 'ASCII_41' && --depth === 0) return token.start
  }
  throw new Error('a call that parses has a closing parenthesis')
}
