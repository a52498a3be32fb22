import { withoutAtomics } from './atomic.ts'
import { withoutBoundaries } from './boundaries.ts'
import { type CharSet, covers, intersects, LAST_CODE_POINT } from './char-set.ts'
import { printSet, type SetSyntax } from './print-set.ts'
import { settleReferences } from './references.ts'
import { UntranslatableRegex } from './refusals.ts'
import { type Anchor, contains, type Look, type Regex, type Repeat } from './tree.ts'
import { widthOf } from './width.ts'

/** An advanced regular expression of PostgreSQL, for `value ~ pattern`. */
export interface PostgresRegex {
  /** ASCII only. It spells out its classes, so it means the same under every collation and takes no options. */
  readonly pattern: string
  /**
   * Which encodings of the database it is right in: `any`, or `unicode` (UTF8, LATIN1) where it tells characters beyond
   * ASCII apart, since PostgreSQL compares code points in the encoding of the database.
   */
  readonly encoding: 'any' | 'unicode'
}

/** RE_DUP_MAX, the bound of PostgreSQL's bounds. */
const MAX_BOUND = 255

/** Beyond this a repetition is larger than PostgreSQL's limit on a compiled expression in any case. */
const MAX_COUNT = MAX_BOUND * MAX_BOUND

/** Characters; PostgreSQL finds 100,000 of them too complex where they are no ranges. */
const MAX_LENGTH = 1_000_000

/**
 * The pattern in PostgreSQL's language: `value ~ pattern` is true exactly where Python's `re.search` finds something
 * (https://www.postgresql.org/docs/current/functions-matching.html). Throws UntranslatableRegex. PostgreSQL may still
 * refuse a pattern as too complex.
 */
export function printPostgres(tree: Regex): PostgresRegex {
  const settled = settleReferences(tree, 'PostgreSQL')
  const printer = new PostgresPrinter()
  const pattern = printer.print(withoutAtomics(withoutBoundaries(settled)), 'last')
  return { pattern, encoding: printer.encoding }
}

/** Whether anything of the pattern can follow: where nothing does, `$` may take the newline before the end. */
type Position = 'last' | 'followed'

class PostgresPrinter {
  encoding: PostgresRegex['encoding'] = 'any'
  /** Numbers of the groups as printed, by their number in Python. */
  readonly #numbers = new Map<number, number>()

  print(node: Regex, position: Position): string {
    switch (node.kind) {
      case 'characters':
        return this.#set(node.set)
      case 'anchor':
        return printAnchor(node.place, position)
      case 'sequence':
        return node.items
          .map((item, index) => this.#item(item, index === node.items.length - 1 ? position : 'followed'))
          .join('')
      case 'alternation':
        return node.branches.map((branch) => this.print(branch, position)).join('|')
      case 'group':
        this.#numbers.set(node.number, this.#numbers.size + 1)
        return `(${this.print(node.body, position)})`
      case 'repeat':
        return this.#repeat(node)
      case 'look':
        return this.#look(node)
      case 'reference':
        // In a group of its own, lest a digit that follows be taken for one of its own.
        return `(?:\\${this.#numbers.get(node.group)})`
      default:
        throw new Error(`a ${node.kind} reached the printer, which others write out`)
    }
  }

  #item(node: Regex, position: Position): string {
    const text = this.print(node, position)
    return node.kind === 'alternation' || (node.kind === 'anchor' && text.includes('|'))
      ? `(?:${text})`
      : text
  }

  #look({ direction, negated, body }: Look): string {
    const text = this.print(body, direction === 'ahead' ? 'last' : 'followed')
    return `(?${direction === 'ahead' ? '' : '<'}${negated ? '!' : '='}${text})`
  }

  /** Greedy, whatever it was: what is preferred does not change whether there is a match. */
  #repeat({ body, min, max, at }: Repeat): string {
    const isCaptured = contains(body, (node) => node.kind === 'group')
    const text = this.#atom(body)
    // A constraint is no operand of a quantifier, and the second of two has nothing to add.
    if (widthOf(body).max === 0 && !isCaptured) return min === 0 ? '' : text
    const largest = max === Number.POSITIVE_INFINITY ? min : max
    const refuse = (construct: string): never => {
      throw new UntranslatableRegex(construct, at, 'PostgreSQL')
    }
    if (largest > MAX_COUNT) refuse(`a repetition of more than ${MAX_COUNT}`)
    if (largest > MAX_BOUND && isCaptured)
      refuse(`a back-reference into a repetition of more than ${MAX_BOUND}`)
    const quantifiers = boundsOf(min, max)
    if (quantifiers.length * text.length > MAX_LENGTH) refuse('a repetition that is too long to write out')
    return quantifiers.map((quantifier) => text + quantifier).join('')
  }

  #atom(node: Regex): string {
    const text = this.print(node, 'followed')
    const isAtom = node.kind === 'group' || (node.kind === 'characters' && node.set.length > 0)
    return isAtom ? text : `(?:${text})`
  }

  #set(set: CharSet): string {
    if (intersects(set, BEYOND_ASCII) && !covers(set, BEYOND_ASCII)) this.encoding = 'unicode'
    return printSet(set, SETS)
  }
}

const BEYOND_ASCII: CharSet = [[0x80, LAST_CODE_POINT]]

const SETS: SetSyntax = {
  any: '.',
  none: '(?!)',
  codePoint: (point) =>
    point > 0xffff
      ? `\\U${point.toString(16).toUpperCase().padStart(8, '0')}`
      : `\\u${point.toString(16).toUpperCase().padStart(4, '0')}`,
}

function printAnchor(place: Anchor['place'], position: Position): string {
  switch (place) {
    case 'start':
      return '^'
    case 'end':
      return '$'
    case 'beforeLastNewline':
      return position === 'last' ? '\\n?$' : '(?=\\n?$)'
    case 'lineStart':
      return '^|(?<=\\n)'
    case 'lineEnd':
      return '$|(?=\\n)'
  }
}

/** The quantifiers, one behind the other, that make `{min,max}` of bounds that PostgreSQL takes. */
function boundsOf(min: number, max: number): string[] {
  if (max === Number.POSITIVE_INFINITY)
    return [...fixedBounds(min - (min % MAX_BOUND)), atLeast(min % MAX_BOUND)]
  const optional = max - min
  const whole = Array.from({ length: Math.floor(optional / MAX_BOUND) }, () => `{0,${MAX_BOUND}}`)
  const rest = optional % MAX_BOUND
  if (min <= MAX_BOUND && max <= MAX_BOUND) return [between(min, max)]
  return [...fixedBounds(min), ...whole, ...(rest > 0 ? [between(0, rest)] : [])]
}

function fixedBounds(count: number): string[] {
  const whole = Array.from({ length: Math.floor(count / MAX_BOUND) }, () => `{${MAX_BOUND}}`)
  const rest = count % MAX_BOUND
  return rest > 0 ? [...whole, between(rest, rest)] : whole
}

function atLeast(min: number): string {
  if (min === 0) return '*'
  return min === 1 ? '+' : `{${min},}`
}

function between(min: number, max: number): string {
  if (min === 0 && max === 1) return '?'
  if (min === 1 && max === 1) return ''
  return min === max ? `{${min}}` : `{${min},${max}}`
}
