import { NO_CHARACTER } from './char-set.ts'
import { UntranslatableRegex } from './refusals.ts'
import {
  type Conditional,
  characters,
  childrenOf,
  contains,
  EMPTY,
  type Group,
  type Reference,
  type Regex,
  type Repeat,
  withChildren,
} from './tree.ts'
import { isCased } from './unicode.ts'
import { isNullable } from './width.ts'

type Language = 'PostgreSQL' | 'JavaScript'

/**
 * The pattern with only those groups that a back-reference names, and with nothing that matches in the place of a
 * reference whose group cannot have taken part. Refuses a reference that the language would compare with something else
 * than Python does:
 *
 * - Both forget what a group captured when the repetition around it comes round again; Python keeps it. So a group must
 *   stand before its reference in the same round, on every way that leads there.
 * - Python lets a repetition end with an empty round, which sets the group to nothing; the others do not.
 * - JavaScript's reference to a group that took no part matches the empty text; Python's fails.
 * - In PostgreSQL there are more obstacles.
 */
export function settleReferences(tree: Regex, language: Language): Regex {
  const found = collect(tree)
  const [conditional] = found.conditionals
  if (conditional) throw new UntranslatableRegex('a conditional (?(…)…)', conditional.at, language)
  const unset = new Set(
    found.references.filter((reference) => isNeverSet(reference, found, language)).map(({ node }) => node),
  )
  const wanted = new Set(found.references.flatMap(({ node }) => (unset.has(node) ? [] : [node.group])))
  const settle = (node: Regex): Regex => {
    if (node.kind === 'reference' && unset.has(node)) return characters(NO_CHARACTER)
    if (node.kind === 'repeat' && node.max === 0) return EMPTY
    if (node.kind === 'group' && !wanted.has(node.number)) return settle(node.body)
    return withChildren(node, settle)
  }
  return settle(tree)
}

/** Whether the group has never taken part when the reference is reached. Refuses what cannot be translated. */
function isNeverSet({ node: reference, path }: Placed<Reference>, found: Found, language: Language): boolean {
  const group = found.groups.get(reference.group)!
  const refuse = (construct: string): never => {
    throw new UntranslatableRegex(construct, reference.at, language)
  }
  if (reference.ignoreCase && contains(group.node, hasCase)) refuse('a back-reference that ignores case')
  const fork = forkOf(path, group.path)
  const together = path.slice(0, fork + 1)
  const toGroup = group.path.slice(fork + 1)
  const isInLoop = together.some(isLoop)
  const meet = together.at(-1)
  if (toGroup.some((node) => node.kind === 'look' && node.negated)) {
    refuse('a back-reference into a negative lookaround')
  }
  if (toGroup.some((node) => node.kind === 'repeat' && node.min !== node.max && isNullable(node.body))) {
    refuse('a back-reference into a repetition that can match nothing')
  }
  if (toGroup.some((node) => node.kind === 'repeat' && node.max === 0)) return true
  if (meet?.kind === 'alternation' && !isInLoop) return true
  if (meet?.kind !== 'sequence' || !toGroup.every(isOnEveryWay)) {
    refuse('a back-reference to a group that may have taken no part')
  }
  const obstacle = language === 'PostgreSQL' && obstacleInPostgres(group, path, toGroup)
  return obstacle ? refuse(obstacle) : false
}

/**
 * What of a back-reference PostgreSQL does not get right. It tries every place where two parts of a sequence can meet,
 * but each part in one way only: `b(?:.|(a+))\1` finds nothing in baa. Empty matches at the end of the text escape it:
 * `(a|$)\1` finds nothing in ab. PostgreSQL 13 asks the assertions of the group of the reference too.
 */
function obstacleInPostgres(
  group: Placed<Group>,
  path: readonly Regex[],
  toGroup: readonly Regex[],
): string | undefined {
  if ([...group.path, ...path].some((node) => node.kind === 'look')) {
    return 'a back-reference into or inside a lookaround'
  }
  if (toGroup.length > 0) return 'a back-reference to a group that is not a direct part of the sequence'
  if (contains(group.node, isAssertion)) return 'a back-reference to a group with an assertion in it'
  if (isNullable(group.node)) return 'a back-reference to a group that can match nothing'
  if (path.some((node) => isLoop(node) && isNullable(node.body))) {
    return 'a back-reference in a repetition that can match nothing'
  }
  return isNullable(path[0]!) ? 'a back-reference in a pattern that can match nothing' : undefined
}

interface Placed<Kind extends Regex> {
  readonly node: Kind
  /** The nodes that it stands in, from the root down. */
  readonly path: readonly Regex[]
}

interface Found {
  readonly references: Placed<Reference>[]
  readonly groups: Map<number, Placed<Group>>
  readonly conditionals: Conditional[]
}

function collect(tree: Regex): Found {
  const found: Found = { references: [], groups: new Map(), conditionals: [] }
  const visit = (node: Regex, path: readonly Regex[]) => {
    if (node.kind === 'reference') found.references.push({ node, path })
    if (node.kind === 'group') found.groups.set(node.number, { node, path })
    if (node.kind === 'conditional') found.conditionals.push(node)
    for (const child of childrenOf(node)) visit(child, [...path, node])
  }
  visit(tree, [])
  return found
}

/** Index of the last node that two paths have in common. */
function forkOf(left: readonly Regex[], right: readonly Regex[]): number {
  const differing = left.findIndex((node, index) => node !== right[index])
  return (differing === -1 ? left.length : differing) - 1
}

function isLoop(node: Regex): node is Repeat {
  return node.kind === 'repeat' && node.max > 1
}

function isOnEveryWay(node: Regex): boolean {
  return node.kind !== 'alternation' && !(node.kind === 'repeat' && node.min === 0)
}

function isAssertion({ kind }: Regex): boolean {
  return kind === 'anchor' || kind === 'boundary' || kind === 'look'
}

function hasCase(node: Regex): boolean {
  return node.kind === 'reference' || (node.kind === 'characters' && isCased(node.set))
}
