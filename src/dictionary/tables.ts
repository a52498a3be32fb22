import { readLiteral } from './literal/reader.ts'
import { Shape } from './shape.ts'
import type { DictionarySource } from './source.ts'
import { readTablePattern, TABLE_PATTERN_KEYS, type TablePattern } from './table-pattern.ts'

/**
 * Reads a tables dictionary: the list of tables that a partial dump or restore takes or leaves. The section is called
 * `tables`, and `dictionary` in the published example of the REST API; entries of the latter may carry the keys of a
 * sensitive dictionary, which mean nothing here.
 */
export function readTablesDictionary(source: DictionarySource): TablePattern[] {
  const shape = new Shape(source)
  const root = readLiteral(source)
  const sections = shape.keyed(root, 'A tables dictionary', ['tables', 'dictionary', 'dictionary_exclude'])
  const section = sections.tables ?? sections.dictionary
  if (!section) return shape.refuse(root, 'A tables dictionary needs "tables".')
  const keys = sections.tables
    ? TABLE_PATTERN_KEYS
    : [...TABLE_PATTERN_KEYS, 'fields' as const, 'sql_condition' as const, 'raw_sql' as const]
  return shape
    .list(section, '"tables"')
    .map((entry) =>
      readTablePattern(shape, entry, shape.keyed(entry, 'An entry of a tables dictionary', keys)),
    )
}
