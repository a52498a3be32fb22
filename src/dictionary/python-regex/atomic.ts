import { UntranslatableRegex } from './refusals.ts'
import {
  type Atomic,
  alternation,
  contains,
  EMPTY,
  look,
  type Regex,
  type Repeat,
  sequence,
  withChildren,
} from './tree.ts'
import { isNullable, widthOf } from './width.ts'

/** The ways through one atomic group that are written out one by one; a pattern with more is not worth its length. */
const MAX_WAYS = 64

/**
 * Writes atomic groups and possessive quantifiers with lookaheads, for a language that has none. Of all the ways
 * through its body an atomic group takes the first that succeeds, so way B after way A is `(?!A)B`, and a run that is
 * as long as it can be is one that nothing of its kind follows. What cannot be had like that is refused.
 */
export function withoutAtomics(node: Regex): Regex {
  if (node.kind === 'atomic') return new FirstWay(node).through([node.body])
  if (node.kind === 'repeat' && node.mode === 'possessive') {
    return new FirstWay(node).through([{ ...node, mode: 'greedy' }])
  }
  return withChildren(node, withoutAtomics)
}

class FirstWay {
  readonly #of: Atomic | Repeat
  #ways = 0

  constructor(of: Atomic | Repeat) {
    this.#of = of
    if (contains(of, (node) => node.kind === 'group' || node.kind === 'reference')) this.#refuse()
  }

  /** What matches as the first way through these items does that succeeds, and as no other. */
  through(items: readonly Regex[]): Regex {
    const [first, ...rest] = items
    if (!first) return EMPTY
    if (hasOneEnd(first)) return sequence([withoutAtomics(first), this.through(rest)])
    if (++this.#ways > MAX_WAYS) this.#refuse()
    switch (first.kind) {
      case 'sequence':
        return this.through([...first.items, ...rest])
      case 'alternation':
        return this.#firstOf(first.branches.map((branch) => [branch, ...rest]))
      case 'repeat':
        return this.#repetition(first, rest)
      default:
        return this.#refuse()
    }
  }

  #repetition(repeat: Repeat, rest: readonly Regex[]): Regex {
    const { body, min, max, mode } = repeat
    const times = (least: number, most: number): Repeat => ({
      ...repeat,
      mode: 'greedy',
      min: least,
      max: most,
    })
    // Rounds of which each has one end lie within each other, so that a longer run is one that goes on from here.
    if (!hasOneEnd(body) || isNullable(body)) return this.#refuse()
    if (rest.length === 0 && (mode === 'lazy' || min === max)) return withoutAtomics(times(min, min))
    if (max === Number.POSITIVE_INFINITY) {
      if (mode === 'lazy') return this.#refuse()
      const longer = look('ahead', true, withoutAtomics(sequence([times(1, max), ...rest])))
      return sequence([withoutAtomics(times(min, max)), longer, this.through(rest)])
    }
    if (rest.length === 0) {
      const shorter = sequence([
        withoutAtomics(times(min, max - 1)),
        look('ahead', true, withoutAtomics(body)),
      ])
      return alternation([withoutAtomics(times(max, max)), shorter])
    }
    if (max - min > MAX_WAYS) return this.#refuse()
    const counts = Array.from({ length: max - min + 1 }, (_, index) => min + index)
    if (mode === 'greedy') counts.reverse()
    return this.#firstOf(counts.map((count) => [times(count, count), ...rest]))
  }

  #firstOf(ways: readonly (readonly Regex[])[]): Regex {
    return alternation(
      ways.map((way, index) => {
        const earlier = ways.slice(0, index).map((items) => withoutAtomics(sequence(items)))
        return sequence([...earlier.map((body) => look('ahead', true, body)), this.through(way)])
      }),
    )
  }

  #refuse(): never {
    const construct = this.#of.kind === 'atomic' ? 'an atomic group (?>…)' : 'a possessive quantifier'
    throw new UntranslatableRegex(`${construct} of this kind`, this.#of.at, 'PostgreSQL')
  }
}

/** Whether all ways through the node, from one place, end at the same place. */
function hasOneEnd(node: Regex): boolean {
  if (node.kind === 'atomic' || (node.kind === 'repeat' && node.mode === 'possessive')) return true
  if (node.kind === 'sequence') return node.items.every(hasOneEnd)
  if (node.kind === 'repeat' && node.min === node.max) return hasOneEnd(node.body)
  const { min, max } = widthOf(node)
  return min === max
}
