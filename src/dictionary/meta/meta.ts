import type { Node } from '../literal/node.ts'
import { readLiteral } from '../literal/reader.ts'
import { type PythonRegex, toJavaScript, toPostgres } from '../python-regex/python-regex.ts'
import { Shape, type SqlText } from '../shape.ts'
import type { DictionarySource } from '../source.ts'
import { readTablePattern, TABLE_PATTERN_KEYS, type TablePattern } from '../table-pattern.ts'
import { readTypeName, type TypeName } from '../type-name.ts'
import { type DataFunction, readDataFunctions } from './data-functions.ts'
import { type ColumnScope, readColumnScope } from './scope.ts'

/** What a scan looks for, and where. */
export interface MetaDictionary {
  /** Columns that are sensitive by their names. */
  readonly names: { readonly rules: readonly PythonRegex[]; readonly constants: readonly string[] }
  /** Columns that are not looked at. */
  readonly skip: readonly ColumnScope[]
  /** The only columns that are looked at; empty means all. */
  readonly include: readonly ColumnScope[]
  /** Types whose values are looked into; empty means the default ones. */
  readonly types: readonly TypeName[]
  /** Which rows of a table are looked at. */
  readonly conditions: readonly { readonly tables: TablePattern; readonly condition: SqlText }[]
  /** By the type of the column. */
  readonly functions: readonly (readonly [TypeName, readonly DataFunction[]])[]
  /** Texts that make a value sensitive, in any case: words (or phrases) that stand by themselves, and parts of words. */
  readonly constants: readonly string[]
  readonly partialConstants: readonly string[]
  /** Searched for in the values. */
  readonly regexes: readonly PythonRegex[]
  /** Anonymization by type, `%s` standing for the column; the type `default` for all that are not named. */
  readonly anonymizations: readonly (readonly [TypeName, SqlText])[]
}

/** pg_anon searches with re.DOTALL: a dot matches a line break too. */
const DOT_ALL = { dotAll: true }

const SECTIONS = [
  'field',
  'skip_rules',
  'include_rules',
  'sens_pg_types',
  'data_sql_condition',
  'data_func',
  'data_const',
  'data_regex',
  'funcs',
] as const

/** Reads one meta-dictionary. Throws `dictionary-syntax` or `dictionary-shape` at file, line and column. */
export function readMetaDictionary(source: DictionarySource): MetaDictionary {
  const shape = new Shape(source)
  const root = readLiteral(source)
  const sections = shape.keyed(root, 'A meta-dictionary', SECTIONS)
  const items = (key: (typeof SECTIONS)[number]) => {
    const section = sections[key]
    return section ? shape.list(section, `"${key}"`) : []
  }
  const part = (section: 'field' | 'data_const' | 'data_regex', key: string) =>
    partOf(shape, sections[section], section, key)
  const regexes = (nodes: readonly Node[], ...languages: Parameters<Shape['pythonRegex']>[3][number][]) =>
    nodes.map((node) => shape.pythonRegex(node, 'A rule', DOT_ALL, languages))
  const texts = (nodes: readonly Node[]) => nodes.map((node) => shape.filledText(node, 'A constant'))
  return {
    names: {
      rules: regexes(part('field', 'rules'), toJavaScript),
      constants: texts(part('field', 'constants')),
    },
    skip: items('skip_rules').map((entry) => readColumnScope(shape, entry, 'skip_rules')),
    include: items('include_rules').map((entry) => readColumnScope(shape, entry, 'include_rules')),
    types: items('sens_pg_types').map((node) => readTypeName(shape.filledText(node, 'A type'))),
    conditions: items('data_sql_condition').map((entry) => readCondition(shape, entry)),
    functions: entriesOf(shape, sections.data_func, 'data_func').map(([type, value]) => [
      readTypeName(type),
      readDataFunctions(shape, value),
    ]),
    constants: texts(part('data_const', 'constants')),
    partialConstants: texts(part('data_const', 'partial_constants')),
    regexes: regexes(part('data_regex', 'rules'), toPostgres, toJavaScript),
    anonymizations: entriesOf(shape, sections.funcs, 'funcs').map(([type, value]) => [
      readTypeName(type),
      shape.sql(value, `The function of "${type}"`),
    ]),
  }
}

/** Several meta-dictionaries as one: lists are joined, and of two entries for a type the later one counts. */
export function mergeMetaDictionaries(dictionaries: readonly MetaDictionary[]): MetaDictionary {
  return {
    names: {
      rules: dictionaries.flatMap(({ names }) => names.rules),
      constants: dictionaries.flatMap(({ names }) => names.constants),
    },
    skip: dictionaries.flatMap((dictionary) => dictionary.skip),
    include: dictionaries.flatMap((dictionary) => dictionary.include),
    types: dictionaries.flatMap((dictionary) => dictionary.types),
    conditions: dictionaries.flatMap((dictionary) => dictionary.conditions),
    functions: dictionaries.flatMap((dictionary) => dictionary.functions),
    constants: dictionaries.flatMap((dictionary) => dictionary.constants),
    partialConstants: dictionaries.flatMap((dictionary) => dictionary.partialConstants),
    regexes: dictionaries.flatMap((dictionary) => dictionary.regexes),
    anonymizations: dictionaries.flatMap((dictionary) => dictionary.anonymizations),
  }
}

const PARTS = {
  field: ['rules', 'constants'],
  data_const: ['constants', 'partial_constants'],
  data_regex: ['rules'],
} as const

function partOf(
  shape: Shape,
  section: Node | undefined,
  name: keyof typeof PARTS,
  key: string,
): readonly Node[] {
  if (!section) return []
  const parts: Partial<Record<string, Node>> = shape.keyed(section, `"${name}"`, PARTS[name])
  const list = parts[key]
  return list ? shape.list(list, `"${key}"`) : []
}

function entriesOf(shape: Shape, section: Node | undefined, name: string): [string, Node][] {
  if (!section) return []
  return shape.map(section, `"${name}"`).entries.map(({ key, value }) => [key.value, value])
}

function readCondition(shape: Shape, entry: Node): MetaDictionary['conditions'][number] {
  const what = 'An entry of "data_sql_condition"'
  const nodes = shape.keyed(entry, what, [...TABLE_PATTERN_KEYS, 'sql_condition'])
  if (!nodes.sql_condition) return shape.refuse(entry, `${what} needs "sql_condition".`)
  return {
    tables: readTablePattern(shape, entry, nodes),
    condition: shape.sql(nodes.sql_condition, '"sql_condition"'),
  }
}
