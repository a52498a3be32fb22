import { printJavaScript } from './javascript.ts'
import { parse } from './parse.ts'
import { type PostgresRegex, printPostgres } from './postgres.ts'
import type { Regex } from './tree.ts'

export type { PostgresRegex } from './postgres.ts'
export { PythonRegexError, UntranslatableRegex } from './refusals.ts'

/** A regular expression of Python's `re`, parsed: what `toPostgres` and `toJavaScript` take. */
export interface PythonRegex {
  /** As written. */
  readonly text: string
  readonly tree: Regex
}

/**
 * Reads a `str` pattern as Python 3.11 to 3.13 compile it. `dotAll` is the flag re.DOTALL. Throws PythonRegexError with
 * Python's message and the index in the pattern.
 */
export function readPythonRegex(text: string, { dotAll = false } = {}): PythonRegex {
  const flags = { ignoreCase: false, multiline: false, dotAll, verbose: false, ascii: false }
  return { text, tree: parse(text, flags) }
}

/**
 * The pattern for `value ~ pattern` in PostgreSQL, with the truth value of Python's `re.search`, under any collation
 * (COLLATE "C" is the fastest, and never nondeterministic). Throws UntranslatableRegex, which names the construct.
 */
export function toPostgres(regex: PythonRegex): PostgresRegex {
  return printPostgres(regex.tree)
}

/**
 * A RegExp whose `test` has the truth value of Python's `re.search`. Throws UntranslatableRegex. JavaScriptCore gives up
 * in silence, and says no, where it has gone back some 10^8 times (a second): `(a+)+c|b$` on 28 times a and then b.
 */
export function toJavaScript(regex: PythonRegex): RegExp {
  return printJavaScript(regex.tree)
}
