import { describePlace, Fault } from '../lib/fault.ts'
import type { Node } from './literal/node.ts'
import { readLiteral } from './literal/reader.ts'
import { Shape, type SqlText } from './shape.ts'
import type { DictionarySource } from './source.ts'
import { patternKey, readTablePattern, TABLE_PATTERN_KEYS, type TablePattern } from './table-pattern.ts'

/** What to do with the rows of the tables that a pattern names. */
export interface TableRule {
  readonly tables: TablePattern
  /** By column name. */
  readonly fields: ReadonlyMap<string, SqlText>
  /** Which rows to take; the word WHERE may stand before it. */
  readonly condition?: SqlText | undefined
  /** A whole query in the place of the table. */
  readonly rawSql?: SqlText | undefined
}

/** A sensitive dictionary: how columns are masked and which tables lose their rows. */
export interface SensitiveDictionary {
  readonly rules: readonly TableRule[]
  readonly excludes: readonly TablePattern[]
  /** Tables to look at when data is validated; empty means all. */
  readonly validateTables: readonly TablePattern[]
}

const RULE_KEYS = [...TABLE_PATTERN_KEYS, 'fields', 'sql_condition', 'raw_sql'] as const

/** Reads one sensitive dictionary. Throws `dictionary-syntax` or `dictionary-shape` at file, line and column. */
export function readSensitiveDictionary(source: DictionarySource): SensitiveDictionary {
  const shape = new Shape(source)
  const root = readLiteral(source)
  const keys = ['dictionary', 'dictionary_exclude', 'validate_tables'] as const
  const sections = shape.keyed(root, 'A sensitive dictionary', keys)
  if (!sections.dictionary && !sections.dictionary_exclude) {
    shape.refuse(root, 'A sensitive dictionary needs "dictionary" or "dictionary_exclude".')
  }
  const patterns = (key: (typeof keys)[number]) =>
    sectionItems(shape, sections[key], key).map((entry) =>
      readTablePattern(shape, entry, shape.keyed(entry, `An entry of "${key}"`, TABLE_PATTERN_KEYS)),
    )
  return {
    rules: sectionItems(shape, sections.dictionary, 'dictionary').map((entry) => readRule(shape, entry)),
    excludes: patterns('dictionary_exclude'),
    validateTables: patterns('validate_tables'),
  }
}

function sectionItems(shape: Shape, section: Node | undefined, key: string): readonly Node[] {
  return section ? shape.list(section, `"${key}"`) : []
}

function readRule(shape: Shape, entry: Node): TableRule {
  const nodes = shape.keyed(entry, 'An entry of "dictionary"', RULE_KEYS)
  const { fields, sql_condition: condition, raw_sql: rawSql } = nodes
  if (rawSql && (fields || condition)) {
    shape.refuse(
      rawSql,
      '"raw_sql" stands in the place of "fields" and "sql_condition"; give one or the other.',
    )
  }
  if (!fields && !condition && !rawSql) {
    shape.refuse(entry, 'An entry of "dictionary" needs "fields", "sql_condition" or "raw_sql".')
  }
  return {
    tables: readTablePattern(shape, entry, nodes),
    fields: fields ? readFields(shape, fields) : new Map(),
    condition: condition && shape.sql(condition, '"sql_condition"'),
    rawSql: rawSql && shape.sql(rawSql, '"raw_sql"'),
  }
}

function readFields(shape: Shape, node: Node): ReadonlyMap<string, SqlText> {
  const { entries } = shape.map(node, '"fields"')
  return new Map(entries.map(({ key, value }) => [key.value, shape.sql(value, `The rule of "${key.value}"`)]))
}

/** Several dictionaries as one: where two name the same tables alike, the later one wins field by field. */
export function mergeSensitiveDictionaries(
  dictionaries: readonly SensitiveDictionary[],
): SensitiveDictionary {
  return {
    rules: mergeRules(dictionaries.flatMap((dictionary) => dictionary.rules)),
    excludes: dictionaries.flatMap((dictionary) => dictionary.excludes),
    validateTables: dictionaries.flatMap((dictionary) => dictionary.validateTables),
  }
}

function mergeRules(rules: readonly TableRule[]): TableRule[] {
  const byPattern = new Map<string, TableRule>()
  for (const rule of rules) {
    const key = patternKey(rule.tables)
    const earlier = byPattern.get(key)
    // Masks win by their order, so an amended rule moves to the place of the later one.
    byPattern.delete(key)
    byPattern.set(key, earlier ? amend(earlier, rule) : rule)
  }
  return [...byPattern.values()]
}

function amend(earlier: TableRule, later: TableRule): TableRule {
  if (later.rawSql && earlier.rawSql) return later
  // Whichever won, the masks of the other would be lost in silence.
  if (later.rawSql || earlier.rawSql) {
    throw new Fault(
      'dictionary-shape',
      `This entry and the one at ${describePlace(earlier.tables.place)} name the same tables, and only one of them has "raw_sql".`,
      {
        place: later.tables.place,
        remedy:
          '"raw_sql" stands in the place of "fields" and "sql_condition": put all of it into the query, or none.',
      },
    )
  }
  return {
    tables: later.tables,
    fields: new Map([...earlier.fields, ...later.fields]),
    condition: later.condition ?? earlier.condition,
  }
}
