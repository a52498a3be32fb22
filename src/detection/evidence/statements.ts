import hashedNamesSql from '../../../sql/scan/hashed_names.sql' with { type: 'text' }
import hashedValuesSql from '../../../sql/scan/hashed_values.sql' with { type: 'text' }
import digitsSql from '../../../sql/scan/identifiers_digits.sql' with { type: 'text' }
import lettersSql from '../../../sql/scan/identifiers_letters.sql' with { type: 'text' }
import insideSql from '../../../sql/scan/inside.sql' with { type: 'text' }
import keysSql from '../../../sql/scan/json_keys.sql' with { type: 'text' }
import kindsSql from '../../../sql/scan/kinds.sql' with { type: 'text' }
import namesInsideSql from '../../../sql/scan/names_inside.sql' with { type: 'text' }
import pickedSql from '../../../sql/scan/picked.sql' with { type: 'text' }
import splitSql from '../../../sql/scan/split.sql' with { type: 'text' }
import textsSql from '../../../sql/scan/texts.sql' with { type: 'text' }
import valuesSql from '../../../sql/scan/values.sql' with { type: 'text' }
import wordsSql from '../../../sql/scan/words.sql' with { type: 'text' }
import { fromShippedFile, join, literal, type Sql, sql } from '../../lib/sql.ts'
import { familyOf, type InspectedColumn } from '../columns.ts'
import type { EvidenceOfTable, InspectedNumber, ValueCounts, WordCounts } from './counts.ts'
import { KEY_WORD_HASHES } from './key-words.ts'
import { sampled } from './sampled.ts'
import { isWorthALook } from './worth-a-look.ts'

export type Question = 'values' | 'digits' | 'letters' | 'inside' | 'keys'

export interface EvidenceStatement {
  readonly question: Question
  /** Of the columns that are asked about. */
  readonly numbers: readonly InspectedNumber[]
  readonly sql: Sql
}

/**
 * The first question about a table's sample: what its values look like, and which are known words. `sample` is a
 * sub-select that gives every column as text under the name c1, c2 …, in the order of `columns`. No statement where no
 * column is worth a look.
 *
 * Statements read only, name nothing that search_path could decide where it is empty, fail on no value, and give counts.
 */
export function evidenceStatements(columns: readonly InspectedColumn[], sample: Sql): EvidenceStatement[] {
  const counted = sql`SELECT * FROM counted LEFT JOIN looked_up USING (number)`
  return statement('values', columns, sample, numbersWhere(columns, isWorthALook), counted, [
    ...PICKED,
    sql`counted AS (${fromShippedFile(valuesSql)})`,
    sql`split AS (${fromShippedFile(splitSql)})`,
    sql`hashed AS (${fromShippedFile(hashedValuesSql)})`,
    KINDS,
    sql`looked_up AS (${fromShippedFile(wordsSql)})`,
  ])
}

/** What else to ask, once it is known what the values look like: at most four statements, of few columns each. */
export function furtherStatements(
  columns: readonly InspectedColumn[],
  evidence: EvidenceOfTable,
  sample: Sql,
): EvidenceStatement[] {
  const asked = (worth: (values: ValueCounts, words: WordCounts | undefined) => boolean) =>
    numbersWhere(columns, (_, number) => {
      const { values, words } = evidence.get(number) ?? {}
      return values !== undefined && values.examined > 0 && worth(values, words)
    })
  const documents = numbersWhere(
    columns,
    ({ type }, number) => familyOf(type) === 'json' || looksLikeDocuments(evidence.get(number)?.values),
  )
  const texts = [...asked(isLongText), ...documents].toSorted((left, right) => left - right)
  return [
    ...statement('digits', columns, sample, asked(mayBeDigitIdentifier), fromShippedFile(digitsSql), PICKED),
    ...statement(
      'letters',
      columns,
      sample,
      asked(mayBeLetterIdentifier),
      fromShippedFile(lettersSql),
      PICKED,
    ),
    ...statement('inside', columns, sample, texts, INSIDE, [
      sql`texts AS MATERIALIZED (${fromShippedFile(textsSql)})`,
      sql`stands_inside AS (${fromShippedFile(insideSql)})`,
      sql`hashed AS (${fromShippedFile(hashedNamesSql)})`,
      KINDS,
      sql`named AS (${fromShippedFile(namesInsideSql)})`,
    ]),
    ...statement('keys', columns, sample, documents, fromShippedFile(keysSql), [KNOWN_KEY_WORDS]),
  ]
}

