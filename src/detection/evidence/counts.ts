/** What the statements of the detection count; numbers of distinct values, where nothing else is said. */

/** By sql/scan/values.sql. */
export interface ValueCounts {
  /** Of the sample, or elements of its arrays. */
  readonly rows: number
  /** Rows that are neither NULL nor ''. */
  readonly filled: number
  readonly distinct: number
  /** Distinct values, blank ones left out, whose forms were counted; all counts below are of these. */
  readonly examined: number
  readonly minLength: number
  readonly maxLength: number
  readonly averageLength: number
  readonly averageWords: number
  readonly digits: number
  readonly separated: number
  readonly letters: number
  readonly mixed: number
  readonly long: number
  readonly nameLike: number
  readonly capitalized: number
  readonly nonAscii: number
  readonly email: number
  readonly phoneInternational: number
  readonly phoneSeparated: number
  /** In brackets, with the 0 of long distance, or as in North America; also among those with separators. */
  readonly phoneUsual: number
  readonly phoneDigits: number
  readonly date: number
  readonly pastYear: number
  readonly birthYear: number
  readonly yearOnly: number
  readonly smallNumber: number
  readonly ageNumber: number
  readonly postcode: number
  readonly street: number
  readonly coordinate: number
  readonly coordinatePair: number
  readonly document: number
  readonly url: number
  readonly urlOfUser: number
  readonly ipv4: number
  readonly bloodType: number
  readonly boolean: number
}

/** By sql/scan/words.sql. */
export interface WordCounts {
  readonly lookedUp: number
  readonly firstName: number
  readonly lastName: number
  /** Values of one word that is a first or last name. */
  readonly singleName: number
  /** Values of two to five words, one of them a first or last name. */
  readonly severalNames: number
  readonly city: number
  readonly country: number
  readonly gender: number
  readonly job: number
  /** Values with a number and a word of streets. */
  readonly streetWord: number
  readonly special: number
}

/** Values that have the form of an identifier, and those whose check digits are right (0 where it has none). */
export interface IdentifierCounts {
  readonly form: number
  readonly checksum: number
}

/** By sql/scan/inside.sql: personal data within longer texts. */
export interface InsideCounts {
  readonly texts: number
  readonly email: number
  readonly phone: number
  readonly card: number
  readonly iban: number
  readonly nationalId: number
}

/** A key found in documents: the words of it that the packs know, and in how many rows. Keys with other words stay. */
export interface DocumentKey {
  readonly words: readonly string[]
  readonly rows: number
}

/** All that is known about a column's values; a part is missing where it was not asked. */
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
