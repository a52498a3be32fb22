import { describe, expect, test } from 'bun:test'
import { namesWholeSchema, RuleIndex } from '../../src/dictionary/match.ts'
import { matchesName, nameMask } from '../../src/dictionary/name-pattern.ts'
import { readSensitiveDictionary } from '../../src/dictionary/sensitive.ts'

/** Rules that are known by the one column they name. */
function index(...entries: readonly (readonly [object, string])[]) {
  const dictionary = entries.map(([tables, column]) => ({ ...tables, fields: { [column]: 'NULL' } }))
  const { rules } = readSensitiveDictionary({ name: 'd.json', text: JSON.stringify({ dictionary }) })
  return new RuleIndex(rules)
}

function winner(rules: ReturnType<typeof index>, ...names: string[]): string | undefined {
  const lineage = names.map((name) => {
    const [schema = '', table = ''] = name.split('.')
    return { schema, name: table }
  })
  return [...(rules.winner(lineage)?.fields.keys() ?? [])][0]
}

describe('the rule for a table', () => {
  const exact = (schema: string, table: string) => ({ schema, table })
  const mask = (schema_mask: string, table_mask: string) => ({ schema_mask, table_mask })

  test('is the exact one, whatever masks come after it', () => {
    const rules = index([exact('a', 'b'), 'exact'], [mask('*', '*'), 'mask'])
    expect(winner(rules, 'a.b')).toBe('exact')
    expect(winner(rules, 'a.c')).toBe('mask')
  })

  test('among masks is the last that matches', () => {
    const rules = index([mask('*', '*'), 'first'], [mask('a', '*'), 'second'], [mask('a', 'b'), 'third'])
    expect(winner(rules, 'a.b')).toBe('third')
    expect(winner(rules, 'a.c')).toBe('second')
    expect(winner(rules, 'x.y')).toBe('first')
  })

  test('counts half a mask as a mask', () => {
    const rules = index([{ schema: 'a', table_mask: '^b$' }, 'half'], [mask('*', '*'), 'mask'])
    expect(winner(rules, 'a.b')).toBe('mask')
  })

  test('of a partition is its own, or that of the nearest table above it', () => {
    const rules = index(
      [exact('a', 'root'), 'root'],
      [exact('a', 'middle'), 'middle'],
      [exact('a', 'leaf'), 'leaf'],
    )
    expect(winner(rules, 'a.leaf', 'a.middle', 'a.root')).toBe('leaf')
    expect(winner(rules, 'a.other', 'a.middle', 'a.root')).toBe('middle')
    expect(winner(rules, 'a.other', 'a.root')).toBe('root')
  })

  test('of a partition is the exact one of the table above it rather than a mask that happens to match', () => {
    const rules = index([exact('a', 'root'), 'root'], [mask('*', 'leaf'), 'mask'])
    expect(winner(rules, 'a.leaf', 'a.root')).toBe('root')
  })

  test('of a partition may be a mask on the table above it', () => {
    expect(winner(index([mask('*', '^root$'), 'mask']), 'a.leaf', 'a.root')).toBe('mask')
  })

  test('is none where none matches', () => {
    expect(winner(index([exact('a', 'b'), 'x']), 'a.c')).toBeUndefined()
  })
})

describe('a mask', () => {
  // What Python's re.search says of the same mask and name.
  test.each<[string, string, boolean]>([
    ['*', 'anything', true],
    ['*', '', true],
    ['sale', 'resales', true],
    ['^sale', 'resales', false],
    ['SALE', 'resales', false],
    ['(?i)SALE', 'resales', true],
    ['_\\d+$', 'log_2024', true],
    ['\\_', 'a_b', true],
    ['(?P<y>a)(?P=y)', 'aa', true],
    ['(?P<y>a)(?P=y)', 'ab', false],
    ['\\Aab\\Z', 'ab', true],
    ['\\Aab\\Z', 'abc', false],
    ['имя', 'моё_имя', true],
    ['^.$', '😀', true],
    ['a|b', 'xbx', true],
    ['', 'x', true],
  ])('%s on %s', (mask, name, matches) => {
    expect(matchesName(nameMask(mask), name)).toBe(matches)
  })

  test('that is no regular expression is an error', () => {
    expect(() => nameMask('(')).toThrow(SyntaxError)
  })
})

test('only table_mask "*" names a whole schema', () => {
  const excludes = (entry: object) =>
    readSensitiveDictionary({ name: 'd.json', text: JSON.stringify({ dictionary_exclude: [entry] }) })
      .excludes
  expect(namesWholeSchema(excludes({ schema: 'a', table_mask: '*' }), 'a')).toBe(true)
  expect(namesWholeSchema(excludes({ schema: 'a', table_mask: '*' }), 'b')).toBe(false)
  expect(namesWholeSchema(excludes({ schema_mask: 'a', table_mask: '*' }), 'bad')).toBe(true)
  expect(namesWholeSchema(excludes({ schema: 'a', table_mask: '.*' }), 'a')).toBe(false)
  expect(namesWholeSchema(excludes({ schema: 'a', table: 't' }), 'a')).toBe(false)
})
