/** What the statements of the detection count; numbers of distinct values, where nothing else is said. */
type Counts<Names extends readonly string[]> = Readonly<Record<Names[number], number>>

/** By sql/scan/values.sql. */
export const VALUE_COUNTS = [
  /** Of the sample, or elements of its arrays. */
  'rows',
  'distinct',
  /** Distinct values, blank ones left out, whose forms were counted; all counts below are of these. */
  'examined',
  ...(['minLength', 'maxLength', 'averageLength', 'averageWords'] as const),
  ...(['digits', 'separated', 'letters', 'mixed'] as const),
  ...(['nameLike', 'capitalized', 'nonAscii', 'email'] as const),
  ...(['phoneInternational', 'phoneSeparated'] as const),
  /** In brackets, with the 0 of long distance, or as in North America; also among those with separators. */
  'phoneUsual',
  'phoneDigits',
  ...(['date', 'birthYear', 'yearOnly', 'smallNumber', 'ageNumber'] as const),
  ...(['postcode', 'street', 'coordinate', 'coordinatePair'] as const),
  ...(['document', 'url', 'urlOfUser', 'ipv4', 'bloodType', 'boolean'] as const),
] as const
export type ValueCounts = Counts<typeof VALUE_COUNTS>

/** By sql/scan/words.sql. */
export const WORD_COUNTS = [
  ...(['lookedUp', 'firstName', 'lastName'] as const),
  /** Values of one word that is a first or last name. */
  'singleName',
  /** Values of two to five words, one of them a first or last name. */
  'severalNames',
  /** Values of two to four words, all of them first or last names. */
  'namesOnly',
  ...(['city', 'country', 'gender', 'job'] as const),
  /** Values with a number and a word of streets. */
  'streetWord',
  'special',
] as const
export type WordCounts = Counts<typeof WORD_COUNTS>

/** Values that have the form of an identifier, and those whose check digits are right (0 where it has none). */
export interface IdentifierCounts {
  readonly form: number
  readonly checksum: number
}

/** By sql/scan/inside.sql and names_inside.sql: personal data within longer texts. */
export const INSIDE_COUNTS = [
  ...(['texts', 'email', 'phone', 'card', 'iban', 'nationalId'] as const),
  /** Texts with a salutation before a word with a capital, and with a known first name before a known last name. */
  ...(['salutation', 'fullName'] as const),
] as const
export type InsideCounts = Counts<typeof INSIDE_COUNTS>

/** A key found in documents: the words of it that the packs know, and in how many rows. Keys with other words stay. */
export interface DocumentKey {
  readonly words: readonly string[]
  readonly rows: number
}

/** All that is known about a column's values; a part is missing where it was not asked, and 0 where there are none. */
export interface ColumnEvidence {
  readonly values?: ValueCounts | undefined
  readonly words?: WordCounts | undefined
  readonly identifiers?: ReadonlyMap<string, IdentifierCounts> | undefined
  readonly inside?: InsideCounts | undefined
  readonly keys?: readonly DocumentKey[] | undefined
}

export type EvidenceOfTable = ReadonlyMap<InspectedNumber, ColumnEvidence>

/** Place of a column among the inspected ones, from 1. */
export type InspectedNumber = number
