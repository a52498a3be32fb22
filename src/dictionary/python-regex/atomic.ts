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

/** How many ways are written out in one pattern; one with more is not worth its length. */
const MAX_WAYS = 256

/**
 * Writes atomic groups and possessive quantifiers with lookaheads, for a language that has none. Of all the ways
 * through its body an atomic group takes the first that succeeds, so way B after way A is `(?!A)B`, and a run that is
 * as long as it can be is one that nothing of its kind follows. What cannot be had like that is refused.
 */
export function withoutAtomics(tree: Regex): Regex {
  const budget = { ways: MAX_WAYS }
  const write = (node: Regex): Regex => {
    if (node.kind === 'atomic') return new FirstWay(node, write, budget).through([node.body])
    if (node.kind === 'repeat' && node.mode === 'possessive') {
      return new FirstWay(node, write, budget).through([{ ...node, mode: 'greedy' }])
    }
    return withChildren(node, write)
  }
  return write(tree)
}

class FirstWay {
  readonly #of: Atomic | Repeat
  /** Writes a part in which every way is as good as the first. */
  readonly #write: (node: Regex) => Regex
  readonly #budget: { ways: number }

  constructor(of: Atomic | Repeat, write: (node: Regex) => Regex, budget: { ways: number }) {
    this.#of = of
    this.#write = write
    this.#budget = budget
    if (contains(of, (node) => node.kind === 'group' || node.kind === 'reference')) this.#refuse()
  }

  /** What matches as the first way through these items does that succeeds, and as no other. */
  through(items: readonly Regex[]): Regex {
    const [first, ...rest] = items
    if (!first) return EMPTY
    if (--this.#budget.ways < 0) this.#refuse()
    if (hasOneEnd(first)) return sequence([this.#write(first), this.through(rest)])
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
    const times = (least: number, most: number): Regex =>
      most === 0 ? EMPTY : { ...repeat, mode: 'greedy', min: least, max: most }
    // Rounds of which each has one end lie within each other, so that a longer run is one that goes on from here.
    if (!hasOneEnd(body) || isNullable(body)) return this.#refuse()
    if (rest.length === 0 && (mode === 'lazy' || min === max)) return this.#write(times(min, min))
    if (max === Number.POSITIVE_INFINITY) {
      if (mode === 'lazy') return this.#refuse()
      const longer = look('ahead', true, this.#write(sequence([times(1, max), ...rest])))
      return sequence([this.#write(times(min, max)), longer, this.through(rest)])
    }
    if (rest.length === 0) {
      const shorter = sequence([this.#write(times(min, max - 1)), look('ahead', true, this.#write(body))])
      return alternation([this.#write(times(max, max)), shorter])
    }
    if (max - min > MAX_WAYS) return this.#refuse()
    const counts = Array.from({ length: max - min + 1 }, (_, index) => min + index)
    if (mode === 'greedy') counts.reverse()
    return this.#firstOf(counts.map((count) => [times(count, count), ...rest]))
  }

  #firstOf(ways: readonly (readonly Regex[])[]): Regex {
    return alternation(
      ways.map((way, index) => {
        const earlier = ways.slice(0, index).map((items) => this.#write(sequence(items)))
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
