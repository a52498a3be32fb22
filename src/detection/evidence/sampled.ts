import { identifier, join, literal, type Sql, sql } from '../../lib/sql.ts'
import { type InspectedColumn, isArray } from '../columns.ts'

/** Of a larger sample the first rows are read: distinct values are gathered in memory, and shares need no more. */
export const MOST_ROWS = 10_000

/**
 * The sampled rows turned into one row for each value: number of the column (from 1), and the value as text in collation
 * C, in which comparing is comparing bytes and a locale decides nothing. An array gives its elements: the text of any
 * array is also that of a text[].
 */
export function sampled(sample: Sql, columns: readonly InspectedColumn[], numbers: readonly number[]): Sql {
  const scalars = numbers.filter((number) => !isArray(columns[number - 1]?.type ?? ''))
  const arrays = numbers.filter((number) => !scalars.includes(number))
  const pairs = scalars.map((number) => sql`(${literal(number)}, ${textOf(number)})`)
  const parts = [
    ...(pairs.length > 0 ? [sql`SELECT v.n, v.v COLLATE "C" FROM (VALUES ${join(pairs)}) AS v(n, v)`] : []),
    ...arrays.map(
      (number) =>
        sql`SELECT ${literal(number)}, e COLLATE "C" FROM pg_catalog.unnest(${textOf(number)}::pg_catalog.text[]) AS e`,
    ),
  ]
  return sql`SELECT u.number, u.value FROM (SELECT * FROM (${sample}) AS t LIMIT ${literal(MOST_ROWS)}) AS s, LATERAL (${join(parts, sql` UNION ALL `)}) AS u(number, value)`
}

function textOf(number: number): Sql {
  return sql`s.${identifier(`c${number}`)}`
}
