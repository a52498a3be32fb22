import type { Regex } from '../../dictionary/python-regex/tree.ts'
import { widthOf } from '../../dictionary/python-regex/width.ts'
import { literal, type Sql, sql } from '../../lib/sql.ts'

/** Why the values of a column are sensitive. */
export type ValueReason =
  | { readonly kind: 'constant' }
  | { readonly kind: 'partial-constant' }
  /** The regular expression as the dictionary has it. */
  | { readonly kind: 'regex'; readonly rule: string }

/** A test of one value in SQL. */
export interface ValueTest {
  readonly reason: ValueReason
  /** Of a value's text, or of the same with its ASCII letters made small. */
  readonly of: 'text' | 'lower'
  /** `pattern` stands for the text of the same name, which a statement holds once for all of its columns. */
  readonly condition: (text: Sql, pattern: Sql) => Sql
  /** A regular expression of PostgreSQL's; it keeps 32 compiled in a session. */
  readonly pattern?: string
  /** What it searches for, where that tells the types apart in which it cannot be found. */
  readonly tree?: Regex
  /** What to do where PostgreSQL finds the pattern too complex. */
  readonly otherwise?: () => TestOnOurSide
}

/** A test that PostgreSQL does not have, of a value as it came. */
export interface TestOnOurSide {
  readonly reason: ValueReason & { readonly kind: 'regex' }
  readonly regex: RegExp
}

export interface ValueTests {
  readonly inSql: readonly ValueTest[]
  readonly onOurSide: readonly TestOnOurSide[]
}

/** Whether a text matches a pattern that spells its classes out, so that the plainest collation serves. */
export function matches(text: Sql, pattern: Sql): Sql {
  return sql`${text} OPERATOR(pg_catalog.~) ${pattern} COLLATE pg_catalog."C"`
}

/** PostgreSQL's values are shorter than 1 GB. */
const MOST_BYTES = 2 ** 30

/** Whether a text has as many bytes as a pattern needs characters: no character has less than one. */
export function isLongEnough(text: Sql, tree: Regex): Sql {
  const { min } = widthOf(tree)
  return sql`pg_catalog.octet_length(${text}) OPERATOR(pg_catalog.>=) ${literal(Math.min(min, MOST_BYTES))}`
}
