import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { plain } from '../../src/dictionary/literal/node.ts'
import { readLiteral } from '../../src/dictionary/literal/reader.ts'
import type { Fault } from '../../src/lib/fault.ts'

const python = (text: string) => plain(readLiteral({ name: 'd.py', text }))
const json = (text: string) => plain(readLiteral({ name: 'd.json', text }))

function faultOf(read: () => unknown): { code: string; message: string; at: string } {
  try {
    read()
  } catch (error) {
    const { code, message, place } = error as Fault
    return { code, message, at: `${place?.line}:${place?.column}` }
  }
  throw new Error('nothing was refused')
}

describe('a Python literal', () => {
  // Each was evaluated by Python 3.11's ast.literal_eval; what that gave stands beside it.
  test.each<[string, unknown]>([
    ['{}', {}],
    ['[]', []],
    ['()', []],
    ['{\'a\': 1, "b": [1, 2, (3,), {4}], }', { a: 1, b: [1, 2, [3], [4]] }],
    ['(1)', 1],
    ['(1,)', [1]],
    ["('a'\n  'b')", 'ab'],
    ['\'a\' "b" \'\'\'c\'\'\' """d"""', 'abcd'],
    ["r'\\d\\'x'", "\\d\\'x"],
    ["u'é'", 'é'],
    ["R'\\n' '\\n'", '\\n\n'],
    ["'\\x41\\101\\u00e9\\U0001F600\\t\\\\\\'\\\"'", 'AAé😀\t\\\'"'],
    ["'\\q\\d'", '\\q\\d'],
    ["'a\\\nb'", 'ab'],
    ["'''a\n'b' \"c\"\n'''", 'a\n\'b\' "c"\n'],
    ['"""say \\"\\"\\" it"""', 'say """ it'],
    ["'\\0'", '\0'],
    [
      '[1_000, 0x1F, 0o17, 0b101, -2, +3, 1.5, .5, 5., 1e3, 1_0.0_1, -0.0]',
      [1000, 31, 15, 5, -2, 3, 1.5, 0.5, 5, 1000, 10.01, -0],
    ],
    ['[True, False, None]', [true, false, null]],
    ["# before\n{  # in\n 'a': \\\n 1,\n # end\n}\n# after", { a: 1 }],
    ["\uFEFF{'a': 1}", { a: 1 }],
    ["{'a': 1, 'a': 2}", { a: 2 }],
    ["{'__proto__': 1}", JSON.parse('{"__proto__": 1}')],
  ])('%j', (text, value) => {
    expect(python(text)).toEqual(value)
  })

  test.each<[string, string, string]>([
    ["{'a': true}", 'true is not a literal', '1:7'],
    ["{'a': os.system('x')}", 'os is not a literal', '1:7'],
    ["{'a': f'x'}", 'prefix f', '1:7'],
    ["{'a': b'x'}", 'prefix b', '1:7'],
    ["{'a': rb'x'}", 'prefix rb', '1:7'],
    ["{'a': 1 + 2}", 'A comma or } is missing', '1:9'],
    ["{'a': 'x' % 1}", 'A comma or } is missing', '1:11'],
    ["x = {'a': 1}", 'x is not a literal', '1:1'],
    ["'''doc'''\n{'a': 1}", 'Something follows', '2:1'],
    ["{'a' 1}", 'A colon is missing', '1:6'],
    ['{1: 2}', 'A key must be a string', '1:2'],
    ["{'a': 'x", 'has no end', '1:7'],
    ["{'a': 'x\n'}", 'over the end of its line', '1:9'],
    ["{'a': [1, 2}", 'A comma or ] is missing', '1:12'],
    ["{'a': 1,, }", 'cannot stand here', '1:9'],
    ["{'a': 012}", 'not a number', '1:7'],
    ["{'a': 1j}", 'not a number', '1:7'],
    ["{'a': 0x}", 'not a number', '1:7'],
    ["{'a': --1}", 'not a number', '1:7'],
    ["{'a': '\\x4'}", '2 hexadecimal digits', '1:8'],
    ["{'a': '\\N{DASH}'}", 'Named characters', '1:8'],
    ["{'a': '\\U00110000'}", 'no such Unicode character', '1:8'],
    ["{'a': set()}", 'set is not a literal', '1:7'],
    ['', 'ends where a value should stand', '1:1'],
    ["\n\n  {'é': 1 'ü'}", 'A comma or } is missing', '3:11'],
    ['['.repeat(100), 'nesting is too deep', '1:65'],
  ])('%j is refused: %s', (text, message, at) => {
    const fault = faultOf(() => python(text))
    expect(fault.code).toBe('dictionary-syntax')
    expect(fault.message).toContain(message)
    expect(fault.at).toBe(at)
  })
})

