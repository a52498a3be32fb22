import { type CharRange, type CharSet, complement, isAny, LAST_CODE_POINT } from './char-set.ts'

/** How a language writes sets of characters. */
export interface SetSyntax {
  readonly any: string
  readonly none: string
  /** A character by its number. */
  codePoint(codePoint: number): string
}

/** A set as one atom: a character, a bracket expression, or the language's word for any or none. */
export function printSet(set: CharSet, syntax: SetSyntax): string {
  if (set.length === 0) return syntax.none
  if (isAny(set)) return syntax.any
  if (set.length === 1 && set[0]![0] === set[0]![1]) return printCharacter(set[0]![0], OUTSIDE, syntax)
  const isNegated = set.at(-1)![1] === LAST_CODE_POINT
  const ranges = (isNegated ? complement(set) : set).map((range) => printRange(range, syntax))
  return `[${isNegated ? '^' : ''}${ranges.join('')}]`
}

function printRange([from, to]: CharRange, syntax: SetSyntax): string {
  const [first, last] = [from, to].map((codePoint) => printCharacter(codePoint, INSIDE, syntax))
  if (from === to) return first!
  return to === from + 1 ? `${first}${last}` : `${first}-${last}`
}

/** Characters that mean something outside and inside brackets, in either language. */
const OUTSIDE = '\\^$.*+?()[]{}|/'
const INSIDE = '\\^-[]'

function printCharacter(codePoint: number, special: string, syntax: SetSyntax): string {
  if (codePoint < 0x20 || codePoint > 0x7e) return syntax.codePoint(codePoint)
  const char = String.fromCharCode(codePoint)
  return special.includes(char) ? `\\${char}` : char
}
