import type { Node } from './literal/node.ts'
import { readLiteral } from './literal/reader.ts'
import { Shape } from './shape.ts'
import type { DictionarySource } from './source.ts'

/** What an application calls a table and its columns. */
export interface OrmNames {
  readonly schema: string
  readonly table: string
  readonly alias: string | undefined
  /** Column name → the application's name for it. */
  readonly fields: ReadonlyMap<string, string>
}

const KEYS = ['schema', 'table_name', 'table_alias', 'fields'] as const

/**
 * Reads an ORM dictionary: a list of `{schema, table_name, table_alias, fields: {column: alias}}` that renames what is
 * shown, and nothing else.
 */
export function readOrmNames(source: DictionarySource): OrmNames[] {
  const shape = new Shape(source)
  return shape.list(readLiteral(source), 'An ORM dictionary').map((entry) => {
    const {
      schema,
      table_name: table,
      table_alias: alias,
      fields,
    } = shape.keyed(entry, 'An entry of an ORM dictionary', KEYS)
    if (!schema || !table)
      return shape.refuse(entry, 'An entry of an ORM dictionary needs "schema" and "table_name".')
    return {
      schema: shape.filledText(schema, '"schema"'),
      table: shape.filledText(table, '"table_name"'),
      alias: alias && shape.filledText(alias, '"table_alias"'),
      fields: fields ? readFields(shape, fields) : new Map(),
    }
  })
}

function readFields(shape: Shape, node: Node): ReadonlyMap<string, string> {
  const { entries } = shape.map(node, '"fields"')
  return new Map(
    entries.map(({ key, value }) => [key.value, shape.filledText(value, `The name of "${key.value}"`)]),
  )
}
