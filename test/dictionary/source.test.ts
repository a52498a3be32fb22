import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { placeAt } from '../../src/dictionary/source.ts'

test('places are the same in whatever order they are asked for', () => {
  const piece = fc.constantFrom('a', '\n', '\r', 'ü', '世', '🎉', '\ud83c', '\udf89', ' ')
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 40 }),
      fc.array(fc.nat(80), { maxLength: 10 }),
      (pieces, offsets) => {
        const source = { name: 'x', text: pieces.join('') }
        for (const offset of offsets) {
          const lines = source.text.slice(0, offset).split('\n')
          const column = [...(lines.at(-1) ?? '')].length + 1
          expect(placeAt(source, offset)).toEqual({ file: 'x', line: lines.length, column })
        }
      },
    ),
  )
})