const PICKED = [sql`picked AS MATERIALIZED (${fromShippedFile(pickedSql)})`]

const KINDS = sql`known_kinds AS (${fromShippedFile(kindsSql)})`

const INSIDE = sql`SELECT * FROM stands_inside LEFT JOIN named USING (number)`

const KNOWN_KEY_WORDS = sql`known(place, hash) AS (SELECT w.place::pg_catalog.int4, w.hash FROM pg_catalog.unnest(pg_catalog.string_to_array(${literal(KEY_WORD_HASHES)}, ' ')) WITH ORDINALITY AS w(hash, place))`

function statement(
  question: Question,
  columns: readonly InspectedColumn[],
  sample: Sql,
  numbers: readonly InspectedNumber[],
  counting: Sql,
  more: readonly Sql[] = [],
): EvidenceStatement[] {
  if (numbers.length === 0) return []
  const parts = [sql`sampled(number, value) AS (${sampled(sample, columns, numbers)})`, ...more]
  return [{ question, numbers, sql: sql`WITH ${join(parts)} ${counting}` }]
}

function numbersWhere(
  columns: readonly InspectedColumn[],
  worth: (column: InspectedColumn, number: InspectedNumber) => boolean,
): InspectedNumber[] {
  return columns.flatMap((column, at) => (worth(column, at + 1) ? [at + 1] : []))
}

/** A Chinese number may end in X, which makes it mixed. */
function mayBeDigitIdentifier(values: ValueCounts): boolean {
  const numbers = values.digits + values.separated - otherForms(values) - values.phoneInternational
  const mayEndInX = values.maxLength === 18 && values.averageWords === 1
  return (
    values.maxLength >= 8 &&
    values.minLength <= 26 &&
    numbers + (mayEndInX ? values.mixed : 0) >= 0.3 * values.examined
  )
}

/** Codes, hashes and keys. A printed IBAN has the shape of a street, but no word of one. */
function mayBeLetterIdentifier(values: ValueCounts, words: WordCounts | undefined): boolean {
  const phones = values.phoneInternational + values.phoneSeparated
  const codes = values.mixed + values.separated - otherForms(values) - phones - streets(values, words)
  const few = values.averageWords <= 2 || (values.averageWords <= 9 && values.averageLength <= 42)
  return few && codes >= 0.3 * values.examined
}

/** Texts that end in a number ("call her on 9876543210, please") have the shape of a street, but no word of one. */
function streets(values: ValueCounts, words: WordCounts | undefined): number {
  return (words?.streetWord ?? 0) >= 0.3 * values.examined ? values.street : 0
}

function otherForms({ email, url, date, coordinate, ipv4, document }: ValueCounts): number {
  return email + url + date + coordinate + ipv4 + document
}

/** Documents are kept as text, too. */
function looksLikeDocuments(values: ValueCounts | undefined): boolean {
  return values !== undefined && values.document > 0.5 * values.examined
}

/** Chinese and Japanese sentences have no spaces. */
function isLongText(values: ValueCounts, words: WordCounts | undefined): boolean {
  const addresses = values.averageWords <= 8 ? streets(values, words) : 0
  const sentences = values.letters + values.mixed - addresses - otherForms(values)
  const several = values.averageWords > 1.5 || values.nonAscii >= 0.5 * values.examined
  const long =
    (values.averageWords >= 4 && values.averageLength >= 20) || (several && values.averageLength >= 40)
  return long && sentences >= 0.5 * values.examined
}
