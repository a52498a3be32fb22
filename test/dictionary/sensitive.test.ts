import { describe, expect, test } from 'bun:test'
import {
  mergeSensitiveDictionaries,
  readSensitiveDictionary,
  type SensitiveDictionary,
} from '../../src/dictionary/sensitive.ts'
import { describeTable } from '../../src/dictionary/table-pattern.ts'
import { readTablesDictionary } from '../../src/dictionary/tables.ts'
import { describePlace, type Fault } from '../../src/lib/fault.ts'
import { faultOf } from '../server/faults.ts'

const refusal = (work: () => unknown) => faultOf(Promise.resolve().then(work))
const read = (text: string, name = 'd.py') => readSensitiveDictionary({ name, text })

/** A dictionary as plain data: tables, and the text of every rule. */
function shown(dictionary: SensitiveDictionary) {
  return dictionary.rules.map((rule) => ({
    tables: describeTable(rule.tables),
    fields: Object.fromEntries([...rule.fields].map(([field, sql]) => [field, sql.text])),
    ...(rule.condition && { condition: rule.condition.text }),
    ...(rule.rawSql && { rawSql: rule.rawSql.text }),
  }))
}

test('a dictionary with everything in it', () => {
  const dictionary = read(`{
    "dictionary": [
      {"schema": "public", "table": "users", "fields": {"email": "md5(email)"}, "sql_condition": """WHERE id > 1"""},
      {"schema_mask": "^ten", "table_mask": "*", "fields": {"name": "'x'"}},
      {"schema": "s", "table": "t", "raw_sql": "SELECT 1 AS a"},
    ],
    "dictionary_exclude": [{"schema_mask": "*", "table": "log"}, {"schema": "tmp", "table_mask": "*"}],
    "validate_tables": [{"schema": "public", "table": "users"}],
  }`)
  expect(shown(dictionary)).toEqual([
    { tables: 'public.users', fields: { email: 'md5(email)' }, condition: 'WHERE id > 1' },
    { tables: '/^ten/./*/', fields: { name: "'x'" } },
    { tables: 's.t', fields: {}, rawSql: 'SELECT 1 AS a' },
  ])
  expect(dictionary.excludes.map(describeTable)).toEqual(['/*/.log', 'tmp./*/'])
  expect(dictionary.validateTables.map(describeTable)).toEqual(['public.users'])
})

test('a rule knows where each of its characters stands, through escapes and joined strings', () => {
  const [rule] = read(
    '{"dictionary": [{"schema": "s", "table": "t",\n "fields": {"c": "a\\u0062" \n  "cd"}}]}',
  ).rules
  const text = rule?.fields.get('c')
  expect(text?.text).toBe('abcd')
  const places = [0, 1, 2, 3].map((index) => describePlace(text?.placeOf(index)))
  expect(places).toEqual(['d.py:2:19', 'd.py:2:20', 'd.py:3:4', 'd.py:3:5'])
})

describe('what has another shape is refused at its place', () => {
  const entry = (inner: string) => `{"dictionary": [{"schema": "s", "table": "t", ${inner}}]}`
  test.each<[string, string, string]>([
    ['[]', 'A sensitive dictionary must be a map', '1:1'],
    ['{}', 'needs "dictionary" or "dictionary_exclude"', '1:1'],
    ['{"dictionry": []}', 'has no key "dictionry"', '1:2'],
    ['{"dictionary": "x"}', '"dictionary" must be a list', '1:16'],
    ['{"dictionary": [[]]}', 'An entry of "dictionary" must be a map', '1:17'],
    [entry('"feilds": {}'), 'has no key "feilds"', '1:47'],
    [entry('"fields": []'), '"fields" must be a map', '1:57'],
    [entry('"fields": {"a": 1}'), 'The rule of "a" must be a string', '1:63'],
    [entry('"fields": {"a": None}'), 'The rule of "a" must be a string', '1:63'],
    [entry('"fields": {"a": " "}'), 'The rule of "a" must not be empty', '1:63'],
    [entry('"schema_mask": "x", "fields": {}'), 'schema or schema_mask, not both', '1:62'],
    ['{"dictionary": [{"schema": "s", "fields": {}}]}', 'needs "table" or "table_mask"', '1:17'],
    [
      '{"dictionary": [{"schema": "s", "table_mask": "(", "fields": {}}]}',
      'not a regular expression: missing ), unterminated subpattern',
      '1:48',
    ],
    [
      '{"dictionary": [{"schema": "s", "table_mask": "\\u0061b**", "fields": {}}]}',
      'not a regular expression: multiple repeat',
      '1:56',
    ],
    [
      '{"dictionary": [{"schema": "s", "table_mask": "(a)(?(1)b)", "fields": {}}]}',
      'holds a conditional (?(…)…), which is not supported',
      '1:51',
    ],
    [
      '{"dictionary": [{"schema": "s", "table": "t"}]}',
      'needs "fields", "sql_condition" or "raw_sql"',
      '1:17',
    ],
    [entry('"fields": {"a": "b"}, "raw_sql": "x"'), 'stands in the place of', '1:80'],
    ['{"dictionary_exclude": [{"schema": "s", "table": "t", "fields": {}}]}', 'has no key "fields"', '1:55'],
  ])('%s', (text, message, at) => {
    let fault: Fault | undefined
    try {
      read(text)
    } catch (error) {
      fault = error as Fault
    }
    expect(fault?.code).toBe('dictionary-shape')
    expect(fault?.message).toContain(message)
    expect(describePlace(fault?.place)).toBe(`d.py:${at}`)
  })
})

