import vocabularyFile from '../../../dicts/vocabulary.b64' with { type: 'text' }
import { literal, type Sql, sql } from '../../lib/sql.ts'
import { RECORD_LENGTH } from './words.ts'

/**
 * The vocabulary as sql/scan/words.sql reads it: a text of 2048 buckets of one width. A word is in the bucket of the first
 * eleven bits of its hash; there it stands as six hexadecimal digits, from the fourth on, and two characters for what it
 * can be. A bucket is found by its place and searched in it, so a statement does not read 87,000 numbers first: as
 * bigint[] half of them took 5 ms of every statement. One word in 40,000 that is not there is taken for one that is.
 */
const BUCKETS = 2048

let built: { readonly text: string; readonly width: number } | undefined

/** Gives a session the vocabulary; once, before the statements that ask for words. It also works read-only. */
export function vocabularySetting(): Sql {
  const { text, width } = vocabularyTable()
  return sql`SELECT pg_catalog.set_config('pgveil.vocabulary', ${literal(text)}, false) IS NOT NULL AS given, pg_catalog.set_config('pgveil.vocabulary_width', ${literal(String(width))}, false) IS NOT NULL AS measured`
}

export function vocabularyTable(): { readonly text: string; readonly width: number } {
  built ??= build(Buffer.from(vocabularyFile, 'base64'))
  return built
}

function build(records: Buffer): { text: string; width: number } {
  const buckets = Array.from({ length: BUCKETS }, () => '')
  for (let at = 0; at + RECORD_LENGTH <= records.length; at += RECORD_LENGTH) {
    const hash = records.toString('hex', at, at + RECORD_LENGTH - 1)
    const kinds = records.readUInt8(at + RECORD_LENGTH - 1)
    const bucket = Number.parseInt(hash.slice(0, 3), 16) >> 1
    buckets[bucket] += hash.slice(3, 9) + kindCharacter(kinds >> 4) + kindCharacter(kinds & 15)
  }
  const width = Math.max(...buckets.map(({ length }) => length))
  return { text: buckets.map((bucket) => bucket.padEnd(width, ' ')).join(''), width }
}

/** Four bits in the lower half of an ASCII character, none of which is a hexadecimal digit: @, A … O in place of 0 … 15. */
function kindCharacter(bits: number): string {
  return String.fromCharCode(0x40 + bits)
}
