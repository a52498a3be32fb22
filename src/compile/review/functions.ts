import type { Expression } from '../expression.ts'
import { names, walkTree } from '../parser/tree.ts'

/** What the database says of the functions that rules call. */
export class Functions {
  readonly #volatile: ReadonlySet<string>

  /** Names of volatile functions: `schema.name`, and `name` where it is on the search_path. */
  constructor(volatile: readonly string[]) {
    this.#volatile = new Set(volatile)
  }

  /** Whether a rule may give another value each time, for the same row. */
  mayVary({ tree }: Pick<Expression, 'tree'>): boolean {
    let varies = false
    walkTree(tree, (type, fields) => {
      if (type === 'FuncCall' && this.#volatile.has(names(fields.funcname).join('.'))) varies = true
    })
    return varies
  }
}
