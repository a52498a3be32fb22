import { ANY_CHARACTER, type CharSet, covers, intersects, union } from './char-set.ts'
import { alternation, type Boundary, characters, look, type Regex, sequence, withChildren } from './tree.ts'

/**
 * Writes `\b` and `\B` as lookarounds, since both languages have another idea of a word. Where the character before or
 * behind is known to be one of a word, or none, one lookaround is enough for the four that it takes otherwise: each
 * spells out `\w`, which is 11 kB of ranges.
 */
export function withoutBoundaries(node: Regex): Regex {
  if (node.kind === 'boundary') return spellOut(node, undefined, undefined)
  if (node.kind !== 'sequence') return withChildren(node, withoutBoundaries)
  return sequence(
    node.items.map((item, index) =>
      item.kind === 'boundary'
        ? spellOut(item, edgeOf(node.items[index - 1], 'last'), edgeOf(node.items[index + 1], 'first'))
        : withoutBoundaries(item),
    ),
  )
}

function spellOut(
  { negated, word }: Boundary,
  before: CharSet | undefined,
  after: CharSet | undefined,
): Regex {
  const behind = (isWord: boolean) => look('behind', !isWord, characters(word))
  const ahead = (isWord: boolean) => look('ahead', !isWord, characters(word))
  const isWordAfter = after && isOfWord(after, word)
  if (isWordAfter !== undefined) return behind(isWordAfter === negated)
  const isWordBefore = before && isOfWord(before, word)
  if (isWordBefore !== undefined) return ahead(isWordBefore === negated)
  if (!negated) {
    return alternation([sequence([behind(true), ahead(false)]), sequence([behind(false), ahead(true)])])
  }
  const any = characters(ANY_CHARACTER)
  const textIsNotEmpty = alternation([look('ahead', false, any), look('behind', false, any)])
  return alternation([
    sequence([behind(true), ahead(true)]),
    sequence([behind(false), ahead(false), textIsNotEmpty]),
  ])
}

/** Whether all characters of the set are of a word (true), none is (false), or it cannot be said. */
function isOfWord(set: CharSet, word: CharSet): boolean | undefined {
  if (covers(word, set)) return true
  return intersects(word, set) ? undefined : false
}

/** The characters that whatever the node matches begins (or ends) with; undefined where it may match nothing. */
function edgeOf(node: Regex | undefined, side: 'first' | 'last'): CharSet | undefined {
  switch (node?.kind) {
    case 'characters':
      return node.set
    case 'sequence':
      return edgeOf(node.items.at(side === 'first' ? 0 : -1), side)
    case 'alternation': {
      const edges = node.branches.map((branch) => edgeOf(branch, side))
      return edges.every((edge) => edge !== undefined) ? union(...edges) : undefined
    }
    case 'group':
    case 'atomic':
      return edgeOf(node.body, side)
    case 'repeat':
      return node.min > 0 ? edgeOf(node.body, side) : undefined
    default:
      return undefined
  }
}
