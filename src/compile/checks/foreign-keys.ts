import type { Column, ForeignKey, Relation } from '../../catalog/model.ts'
import { fromCatalog, join, type Sql, sql } from '../../lib/sql.ts'

/**
 * Counts the rows whose foreign key points nowhere. `referencing` and each of `referenced` are what can stand behind
 * FROM, and have the key's columns under their names in the catalog.
 */
export function orphanCount(
  key: ForeignKey,
  tables: { readonly own: Relation; readonly root: Relation },
  referencing: Sql,
  referenced: readonly Sql[],
): Sql {
  const pairs = key.columns.map((number, index) => ({
    own: columnSql(tables.own, number),
    other: columnSql(tables.root, key.referencedColumns[index]),
    equals: sql`OPERATOR(${fromCatalog(key.equalities[index] ?? 'pg_catalog.=')})`,
  }))
  const others = join(pairs.map(({ other }) => other))
  const targets = join(
    referenced.map((from) => sql`SELECT ${others} FROM ${from}`),
    sql` UNION ALL `,
  )
  const match = join(
    pairs.map(({ own, other, equals }) => sql`referenced.${other} ${equals} referencing.${own}`),
    sql` AND `,
  )
  const filled = pairs.map(({ own }) => sql`referencing.${own} IS NOT NULL`)
  const orphan = sql`NOT EXISTS (SELECT FROM (${targets}) AS referenced WHERE ${match})`
  // MATCH FULL: either all columns are NULL or none is. Otherwise one NULL frees the row.
  const broken = key.matchFull
    ? sql`(${join(filled, sql` OR `)}) AND (NOT (${join(filled, sql` AND `)}) OR ${orphan})`
    : sql`${join(filled, sql` AND `)} AND ${orphan}`
  return sql`SELECT pg_catalog.count(*) AS broken
FROM (SELECT ${join(pairs.map(({ own }) => own))} FROM ${referencing}) AS referencing
WHERE ${broken}`
}

function columnSql(relation: Relation, number: number | undefined): Sql {
  const column: Column | undefined = relation.columns.find((candidate) => candidate.number === number)
  if (!column)
    throw new Error(`a foreign key of ${relation.sqlName} speaks of a column that is not in the catalog`)
  return fromCatalog(column.sqlName)
}
