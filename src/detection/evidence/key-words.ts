import { createHash } from 'node:crypto'
import { knownWords } from '../names/lexicon.ts'

/** The words that may stand in a key of a document that is told; a place counts from 1. */
const WORDS = knownWords()

/** Eight hexadecimal digits each, parted by spaces: sql/scan/json_keys.sql compares hashes, which any encoding holds. */
export const KEY_WORD_HASHES = WORDS.map((word) =>
  createHash('md5').update(word).digest('hex').slice(0, 8),
).join(' ')

export function keyWord(place: number): string {
  return WORDS[place - 1] ?? ''
}
