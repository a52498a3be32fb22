import digitsSql from '../../../sql/scan/identifiers_digits.sql' with { type: 'text' }
import lettersSql from '../../../sql/scan/identifiers_letters.sql' with { type: 'text' }
import insideSql from '../../../sql/scan/inside.sql' with { type: 'text' }
import keysSql from '../../../sql/scan/json_keys.sql' with { type: 'text' }
import splitSql from '../../../sql/scan/split.sql' with { type: 'text' }
import valuesSql from '../../../sql/scan/values.sql' with { type: 'text' }
import wordsSql from '../../../sql/scan/words.sql' with { type: 'text' }
import { fromShippedFile, join, literal, type Sql, sql } from '../../lib/sql.ts'
import { familyOf, type InspectedColumn } from '../columns.ts'
import { readName } from '../names/hints.ts'
import type { ColumnEvidence, EvidenceOfTable, InspectedNumber, ValueCounts } from './counts.ts'
import { KEY_WORD_HASHES } from './key-words.ts'
import { sampled } from './sampled.ts'

export type Question = 'values' | 'words' | 'digits' | 'letters' | 'inside' | 'keys'

export interface EvidenceStatement {
  readonly question: Question
  readonly sql: Sql
}

/**
 * The first question about a table's sample: what its values look like. `sample` is a sub-select that gives every
 * column as text under the name c1, c2 …, in the order of `columns`. No statement where no column is worth a look.
 *
 * Statements read only, name nothing that search_path could decide where it is empty, fail on no value, and give counts.
 */
export function evidenceStatements(columns: readonly InspectedColumn[], sample: Sql): EvidenceStatement[] {
  const numbers = numbersWhere(columns, isWorthALook)
  return statement('values', columns, sample, numbers, fromShippedFile(valuesSql))
}

/** What else to ask, once it is known what the values look like: at most five statements, of few columns each. */
export function furtherStatements(
  columns: readonly InspectedColumn[],
  evidence: EvidenceOfTable,
  sample: Sql,
): EvidenceStatement[] {
  const asked = (worth: (values: ValueCounts, column: InspectedColumn) => boolean) =>
    numbersWhere(columns, (column, number) => {
      const values = evidence.get(number)?.values
      return values !== undefined && values.examined > 0 && worth(values, column)
    })
  const documents = numbersWhere(
    columns,
    ({ type }, number) => familyOf(type) === 'json' || looksLikeDocuments(evidence.get(number)?.values),
  )
  const texts = asked(isLongText)
  return [
    ...statement('words', columns, sample, asked(isMadeOfWords), fromShippedFile(wordsSql), [
      sql`split AS (${fromShippedFile(splitSql)})`,
    ]),
    ...statement('digits', columns, sample, asked(mayBeDigitIdentifier), fromShippedFile(digitsSql)),
    ...statement('letters', columns, sample, asked(mayBeLetterIdentifier), fromShippedFile(lettersSql)),
    ...statement(
      'inside',
      columns,
      sample,
      [...texts, ...documents].toSorted((a, b) => a - b),
      fromShippedFile(insideSql),
    ),
    ...statement('keys', columns, sample, documents, fromShippedFile(keysSql), [
      sql`known(place, hash) AS (SELECT w.place::pg_catalog.int4, w.hash FROM pg_catalog.unnest(pg_catalog.string_to_array(${literal(KEY_WORD_HASHES)}, ' ')) WITH ORDINALITY AS w(hash, place))`,
    ]),
  ]
}

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
  return [{ question, sql: sql`WITH ${join(parts)} ${counting}` }]
}

function numbersWhere(
  columns: readonly InspectedColumn[],
  worth: (column: InspectedColumn, number: InspectedNumber) => boolean,
): InspectedNumber[] {
  return columns.flatMap((column, at) => (worth(column, at + 1) ? [at + 1] : []))
}

/** Of small numbers and dates the name tells what they are, or nobody does. */
function isWorthALook({ name, type }: InspectedColumn): boolean {
  const family = familyOf(type)
  if (family === 'text') return true
  if (family === 'number' && /^(bigint|numeric)/.test(type)) return true
  return (family === 'number' || family === 'date') && readName(name).hints.length > 0
}

function isMadeOfWords(values: ValueCounts, { name, type }: InspectedColumn): boolean {
  if (familyOf(type) !== 'text' || values.averageWords > 10 || values.averageLength > 100) return false
  const ofLetters = values.letters - values.long + values.street
  return ofLetters >= 0.3 * values.examined || (ofLetters > 0 && readName(name).hints.length > 0)
}

function mayBeDigitIdentifier(values: ValueCounts): boolean {
  const other = values.date + values.coordinate + values.ipv4 + values.ipv6 + values.phoneInternational
  return (
    values.maxLength >= 8 &&
    values.minLength <= 26 &&
    values.digits + values.separated + values.mixed - other >= 0.3 * values.examined &&
    values.averageWords <= 6
  )
}

function mayBeLetterIdentifier(values: ValueCounts): boolean {
  const other = values.email + values.url + values.date + values.hex + values.street
  return (
    values.mixed + values.separated - other >= 0.3 * values.examined &&
    values.averageLength <= 42 &&
    values.averageWords <= 9
  )
}

/** Documents are kept as text, too. */
function looksLikeDocuments(values: ValueCounts | undefined): boolean {
  return values !== undefined && values.document > 0.5 * values.examined
}

function isLongText(values: ValueCounts): boolean {
  const other = values.url + values.hex + values.passwordHash + values.date + values.email + values.document
  return (
    (values.averageWords >= 3 || values.averageLength >= 30) &&
    other < 0.5 * values.examined &&
    values.maxLength >= 12
  )
}

export type { ColumnEvidence }
