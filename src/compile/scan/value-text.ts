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
  const name = fromCatalog(column.sqlName)
  const text = isOwnType(column)
    ? sql`${name}::pg_catalog.text`
    : sql`CASE WHEN NOT (${name} IS NULL) THEN pg_catalog.format('%s', ${name}) END`
  return options.cut && !isShort(column) ? sql`pg_catalog.left(${text}, ${literal(VALUE_CHARACTERS)})` : text
}

/** Types outside pg_catalog are printed with their schema. */
function isOwnType({ type }: Column): boolean {
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
