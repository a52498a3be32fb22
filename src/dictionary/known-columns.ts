import { relationKey } from '../catalog/model.ts'
import { readLiteral } from './literal/reader.ts'
import { Shape } from './shape.ts'
import type { DictionarySource } from './source.ts'
import type { TableName } from './table-pattern.ts'

/** Columns that somebody has looked at and found to hold nothing personal, by table. */
export class KnownColumns {
  readonly #fields = new Map<string, Set<string>>()

  add(table: TableName, fields: readonly string[]): void {
    const known = this.#fields.get(relationKey(table)) ?? new Set()
    for (const field of fields) known.add(field)
    this.#fields.set(relationKey(table), known)
  }

  has(table: TableName, field: string): boolean {
    return this.#fields.get(relationKey(table))?.has(field) ?? false
  }

  /** By table, in the order in which they were added. */
  *tables(): Generator<TableName & { readonly fields: readonly string[] }> {
    for (const [key, fields] of this.#fields) {
      const [schema = '', name = ''] = key.split('\0')
      yield { schema, name, fields: [...fields] }
    }
  }

  remove(table: TableName, field: string): void {
    const known = this.#fields.get(relationKey(table))
    known?.delete(field)
    if (known?.size === 0) this.#fields.delete(relationKey(table))
  }

  get isEmpty(): boolean {
    return this.#fields.size === 0
  }
}

/** Reads non-sensitive dictionaries: `{"no_sens_dictionary": [{"schema", "table", "fields": [column, …]}]}`. */
export function readKnownColumns(sources: readonly DictionarySource[]): KnownColumns {
  const known = new KnownColumns()
  for (const source of sources) {
    const shape = new Shape(source)
    const root = readLiteral(source)
    const { no_sens_dictionary: section } = shape.keyed(root, 'A non-sensitive dictionary', [
      'no_sens_dictionary',
    ])
    if (!section) shape.refuse(root, 'A non-sensitive dictionary needs "no_sens_dictionary".')
    for (const entry of section ? shape.list(section, '"no_sens_dictionary"') : []) {
      const what = 'An entry of "no_sens_dictionary"'
      const { schema, table, fields } = shape.keyed(entry, what, ['schema', 'table', 'fields'])
      if (!schema || !table || !fields) {
        return shape.refuse(entry, `${what} needs "schema", "table" and "fields".`)
      }
      known.add(
        { schema: shape.filledText(schema, '"schema"'), name: shape.filledText(table, '"table"') },
        shape.list(fields, '"fields"').map((field) => shape.filledText(field, 'A name in "fields"')),
      )
    }
  }
  return known
}

/** A non-sensitive dictionary as text, one table a line, so that a change of a table is a line of a diff. */
export function writeKnownColumns(
  tables: Iterable<TableName & { readonly fields: readonly string[] }>,
): string {
  const lines = [...tables].map(
    ({ schema, name, fields }) => `  ${JSON.stringify({ schema, table: name, fields })}`,
  )
  return `{"no_sens_dictionary": [\n${lines.join(',\n')}\n]}\n`
}
