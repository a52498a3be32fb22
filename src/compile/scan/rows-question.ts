import type { Column } from '../../catalog/model.ts'
import { fromCatalog, identifier, join, literal, nothing, type Sql, sql } from '../../lib/sql.ts'
import { canPass } from './possible.ts'
import { type RowsSource, rowsSelect } from './rows-source.ts'
import type { ValueTest } from './value-tests.ts'
import { elementText, valueText } from './value-text.ts'

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
  const lowers = tests.some((test) => test.of === 'lower')
  const items = columns.flatMap((column, at) => {
    if (column.isArray) return [sql`${fromCatalog(column.sqlName)} AS ${name('v', at)}`]
    const value = valueText(column, { cut })
    return [
      sql`${value} AS ${name('v', at)}`,
      ...(lowers ? [sql`${lowerOf(value)} AS ${name('l', at)}`] : []),
    ]
  })
  const counts = columns.flatMap((column, at) => {
    const asked = tests.flatMap((test, number) => (canPass(test, column) ? [{ test, number }] : []))
    const first = column.isArray
      ? firstOfElements(column, at, asked, { cut, lowers })
      : firstPassed(asked, { text: name('v', at), lower: name('l', at) })
    return [
      sql`pg_catalog.count(${name('v', at)})::pg_catalog.float8 AS ${name('n', at)}`,
      sql`pg_catalog.min(${first}) AS ${name('h', at)}`,
    ]
  })
  return sql`SELECT pg_catalog.count(*)::pg_catalog.float8 AS rows, ${join(counts)} FROM (${rowsSelect(source, items)}) AS looked_at${patternsOf(tests)}`
}

interface AskedTest {
  readonly test: ValueTest
  readonly number: number
}

/** The number of the first test that a value passes; NULL where it passes none. */
function firstPassed(asked: readonly AskedTest[], value: { readonly text: Sql; readonly lower: Sql }): Sql {
  const branches = asked.map(({ test, number }) => {
    const text = test.of === 'lower' ? value.lower : value.text
    return sql`WHEN ${test.condition(text, name('p', number))} THEN ${literal(number)}`
  })
  return sql`CASE ${join(branches, sql` `)} END`
}

/** The same of the elements of an array, each of which is a value. */
function firstOfElements(
  column: Column,
  at: number,
  asked: readonly AskedTest[],
  { cut, lowers }: { readonly cut: boolean; readonly lowers: boolean },
): Sql {
  const text = elementText(column, sql`element.value`, { cut })
  const lower = lowers ? sql`, ${lowerOf(text)} AS l` : nothing
  const first = firstPassed(asked, { text: sql`texts.v`, lower: sql`texts.l` })
  return sql`(SELECT pg_catalog.min(${first}) FROM pg_catalog.unnest(${name('v', at)}) AS element(value),
    LATERAL (SELECT ${text} AS v${lower} OFFSET 0) AS texts)`
}

function lowerOf(text: Sql): Sql {
  return sql`pg_catalog.lower(${text} COLLATE pg_catalog."C")`
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
