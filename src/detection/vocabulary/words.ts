import { createHash } from 'node:crypto'

/** What a word can be; one byte holds all that it is. */
export const VOCABULARY = {
  firstName: 1,
  lastName: 2,
  city: 4,
  country: 8,
  gender: 16,
  job: 32,
  street: 64,
  /** Terms of religion, ethnicity, orientation and family: what they are the column's name tells. */
  special: 128,
} as const

/** Six bytes of hash and one of kinds. Of 60,000 words of six bytes, a stranger is taken for one in 5 · 10⁹. */
export const RECORD_LENGTH = 7

/** The first six bytes of md5 of a word in UTF-8, in hexadecimal. */
export function wordHash(word: string): string {
  return createHash('md5').update(word).digest('hex').slice(0, 12)
}
