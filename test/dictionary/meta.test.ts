import { describe, expect, test } from 'bun:test'
import { mergeMetaDictionaries, readMetaDictionary } from '../../src/dictionary/meta/meta.ts'
import { isInScope } from '../../src/dictionary/meta/scope.ts'
import { isOfType, lookUpType, readTypeName } from '../../src/dictionary/type-name.ts'
import { describePlace } from '../../src/lib/fault.ts'
import { faultOf } from '../server/faults.ts'

const read = (text: string) => readMetaDictionary({ name: 'm.py', text })

test('a meta-dictionary with everything in it', () => {
  const meta = read(`{
    "field": {"rules": ["^e?mail"], "constants": ["phone"]},
    "skip_rules": [{"schema": "audit"}, {"schema": "public", "table_mask": "_log$", "fields": ["payload"]}],
    "include_rules": [{"schema_mask": "*", "table": "users"}],
    "sens_pg_types": ["text", "varchar(20)"],
    "data_sql_condition": [{"schema": "public", "table": "t", "sql_condition": "WHERE id > 1"}],
    "data_func": {
      "text": {"scan_func": "a.b", "n_count": "3", "anon_func": "f(\\"%s\\")"},
      "anyelement": [{"scan_func_per_field": "c"}],
    },
    "data_const": {"constants": ["one", "two words"], "partial_constants": ["part"]},
    "data_regex": {"rules": ["""[a-z]+@"""]},
    "funcs": {"text": "f(\\"%s\\")", "default": "NULL"},
  }`)
  expect(meta.names.rules.map(({ text }) => text)).toEqual(['^e?mail'])
  expect(meta.names.constants).toEqual(['phone'])
  expect(meta.skip.map(({ fields }) => fields && [...fields])).toEqual([undefined, ['payload']])
  expect(meta.types).toEqual([
    { base: 'text', modifier: null },
    { base: 'character varying', modifier: '20' },
  ])
  expect(meta.conditions.map(({ condition }) => condition.text)).toEqual(['WHERE id > 1'])
  expect(
    meta.functions.map(([type, asked]) => [
      type.base,
      asked.map(({ asks, name, hits }) => [asks, name.text, hits]),
    ]),
  ).toEqual([
    ['text', [['value', 'a.b', 3]]],
    ['anyelement', [['column', 'c', 1]]],
  ])
  expect([meta.constants, meta.partialConstants]).toEqual([['one', 'two words'], ['part']])
  expect(meta.regexes.map(({ text }) => text)).toEqual(['[a-z]+@'])
  expect(meta.anonymizations.map(([type, sql]) => [type.base, sql.text])).toEqual([
    ['text', 'f("%s")'],
    ['default', 'NULL'],
  ])
})

test('an empty one looks for nothing, and several are joined in their order', () => {
  expect(read('{}').regexes).toEqual([])
  const merged = mergeMetaDictionaries([
    read('{"data_const": {"constants": ["a"]}, "funcs": {"text": "1"}}'),
    read('{"data_const": {"constants": ["b"]}, "funcs": {"text": "2"}}'),
  ])
  expect(merged.constants).toEqual(['a', 'b'])
  expect(lookUpType(merged.anonymizations, readTypeName('text'))?.text).toBe('2')
})

describe('what has another shape is refused at its place', () => {
  test.each<[string, string, string]>([
    ['{"feild": {}}', 'has no key "feild"', '1:2'],
    ['{"field": []}', '"field" must be a map', '1:11'],
    ['{"field": {"regex": []}}', 'has no key "regex"', '1:12'],
    ['{"data_regex": {"rules": ["a(b"]}}', 'is no regular expression: missing )', '1:29'],
    ['{"data_regex": {"rules": [""]}}', 'must not be empty', '1:27'],
    ['{"data_regex": {"rules": ["(a)(?(1)b|c)"]}}', 'which cannot be searched for', '1:31'],
    ['{"field": {"rules": ["(a)(?(1)b|c)"]}}', 'which cannot be searched for', '1:26'],
    ['{"skip_rules": [{"table": "t"}]}', 'needs "schema" or "schema_mask"', '1:17'],
    ['{"skip_rules": [{"schema": "s", "table": "a", "table_mask": "b"}]}', 'not both', '1:61'],
    ['{"data_sql_condition": [{"schema": "s", "table": "t"}]}', 'needs "sql_condition"', '1:25'],
    ['{"data_func": {"text": {"n_count": 1}}}', 'needs "scan_func"', '1:24'],
    ['{"data_func": {"text": {"scan_func": "a", "scan_func_per_field": "b"}}}', 'one of them', '1:24'],
    ['{"data_func": {"text": {"scan_func": "a", "n_count": 0}}}', 'from 1', '1:54'],
    ['{"funcs": {"text": ""}}', 'must not be empty', '1:20'],
  ])('%s', async (text, message, place) => {
    const fault = await faultOf(Promise.resolve().then(() => read(text)))
    expect([fault.code, fault.message]).toEqual(['dictionary-shape', expect.stringContaining(message)])
    expect(describePlace(fault.place)).toBe(`m.py:${place}`)
  })
})

describe('the name of a type', () => {
  test.each([
    ['int4', 'integer'],
    ['INT', 'integer'],
    ['pg_catalog.int8', 'bigint'],
    ['decimal(10, 2)', 'numeric(10,2)'],
    ['varchar( 20 )', 'character varying(20)'],
    ['timestamptz(3)', 'timestamp(3) with time zone'],
    ['timestamp  without   time zone', 'timestamp'],
    ['bpchar', 'character'],
    ['text []', 'text[]'],
    ['int4[3][3]', 'integer[]'],
    ['"Od d".mail', '"Od d".mail'],
  ])('%s is %s', (written, printed) => {
    expect(readTypeName(written)).toEqual(readTypeName(printed))
  })

  test('counts with its modifier where it has one, and without a schema in any', () => {
    const is = (type: string, wanted: string) => isOfType(readTypeName(type), readTypeName(wanted))
    expect(is('character varying(20)', 'varchar')).toBe(true)
    expect(is('character varying(20)', 'varchar(20)')).toBe(true)
    expect(is('character varying(20)', 'varchar(2)')).toBe(false)
    expect(is('character varying', 'varchar(20)')).toBe(false)
    expect(is('shop.mail', 'mail')).toBe(true)
    expect(is('shop.mail', 'other.mail')).toBe(false)
    expect(is('text[]', 'text')).toBe(false)
  })
})

test('a scope without a table is a whole schema, and without fields a whole table', () => {
  const { skip } = read('{"skip_rules": [{"schema": "a"}, {"schema": "b", "table": "t", "fields": ["x"]}]}')
  const inAny = (schema: string, name: string, column: string) =>
    skip.some((scope) => isInScope(scope, [{ schema, name }], column))
  expect(inAny('a', 'anything', 'y')).toBe(true)
  expect(inAny('b', 't', 'x')).toBe(true)
  expect(inAny('b', 't', 'y')).toBe(false)
})
