import { type CharSet, complement } from './char-set.ts'
import type { PatternReader } from './pattern-reader.ts'
import { type Alphabet, ASCII, UNICODE } from './unicode.ts'

/** What an escape stands for: one character, or (a class) a set of them. */
export type Escape = { readonly codePoint: number } | { readonly set: CharSet }

const CONTROLS: Readonly<Record<string, number>> = { a: 7, b: 8, f: 12, n: 10, r: 13, t: 9, v: 11 }
const HEX_LENGTHS: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 }
const OCTAL = '01234567'
export const DECIMAL = '0123456789'
const HEXADECIMAL = '0123456789abcdefABCDEF'

export function alphabetOf(flags: { readonly ascii: boolean }): Alphabet {
  return flags.ascii ? ASCII : UNICODE
}

/** Reads the rest of an escape inside brackets; `unit` is the backslash with its character. */
export function readBracketEscape(reader: PatternReader, unit: string, alphabet: Alphabet): Escape {
  const known = classEscape(unit, alphabet) ?? characterEscape(reader, unit)
  if (known) return known
  if (OCTAL.includes(unit[1]!)) return octal(reader, unit + reader.takeWhile(OCTAL, 2))
  return itself(reader, unit)
}

/** Reads the rest of an escape outside brackets: a character, a class, or the number of a group. */
export function readEscape(
  reader: PatternReader,
  unit: string,
  alphabet: Alphabet,
): Escape | { readonly group: string } {
  const known = classEscape(unit, alphabet) ?? characterEscape(reader, unit)
  if (known) return known
  const letter = unit[1]!
  if (letter === '0') return octal(reader, unit + reader.takeWhile(OCTAL, 2))
  if (!DECIMAL.includes(letter)) return itself(reader, unit)
  const digits = letter + reader.takeWhile(DECIMAL, 1)
  if (/^[0-7]{2}$/.test(digits) && reader.next !== undefined && OCTAL.includes(reader.next)) {
    return octal(reader, `\\${digits}${reader.take()}`)
  }
  return { group: digits }
}

function classEscape(unit: string, alphabet: Alphabet): Escape | undefined {
  switch (unit[1]) {
    case 'd':
      return { set: alphabet.digit }
    case 'D':
      return { set: complement(alphabet.digit) }
    case 's':
      return { set: alphabet.space }
    case 'S':
      return { set: complement(alphabet.space) }
    case 'w':
      return { set: alphabet.word }
    case 'W':
      return { set: complement(alphabet.word) }
    default:
      return undefined
  }
}

function characterEscape(reader: PatternReader, unit: string): Escape | undefined {
  const letter = unit[1]!
  const control = CONTROLS[letter]
  if (control !== undefined) return { codePoint: control }
  const length = HEX_LENGTHS[letter]
  if (length !== undefined) return hexadecimal(reader, unit, length)
  if (letter === 'N') {
    if (reader.next !== '{') reader.refuse('missing {')
    reader.refuse('named characters (\\N{…}) are not read; write the character itself', unit.length)
  }
  return undefined
}

function hexadecimal(reader: PatternReader, unit: string, length: number): Escape {
  const written = unit + reader.takeWhile(HEXADECIMAL, length)
  if (written.length !== unit.length + length) reader.refuse(`incomplete escape ${written}`, written.length)
  const codePoint = Number.parseInt(written.slice(2), 16)
  if (codePoint > 0x10ffff) reader.refuse(`bad escape ${written}`, written.length)
  return { codePoint }
}

function octal(reader: PatternReader, written: string): Escape {
  const codePoint = Number.parseInt(written.slice(1), 8)
  if (codePoint > 0o377) {
    reader.refuse(`octal escape value ${written} outside of range 0-0o377`, written.length)
  }
  return { codePoint }
}

/** A backslash before anything but a letter or a digit of ASCII takes its meaning away. */
function itself(reader: PatternReader, unit: string): Escape {
  if (/^\\[A-Za-z0-9]/.test(unit)) reader.refuse(`bad escape ${unit}`, unit.length)
  return { codePoint: unit.codePointAt(1)! }
}
