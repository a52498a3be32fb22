import type { Column, Relation } from '../../catalog/model.ts'
import { fromCatalog, identifier, join, literal, nothing, type Sql, sql } from '../../lib/sql.ts'
import type { Condition } from '../expression.ts'
import { onPages, type PageRange, relationSql, rowsOf } from '../select.ts'

/** A table or partition, and which of its rows. */
export interface LeafRows {
  readonly relation: Relation
  readonly condition: Condition | undefined
}

/** Where the rows come from that a statement of a scan looks at. */
export interface RowsSource {
  readonly relation: Relation
  /** The table, or the partitions that hold its rows. */
  readonly leaves: readonly LeafRows[]
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
  const { leaves, pages, limit, notNull } = source
  const end = limit === undefined ? sql` OFFSET 0` : sql` LIMIT ${literal(limit)}`
  const selects = leaves.map(({ relation, condition }) => {
    const conditions = [
      ...(pages ? onPages(pages) : []),
      ...(condition ? [condition.sql] : []),
      ...(notNull ? [sql`NOT (${fromCatalog(notNull.sqlName)} IS NULL)`] : []),
    ]
    const where = conditions.length > 0 ? sql` WHERE ${join(conditions, sql` AND `)}` : nothing
    // A condition may name its table, and a partition has another name.
    const alias = identifier(source.relation.name)
    return sql`SELECT ${join(items)} FROM ONLY ${relationSql(relation)} AS ${alias}${where}`
  })
  if (selects.length === 1) return sql`${join(selects)}${end}`
  return sql`SELECT * FROM (${join(selects, sql` UNION ALL `)}) AS partitions${end}`
}

/** Partitions that a sample is taken from, spread over all of them. */
const MOST_SAMPLED_LEAVES = 8

/** A sub-select of some columns of a sample of the rows, from all over the table. */
export function sampleSelect(leaves: readonly Relation[], items: readonly Sql[], rows: number): Sql {
  const step = Math.max(1, leaves.length / MOST_SAMPLED_LEAVES)
  const sampled = leaves.filter((_, at) => Math.floor(at / step) !== Math.floor((at - 1) / step))
  const each = Math.ceil(rows / Math.max(1, sampled.length))
  const selects = sampled.map((relation) => {
    const table = { relation, rows: { kind: 'all' } } as const
    return sql`(SELECT ${join(items)} ${rowsOf(table, { sample: each })})`
  })
  return join(selects, sql` UNION ALL `)
}
