import {
  type ColumnEvidence,
  type DocumentKey,
  type EvidenceOfTable,
  type IdentifierCounts,
  INSIDE_COUNTS,
  type InspectedNumber,
  VALUE_COUNTS,
  WORD_COUNTS,
} from './counts.ts'
import { keyWord } from './key-words.ts'
import type { EvidenceStatement, Question } from './statements.ts'

type Row = Readonly<Record<string, unknown>>

/**
 * Adds what a statement answered to what is known of a table's columns. A column that it asked about and that is not in
 * the answer has no values: of a table without rows nothing comes back.
 */
export function readEvidence(
  known: EvidenceOfTable,
  { question, numbers }: Pick<EvidenceStatement, 'question' | 'numbers'>,
  rows: readonly Row[],
): EvidenceOfTable {
  const evidence = new Map<InspectedNumber, ColumnEvidence>(known)
  for (const number of numbers)
    evidence.set(number, { ...NOTHING_COUNTED[question], ...evidence.get(number) })
  for (const { number, ...counts } of rows) {
    const column = numberOf(number)
    evidence.set(column, { ...evidence.get(column), ...answered(evidence.get(column), question, counts) })
  }
  return evidence
}

const NOTHING_COUNTED: Readonly<Record<Question, ColumnEvidence>> = {
  values: { values: countsOf({}, VALUE_COUNTS) },
  inside: { inside: countsOf({}, INSIDE_COUNTS) },
  digits: {},
  letters: {},
  keys: { keys: [] },
}

function answered(known: ColumnEvidence | undefined, question: Question, row: Row): ColumnEvidence {
  switch (question) {
    case 'values': {
      const words = countsOf(row, WORD_COUNTS)
      return { values: countsOf(row, VALUE_COUNTS), words: words.lookedUp > 0 ? words : undefined }
    }
    case 'inside':
      return { inside: countsOf(row, INSIDE_COUNTS) }
    case 'digits':
    case 'letters':
      return { identifiers: new Map([...(known?.identifiers ?? []), ...readIdentifiers(row)]) }
    case 'keys':
      return { keys: [...(known?.keys ?? []), readKey(row)] }
  }
}

/** Columns are called IBAN.form, IBAN.checksum. */
function readIdentifiers(row: Row): Map<string, IdentifierCounts> {
  const identifiers = new Map<string, IdentifierCounts>()
  for (const [column, count] of Object.entries(row)) {
    const [name = '', part] = column.split('.')
    if (part !== 'form' || numberOf(count) === 0) continue
    identifiers.set(name, { form: numberOf(count), checksum: numberOf(row[`${name}.checksum`]) })
  }
  return identifiers
}

function readKey({ rows, places }: Row): DocumentKey {
  if (!Array.isArray(places)) throw new Error('a key of documents came without its words')
  return { rows: numberOf(rows), words: places.map((place) => keyWord(numberOf(place))) }
}

function countsOf<Name extends string>(row: Row, names: readonly Name[]): Readonly<Record<Name, number>> {
  const counts = names.map((name): [Name, number] => [name, numberOf(row[name])])
  return Object.fromEntries(counts) as Record<Name, number>
}

/** NULL where a part of the statement has no row for the column. */
function numberOf(value: unknown): number {
  const number = value === null || value === undefined ? 0 : value
  if (typeof number !== 'number') throw new Error('a statement of the detection answered no number')
  return number
}
