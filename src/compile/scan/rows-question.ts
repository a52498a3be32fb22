import type { Column } from '../../catalog/model.ts'
import { identifier, join, literal, nothing, type Sql, sql } from '../../lib/sql.ts'
import { canPass } from './possible.ts'
import { type RowsSource, rowsSelect } from './rows-source.ts'
import type { ValueTest } from './value-tests.ts'
import { valueText } from './value-text.ts'

/** What one look at rows is about: it asks every test of every column. */
interface RowsQuestion {
  readonly source: RowsSource
  readonly columns: readonly Column[]
  readonly tests: readonly ValueTest[]
  /** Look at the first characters of long values only. */
  readonly cut: boolean
}

/** What was counted of one column. */
export interface ColumnAnswer {
  readonly column: Column
  readonly rows: number
  /** Rows with a value. */
  readonly values: number
  /** The first of the tests that some value passes. */
  readonly passed: ValueTest | undefined
}

/** PostgreSQL keeps 32 regular expressions compiled; with more, each is compiled anew for every value. */
const MOST_PATTERNS = 30

/** A select list holds 1,664 items. */
const MOST_COLUMNS = 400

/**
 * Pieces of a question that are each small enough for one statement, in the order of the tests. Columns that can pass
 * none of them are in none.
 */
export function* pieces(columns: readonly Column[], tests: readonly ValueTest[]): Generator<RowsPiece> {
  for (const group of testGroups(tests)) {
    const asked = columns.filter((column) => group.some((test) => canPass(test, column)))
    for (let at = 0; at < asked.length; at += MOST_COLUMNS) {
      yield { columns: asked.slice(at, at + MOST_COLUMNS), tests: group }
    }
  }
}

export type RowsPiece = Pick<RowsQuestion, 'columns' | 'tests'>

function testGroups(tests: readonly ValueTest[]): ValueTest[][] {
  const groups: ValueTest[][] = [[]]
  let patterns = 0
  for (const test of tests) {
    const own = test.pattern === undefined ? 0 : 1
    patterns += own
    if (patterns > MOST_PATTERNS) {
      groups.push([])
      patterns = own
    }
    groups.at(-1)?.push(test)
  }
  return groups
}

/** One statement that counts; its only row holds numbers, and never a value of the table. */
export function rowsQuestionSql({ source, columns, tests, cut }: RowsQuestion): Sql {
  const items = columns.flatMap((column, at) => {
    const value = valueText(column, { cut })
    const lower = tests.some((test) => test.of === 'lower')
    return [
      sql`${value} AS ${name('v', at)}`,
      ...(lower ? [sql`pg_catalog.lower(${value} COLLATE pg_catalog."C") AS ${name('l', at)}`] : []),
    ]
  })
  const counts = columns.flatMap((column, at) => {
    const branches = tests.flatMap((test, number) =>
      canPass(test, column) ? [branch(test, number, at)] : [],
    )
    return [
      sql`pg_catalog.count(${name('v', at)})::pg_catalog.float8 AS ${name('n', at)}`,
      sql`pg_catalog.min(CASE ${join(branches, sql` `)} END) AS ${name('h', at)}`,
    ]
  })
  return sql`SELECT pg_catalog.count(*)::pg_catalog.float8 AS rows, ${join(counts)} FROM (${rowsSelect(source, items)}) AS looked_at${patternsOf(tests)}`
}

function branch(test: ValueTest, number: number, at: number): Sql {
  const text = name(test.of === 'lower' ? 'l' : 'v', at)
  return sql`WHEN ${test.condition(text, name('p', number))} THEN ${literal(number)}`
}

/**
 * The patterns by name: one that knows all letters there are has 23,000 characters. Each is a constant to PostgreSQL, as
 * it would be in each of the expressions.
 */
function patternsOf(tests: readonly ValueTest[]): Sql {
  const items = tests.flatMap(({ pattern }, number) =>
    pattern === undefined ? [] : [sql`${literal(pattern)}::pg_catalog.text AS ${name('p', number)}`],
  )
  return items.length > 0 ? sql`, (SELECT ${join(items)}) AS patterns` : nothing
}

export function readRowsAnswer(
  { columns, tests }: RowsPiece,
  row: Readonly<Record<string, number | null>>,
): ColumnAnswer[] {
  return columns.map((column, at) => {
    const passed = row[`h${at}`]
    return {
      column,
      rows: row.rows ?? 0,
      values: row[`n${at}`] ?? 0,
      passed: passed == null ? undefined : tests[passed],
    }
  })
}

function name(kind: 'v' | 'l' | 'n' | 'h' | 'p', at: number): Sql {
  return identifier(`${kind}${at}`)
}
