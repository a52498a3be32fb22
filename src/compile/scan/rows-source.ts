import type { Column, Relation } from '../../catalog/model.ts'
import { fromCatalog, identifier, join, literal, nothing, type Sql, sql } from '../../lib/sql.ts'
import type { Condition } from '../expression.ts'
import { onPages, type PageRange, relationSql } from '../select.ts'

/** Where the rows come from that a statement of a scan looks at. */
export interface RowsSource {
  /** The table, or the partitions that hold its rows. */
  readonly leaves: readonly Relation[]
  readonly relation: Relation
  readonly condition: Condition | undefined
  readonly pages?: PageRange | undefined
  /** No more than this many rows, the first ones. */
  readonly limit?: number | undefined
  /** Only rows that have a value there. */
  readonly notNull?: Column | undefined
}

/**
 * A sub-select of some columns of the rows. It ends in LIMIT or OFFSET, so that PostgreSQL computes each item once a row
 * and not once for each expression that uses it.
 */
export function rowsSelect(source: RowsSource, items: readonly Sql[]): Sql {
  const { leaves, condition, pages, limit, notNull } = source
  const conditions = [
    ...(pages ? onPages(pages) : []),
    ...(condition ? [condition.sql] : []),
    ...(notNull ? [sql`NOT (${fromCatalog(notNull.sqlName)} IS NULL)`] : []),
  ]
  const where = conditions.length > 0 ? sql` WHERE ${join(conditions, sql` AND `)}` : nothing
  const end = limit === undefined ? sql` OFFSET 0` : sql` LIMIT ${literal(limit)}`
  const selects = leaves.map(
    // A condition may name its table, and a partition has another name.
    (leaf) =>
      sql`SELECT ${join(items)} FROM ONLY ${relationSql(leaf)} AS ${identifier(source.relation.name)}${where}`,
  )
  if (selects.length <= 1) return sql`${selects[0] ?? sql`SELECT ${join(items)} WHERE false`}${end}`
  return sql`SELECT * FROM (${join(selects, sql` UNION ALL `)}) AS partitions${end}`
}
