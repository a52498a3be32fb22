import type { NamePattern } from './name-pattern.ts'
import type { SensitiveDictionary, TableRule } from './sensitive.ts'
import { patternKey, type TableName, type TablePattern } from './table-pattern.ts'

/** What an entry for one table says, by its exact name. */
export interface TableEntry extends TableName {
  readonly fields: ReadonlyMap<string, string>
  readonly condition?: string | undefined
}

/**
 * A sensitive dictionary as text, with all that an earlier one says: an entry for a table takes the place of the one
 * that names the same table exactly, any other stays. The text is JSON, and a Python literal as well, as it holds
 * nothing but maps, lists and strings.
 */
export function writeSensitiveDictionary(
  earlier: SensitiveDictionary,
  entries: readonly TableEntry[],
): string {
  const replaced = new Set(entries.map(({ schema, name }) => exactKey(schema, name)))
  const kept = earlier.rules.filter((rule) => !replaced.has(patternKey(rule.tables))).map(ruleAsEntry)
  const { excludes, validateTables } = earlier
  const dictionary = {
    dictionary: [...kept, ...entries.map(tableAsEntry)],
    ...(excludes.length > 0 && { dictionary_exclude: excludes.map(patternAsEntry) }),
    ...(validateTables.length > 0 && { validate_tables: validateTables.map(patternAsEntry) }),
  }
  return `${JSON.stringify(dictionary, null, 2)}\n`
}

function exactKey(schema: string, table: string): string {
  return JSON.stringify([
    ['exact', schema],
    ['exact', table],
  ])
}

function tableAsEntry({ schema, name, fields, condition }: TableEntry): object {
  return {
    schema,
    table: name,
    fields: Object.fromEntries(fields),
    ...(condition !== undefined && { sql_condition: condition }),
  }
}

function ruleAsEntry({ tables, fields, condition, rawSql }: TableRule): object {
  return {
    ...patternAsEntry(tables),
    ...(fields.size > 0 && {
      fields: Object.fromEntries([...fields].map(([name, { text }]) => [name, text])),
    }),
    ...(condition && { sql_condition: condition.text }),
    ...(rawSql && { raw_sql: rawSql.text }),
  }
}

function patternAsEntry({ schema, table }: TablePattern): object {
  return { ...nameAsEntry('schema', schema), ...nameAsEntry('table', table) }
}

function nameAsEntry(key: 'schema' | 'table', name: NamePattern): object {
  return name.kind === 'exact' ? { [key]: name.name } : { [`${key}_mask`]: name.mask }
}
