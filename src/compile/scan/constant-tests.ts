import { readPythonRegex, toPostgres } from '../../dictionary/python-regex/python-regex.ts'
import { join, literal, type Sql, sql } from '../../lib/sql.ts'
import { isLongEnough, matches, type ValueReason, type ValueTest } from './value-tests.ts'

/**
 * Above this many words an alternation costs more than splitting the value: 10 words take 3.3 µs a value of two words,
 * 100 take 17; split into words and looked up in a list of 10,000, which PostgreSQL 14 and later hash, it takes 3.4. As
 * a sub-select the same list takes 890.
 */
const MOST_ALTERNATIVES = 8

/** Tests for texts that stand in a value by themselves (`constants`) or anywhere in it (`partial_constants`). */
export function constantTests(
  constants: readonly string[],
  partialConstants: readonly string[],
): ValueTest[] {
  const [phrases, words] = partition(trimmed(constants), (text) => /\s/.test(text))
  return [
    ...wordTests(words),
    ...anywhere(phrases, { kind: 'constant' }),
    ...anywhere(trimmed(partialConstants), { kind: 'partial-constant' }),
  ]
}

function trimmed(texts: readonly string[]): string[] {
  return texts.map((text) => text.trim())
}

/**
 * How a text looks in values whose ASCII letters were made small, which costs a third less than a fold by the language
 * and is the same in every locale: with its other letters small, large, or the first one large.
 */
function foldings(texts: readonly string[]): string[] {
  const spellings = (text: string) => {
    const [first = '', ...rest] = text.toLowerCase()
    return [first + rest.join(''), text.toUpperCase(), first.toUpperCase() + rest.join('')]
  }
  const asciiLower = (text: string) => text.replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase())
  return [...new Set(texts.flatMap(spellings).map(asciiLower))]
}

/** A word stands by itself where no letter, digit or underscore is its neighbour. */
function wordTests(words: readonly string[]): ValueTest[] {
  const [plain, others] = partition(words, (word) => /^[\p{L}\p{N}_]+$/u.test(word))
  const many = plain.length > MOST_ALTERNATIVES
  const alternatives = chunks(many ? others : words, MOST_ALTERNATIVES)
  return [...alternatives.map(alternation), ...(many ? [lookup(plain)] : [])]
}

function alternation(words: readonly string[]): ValueTest {
  const texts = foldings(words)
  const regex = readPythonRegex(`(?<!\\w)(?:${texts.map(escaped).join('|')})(?!\\w)`)
  const { tree } = regex
  return {
    reason: { kind: 'constant' },
    of: 'lower',
    condition: (text, pattern) =>
      sql`${isLongEnough(text, tree)} AND (${containsAny(text, texts)}) AND ${matches(text, pattern)}`,
    pattern: toPostgres(regex).pattern,
    tree,
  }
}

function lookup(words: readonly string[]): ValueTest {
  const list = arrayOf(foldings(words))
  return {
    reason: { kind: 'constant' },
    of: 'lower',
    condition: (text, pattern) => sql`EXISTS (
      SELECT FROM pg_catalog.regexp_split_to_table(${text}, ${pattern} COLLATE pg_catalog."C") AS word
      WHERE word OPERATOR(pg_catalog.=) ANY (${list}))`,
    pattern: toPostgres(readPythonRegex('\\W+')).pattern,
  }
}

function anywhere(constants: readonly string[], reason: ValueReason): ValueTest[] {
  if (constants.length === 0) return []
  const texts = foldings(constants)
  const condition =
    texts.length <= MOST_ALTERNATIVES
      ? (text: Sql) => sql`(${containsAny(text, texts)})`
      : (text: Sql) =>
          sql`EXISTS (SELECT FROM pg_catalog.unnest(${arrayOf(texts)}) AS part WHERE ${contains(text, sql`part`)})`
  const { tree } = readPythonRegex(texts.map(escaped).join('|'))
  return [{ reason, of: 'lower', condition, tree }]
}

function containsAny(text: Sql, texts: readonly string[]): Sql {
  return join(
    texts.map((part) => contains(text, literal(part))),
    sql` OR `,
  )
}

function contains(text: Sql, part: Sql): Sql {
  return sql`pg_catalog.strpos(${text}, ${part}) OPERATOR(pg_catalog.>) 0`
}

function arrayOf(texts: readonly string[]): Sql {
  return sql`ARRAY[${join(texts.map((text) => literal(text)))}]::pg_catalog.text[]`
}

/** Every sign escaped. */
function escaped(text: string): string {
  return text.replaceAll(/[^\p{L}\p{N}_]/gu, (character) => `\\${character}`)
}

function partition<Item>(items: readonly Item[], test: (item: Item) => boolean): [Item[], Item[]] {
  return [items.filter(test), items.filter((item) => !test(item))]
}

function chunks<Item>(items: readonly Item[], size: number): Item[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, at) =>
    items.slice(at * size, (at + 1) * size),
  )
}