describe('JSON', () => {
  test('is read as JSON.parse reads it', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), fc.constantFrom(undefined, 2, '\t'), (value, space) => {
        const text = JSON.stringify(value, null, space)
        expect(json(text)).toEqual(JSON.parse(text))
      }),
      { numRuns: 500 },
    )
  })

  test.each<[string, string]>([
    ["{'a': 1}", '1:2'],
    ['{"a": 1,}', '1:9'],
    ['{"a": True}', '1:7'],
    ['{"a": 1} # x', '1:10'],
    ['{"a": "\\x41"}', '1:8'],
    ['{"a": 01}', '1:7'],
    ['{"a": "x\ty"}', '1:9'],
    ['("a")', '1:1'],
    ['{"a": "b" "c"}', '1:11'],
  ])('%j is refused', (text, at) => {
    expect(faultOf(() => json(text)).at).toBe(at)
  })
})

test('without a telling name, valid JSON is JSON and the rest is Python', () => {
  const read = (text: string) => plain(readLiteral({ name: 'from a request', text }))
  expect(read('{"a": "\\/", "b": true}')).toEqual({ a: '/', b: true })
  expect(read("{'a': '\\/', 'b': True}")).toEqual({ a: '\\/', b: true })
})

describe('generated literals', () => {
  const string = fc.string({ unit: 'binary', maxLength: 12 }).map((text) => text.toWellFormed())
  const leaf = fc.oneof(
    string,
    fc.boolean(),
    fc.constant(null),
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
  )
  const value = fc.letrec((tie) => ({
    value: fc.oneof({ depthSize: 'small' }, leaf, tie('list'), tie('map')),
    list: fc.array(tie('value'), { maxLength: 4 }),
    map: fc.dictionary(
      string.filter((key) => key !== '__proto__'),
      tie('value'),
      { maxKeys: 4 },
    ),
  })).value

  test('are read as what they were written from', () => {
    fc.assert(
      fc.property(value, fc.infiniteStream(fc.nat(1000)), (original, dice) => {
        const roll = (sides: number) => (dice.next().value as number) % sides
        expect(python(write(original, roll))).toEqual(original)
      }),
      { numRuns: 1000 },
    )
  })

  /** Writes a value as Python in one of the many ways that Python knows. */
  function write(from: unknown, roll: (sides: number) => number): string {
    const blank = () => ['', ' ', '\n', '  # a comment, with "quotes"\n', '\\\n', '\t'][roll(6)] ?? ''
    if (typeof from === 'string') return writeString(from, roll)
    if (from === null) return 'None'
    if (typeof from === 'boolean') return from ? 'True' : 'False'
    if (typeof from === 'number') return Object.is(from, -0) ? '-0.0' : String(from)
    if (Array.isArray(from)) {
      const items = from.map((item) => `${blank()}${write(item, roll)}${blank()}`)
      if (roll(2) === 0 || from.length === 0)
        return `[${items.join(',')}${items.length > 0 && roll(2) ? ',' : ''}]`
      return `(${items.join(',')},)`
    }
    const entries = Object.entries(from as object).map(
      ([key, inner]) => `${blank()}${writeString(key, roll)}${blank()}:${blank()}${write(inner, roll)}`,
    )
    return `{${entries.join(',')}${entries.length > 0 && roll(2) ? ',' : ''}${blank()}}`
  }

  function writeString(text: string, roll: (sides: number) => number): string {
    if (text.length > 1 && roll(4) === 0) {
      const at = 1 + roll(text.length - 1)
      // A pair of surrogates stays together, or neither half would be a character.
      if (text.slice(0, at).isWellFormed()) {
        return `(${writeString(text.slice(0, at), roll)} ${writeString(text.slice(at), roll)})`.slice(1, -1)
      }
    }
    const quote = ["'", '"', "'''", '"""'][roll(4)] ?? "'"
    const body = [...text].map((char) => {
      if (char === '\\') return '\\\\'
      if (char === quote[0]) return `\\${char}`
      if (char === '\n') return quote.length === 3 && roll(2) ? '\n' : '\\n'
      if (char < ' ' || roll(10) === 0)
        return `\\U${(char.codePointAt(0) ?? 0).toString(16).padStart(8, '0')}`
      return char
    })
    return `${roll(3) === 0 ? 'u' : ''}${quote}${body.join('')}${quote}`
  }
})