describe('several dictionaries', () => {
  const merged = (...texts: string[]) =>
    mergeSensitiveDictionaries(texts.map((text, index) => read(text, `${index}.py`)))
  const rule = (tables: string, rest: string) => `{"dictionary": [{${tables}, ${rest}}]}`
  const users = '"schema": "public", "table": "users"'

  test('win field by field, the later over the earlier', () => {
    const dictionary = merged(
      rule(users, '"fields": {"a": "1", "b": "1"}, "sql_condition": "x"'),
      rule(users, '"fields": {"b": "2", "c": "2"}'),
    )
    expect(shown(dictionary)).toEqual([
      { tables: 'public.users', fields: { a: '1', b: '2', c: '2' }, condition: 'x' },
    ])
  })

  test('a later condition replaces an earlier one', () => {
    const dictionary = merged(rule(users, '"sql_condition": "x"'), rule(users, '"sql_condition": "y"'))
    expect(shown(dictionary)).toEqual([{ tables: 'public.users', fields: {}, condition: 'y' }])
  })

  test('a later query replaces an earlier one; a query and rules for one table are refused, whichever comes first', async () => {
    const query = rule(users, '"raw_sql": "SELECT 1"')
    const rules = rule(users, '"fields": {"a": "1"}')
    expect(shown(merged(query, rule(users, '"raw_sql": "SELECT 2"')))).toEqual([
      { tables: 'public.users', fields: {}, rawSql: 'SELECT 2' },
    ])
    for (const pair of [
      [rules, query],
      [query, rules],
      [query, rule(users, '"sql_condition": "id < 4"')],
    ]) {
      expect((await refusal(() => merged(...pair))).message).toContain(
        'name the same tables, and only one of them has "raw_sql"',
      )
    }
  })

  test('a key that stands twice is refused: Python would lose the first in silence', async () => {
    const twice = '"fields": {"email": "md5(email)"}, "fields": {"phone": "md5(phone)"}'
    expect((await refusal(() => merged(rule(users, twice)))).message).toContain('has the key "fields" twice')
    const column = '"fields": {"email": "md5(email)", "email": "email"}'
    expect((await refusal(() => merged(rule(users, column)))).message).toContain('has the key "email" twice')
  })

  test('an amended mask takes the place of the later one, since the last mask wins', () => {
    const any = '"schema_mask": "*", "table_mask": "*"'
    const some = '"schema_mask": "x", "table_mask": "*"'
    const dictionary = merged(
      rule(any, '"fields": {"a": "1"}'),
      rule(some, '"fields": {"a": "2"}'),
      rule(any, '"fields": {"b": "3"}'),
    )
    expect(shown(dictionary).map(({ tables }) => tables)).toEqual(['/x/./*/', '/*/./*/'])
    expect(shown(dictionary)[1]?.fields).toEqual({ a: '1', b: '3' })
  })

  test('a mask and an exact name that are written alike are not the same', () => {
    const dictionary = merged(
      rule('"schema": "a", "table": "b"', '"fields": {"x": "1"}'),
      rule('"schema": "a", "table_mask": "b"', '"fields": {"x": "2"}'),
    )
    expect(dictionary.rules.length).toBe(2)
  })
})

describe('a tables dictionary', () => {
  const tables = (text: string) => readTablesDictionary({ name: 't.py', text }).map(describeTable)

  test('lists tables', () => {
    expect(
      tables('{"tables": [{"schema": "a", "table": "b"}, {"schema_mask": "*", "table_mask": "c"}]}'),
    ).toEqual(['a.b', '/*/./c/'])
  })

  test('may call its section dictionary and carry rules, as the published example does', () => {
    expect(tables('{"dictionary": [{"schema": "a", "table": "b", "fields": {"x": "md5(x)"}}]}')).toEqual([
      'a.b',
    ])
  })

  test.each([
    '{}',
    '{"tables": {"schema": "a"}}',
    '{"tables": [{"schema": "a"}]}',
    '{"tables": [{"schema": "a", "table": "b", "fields": {}}]}',
  ])('%s is refused', (text) => {
    expect(() => tables(text)).toThrow(expect.objectContaining({ code: 'dictionary-shape' }))
  })
})
