import type {
  ColumnEvidence,
  DocumentKey,
  EvidenceOfTable,
  IdentifierCounts,
  InsideCounts,
  InspectedNumber,
  ValueCounts,
  WordCounts,
} from './counts.ts'
import { keyWord } from './key-words.ts'
import type { Question } from './statements.ts'

type Row = Readonly<Record<string, unknown>>

/** Adds what a statement answered to what is known of a table's columns. */
export function readEvidence(
  known: EvidenceOfTable,
  question: Question,
  rows: readonly Row[],
): EvidenceOfTable {
  const evidence = new Map<InspectedNumber, ColumnEvidence>(known)
  for (const { number, ...counts } of rows) {
    const column = Number(number)
    evidence.set(column, added(evidence.get(column) ?? {}, question, counts))
  }
  return evidence
}

function added(evidence: ColumnEvidence, question: Question, row: Row): ColumnEvidence {
  switch (question) {
    case 'values': {
      const counts = row as unknown as ValueCounts & WordCounts
      return { ...evidence, values: counts, words: counts.lookedUp > 0 ? counts : undefined }
    }
    case 'inside':
      return { ...evidence, inside: row as unknown as InsideCounts }
    case 'digits':
    case 'letters':
      return {
        ...evidence,
        identifiers: new Map([...(evidence.identifiers ?? []), ...readIdentifiers(row)]),
      }
    case 'keys':
      return { ...evidence, keys: [...(evidence.keys ?? []), readKey(row)] }
  }
}

/** Columns are called IBAN.form, IBAN.checksum. */
function readIdentifiers(row: Row): Map<string, IdentifierCounts> {
  const identifiers = new Map<string, IdentifierCounts>()
  for (const [column, count] of Object.entries(row)) {
    const [name = '', part] = column.split('.')
    if (part !== 'form' || Number(count) === 0) continue
    identifiers.set(name, { form: Number(count), checksum: Number(row[`${name}.checksum`] ?? 0) })
  }
  return identifiers
}

function readKey(row: Row): DocumentKey {
  return { rows: Number(row.rows), words: (row.places as number[]).map(keyWord) }
}
