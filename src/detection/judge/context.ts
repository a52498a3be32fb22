import type { Entity } from '../entities.ts'
import { type Detection, isToBeMasked } from './detection.ts'
import type { Evidence } from './evidence.ts'

/** What a table's rows are: the words of its name say it, or the columns beside. */
export interface Context {
  readonly says: 'person' | 'thing' | null
  readonly evidence: readonly Evidence[]
}

/** Columns that only persons have. A company has an address, a telephone and an e-mail too. */
const OF_PERSONS: ReadonlySet<Entity> = new Set<Entity>([
  'FIRST_NAME',
  'LAST_NAME',
  'DATE_OF_BIRTH',
  'GENDER',
  'NATIONAL_ID',
  'PASSPORT',
  'MARITAL_STATUS',
  'ETHNICITY',
])

/** The columns' own detections, made without a context, decide before the table's name: names of tables are loose. */
export function contextOf(
  subject: 'person' | 'thing' | null,
  columns: readonly (Detection | null)[],
): Context {
  const ofPersons = columns.some((column) => column && isToBeMasked(column) && OF_PERSONS.has(column.entity))
  if (ofPersons) return { says: 'person', evidence: [{ kind: 'context', from: 'siblings', says: 'person' }] }
  if (subject) return { says: subject, evidence: [{ kind: 'context', from: 'table', says: subject }] }
  return { says: null, evidence: [] }
}
