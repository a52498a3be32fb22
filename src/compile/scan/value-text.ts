import type { Column } from '../../catalog/model.ts'
import { fromCatalog, literal, type Sql, sql } from '../../lib/sql.ts'

/** Characters of a value that a partial scan looks at; pg_anon's figure. */
const VALUE_CHARACTERS = 8196

/**
 * A column's value as text. A type that is not PostgreSQL's own may have a cast to text that its owner wrote; format()
 * prints by the type's output function alone, and makes '' of NULL. Whether it is NULL is asked so that a composite value
 * with a NULL in it counts: to IS NOT NULL it does not.
 */
export function valueText(column: Column, options: { readonly cut: boolean }): Sql {
  return textOf(fromCatalog(column.sqlName), column.type, options.cut && !isShort(column))
}

/** The same of an element of an array. */
export function elementText({ valueType }: Column, element: Sql, options: { readonly cut: boolean }): Sql {
  return textOf(element, valueType, options.cut)
}

function textOf(value: Sql, type: string, cut: boolean): Sql {
  const text = isOwnType(type)
    ? sql`${value}::pg_catalog.text`
    : sql`CASE WHEN NOT (${value} IS NULL) THEN pg_catalog.format('%s', ${value}) END`
  return cut ? sql`pg_catalog.left(${text}, ${literal(VALUE_CHARACTERS)})` : text
}

/** Types outside pg_catalog are printed with their schema. */
function isOwnType(type: string): boolean {
  return !type.replaceAll(/"(?:[^"]|"")*"/g, 'x').includes('.')
}

function isShort({ maxLength, valueType, isArray }: Column): boolean {
  if (isArray) return false
  return (maxLength !== null && maxLength <= VALUE_CHARACTERS) || SHORT_TYPES.has(valueType)
}

const SHORT_TYPES: ReadonlySet<string> = new Set([
  'smallint',
  'integer',
  'bigint',
  'real',
  'double precision',
  'date',
  'uuid',
  'boolean',
  'inet',
  'cidr',
  'macaddr',
])
