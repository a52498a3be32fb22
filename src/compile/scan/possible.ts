import type { Column } from '../../catalog/model.ts'
import { type CharSet, charactersOf, intersects } from '../../dictionary/python-regex/char-set.ts'
import type { Regex } from '../../dictionary/python-regex/tree.ts'
import { widthOf } from '../../dictionary/python-regex/width.ts'
import type { ValueTest } from './value-tests.ts'

/** What the texts of a type's values are made of. */
interface TextsOfType {
  readonly characters: CharSet
  readonly longest: number
}

const number = (longest: number): TextsOfType => ({ characters: charactersOf('-0123456789'), longest })

const TEXTS_OF_TYPES: Readonly<Record<string, TextsOfType>> = {
  smallint: number(6),
  integer: number(11),
  bigint: number(20),
  uuid: { characters: charactersOf('-0123456789abcdef'), longest: 36 },
}

/** Whether any value of the column can pass the test, going by its type alone: no number holds an @. */
export function canPass({ tree }: ValueTest, { valueType, isArray }: Column): boolean {
  const texts = isArray ? undefined : TEXTS_OF_TYPES[valueType]
  return !tree || !texts || (widthOf(tree).min <= texts.longest && canMatch(tree, texts.characters))
}

function canMatch(node: Regex, characters: CharSet): boolean {
  switch (node.kind) {
    case 'characters':
      return intersects(node.set, characters)
    case 'sequence':
      return node.items.every((item) => canMatch(item, characters))
    case 'alternation':
      return node.branches.some((branch) => canMatch(branch, characters))
    case 'group':
    case 'atomic':
      return canMatch(node.body, characters)
    case 'repeat':
      return node.min === 0 || canMatch(node.body, characters)
    default:
      return true
  }
}
