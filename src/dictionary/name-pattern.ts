import { readPythonRegex, toJavaScript } from './python-regex/python-regex.ts'

/** How a dictionary names a schema or a table: by its exact name, or by a mask that many names can match. */
export type NamePattern = ExactName | NameMask

export interface ExactName {
  readonly kind: 'exact'
  readonly name: string
}

export interface NameMask {
  readonly kind: 'mask'
  /** As written; `*` alone matches every name. */
  readonly mask: string
  readonly expression: RegExp
}

export function exactName(name: string): ExactName {
  return { kind: 'exact', name }
}

/** A mask as a pattern. Throws PythonRegexError where it is no regular expression, UntranslatableRegex where we lack it. */
export function nameMask(mask: string): NameMask {
  return { kind: 'mask', mask, expression: mask === '*' ? /^/ : toJavaScript(readPythonRegex(mask)) }
}

/** A mask is searched anywhere in the name, as Python's `re.search` does. */
export function matchesName(pattern: NamePattern, name: string): boolean {
  return pattern.kind === 'exact' ? pattern.name === name : pattern.expression.test(name)
}

export function describeName(pattern: NamePattern): string {
  return pattern.kind === 'exact' ? pattern.name : `/${pattern.mask}/`
}
