import type { CharSet } from './char-set.ts'

/**
 * A pattern with its flags worked in: what IGNORECASE, DOTALL, ASCII and VERBOSE change stands in the sets, and what
 * MULTILINE changes in the anchors. `at` is the index in the pattern, for those that a printer may have to refuse.
 */
export type Regex =
  | Characters
  | Anchor
  | Boundary
  | Sequence
  | Alternation
  | Group
  | Atomic
  | Repeat
  | Look
  | Reference
  | Conditional

/** One character out of a set. */
export interface Characters {
  readonly kind: 'characters'
  readonly set: CharSet
}

/** `beforeLastNewline` is `$` without MULTILINE: the end, or before a newline that ends the text. */
export interface Anchor {
  readonly kind: 'anchor'
  readonly place: 'start' | 'end' | 'beforeLastNewline' | 'lineStart' | 'lineEnd'
}

/** `\b` or, negated, `\B`. Neither matches in the empty text. */
export interface Boundary {
  readonly kind: 'boundary'
  readonly negated: boolean
  readonly word: CharSet
}

export interface Sequence {
  readonly kind: 'sequence'
  readonly items: readonly Regex[]
}

export interface Alternation {
  readonly kind: 'alternation'
  readonly branches: readonly Regex[]
}

/** A capturing group. */
export interface Group {
  readonly kind: 'group'
  readonly number: number
  readonly body: Regex
  readonly at: number
}

export interface Atomic {
  readonly kind: 'atomic'
  readonly body: Regex
  readonly at: number
}

export interface Repeat {
  readonly kind: 'repeat'
  readonly body: Regex
  readonly min: number
  /** May be Infinity. */
  readonly max: number
  readonly mode: 'greedy' | 'lazy' | 'possessive'
  readonly at: number
}

export interface Look {
  readonly kind: 'look'
  readonly direction: 'ahead' | 'behind'
  readonly negated: boolean
  readonly body: Regex
}

/** A back-reference. It fails where its group has not taken part. */
export interface Reference {
  readonly kind: 'reference'
  readonly group: number
  /** That of its group. */
  readonly width: Width
  readonly ignoreCase: boolean
  readonly at: number
}

/** How many characters a pattern can match: at least `min`, at most `max`, which may be Infinity. */
export interface Width {
  readonly min: number
  readonly max: number
}

export interface Conditional {
  readonly kind: 'conditional'
  readonly group: number
  readonly yes: Regex
  readonly no: Regex
  readonly at: number
}

export const EMPTY: Sequence = { kind: 'sequence', items: [] }

export function sequence(items: readonly Regex[]): Regex {
  const flat = items.flatMap((item) => (item.kind === 'sequence' ? item.items : [item]))
  return flat.length === 1 ? flat[0]! : { kind: 'sequence', items: flat }
}

export function alternation(branches: readonly Regex[]): Regex {
  return branches.length === 1 ? branches[0]! : { kind: 'alternation', branches }
}

export function characters(set: CharSet): Characters {
  return { kind: 'characters', set }
}

export function look(direction: Look['direction'], negated: boolean, body: Regex): Look {
  return { kind: 'look', direction, negated, body }
}

export function childrenOf(node: Regex): readonly Regex[] {
  switch (node.kind) {
    case 'sequence':
      return node.items
    case 'alternation':
      return node.branches
    case 'conditional':
      return [node.yes, node.no]
    case 'group':
    case 'atomic':
    case 'repeat':
    case 'look':
      return [node.body]
    default:
      return []
  }
}

/** Whether the predicate holds for the node or for anything in it. */
export function contains(node: Regex, predicate: (node: Regex) => boolean): boolean {
  return predicate(node) || childrenOf(node).some((child) => contains(child, predicate))
}

/** The node with each of its children as `change` gives it. */
export function withChildren(node: Regex, change: (child: Regex) => Regex): Regex {
  switch (node.kind) {
    case 'sequence':
      return sequence(node.items.map(change))
    case 'alternation':
      return alternation(node.branches.map(change))
    case 'conditional':
      return { ...node, yes: change(node.yes), no: change(node.no) }
    case 'group':
    case 'atomic':
    case 'repeat':
    case 'look':
      return { ...node, body: change(node.body) }
    default:
      return node
  }
}
