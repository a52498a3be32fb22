import type { PatternReader } from './pattern-reader.ts'

/** The flags under which a part of a pattern stands. */
export interface Flags {
  readonly ignoreCase: boolean
  readonly multiline: boolean
  readonly dotAll: boolean
  readonly verbose: boolean
  readonly ascii: boolean
}

const NAMES: Readonly<Record<string, keyof Flags>> = {
  i: 'ignoreCase',
  m: 'multiline',
  s: 'dotAll',
  x: 'verbose',
}
const LETTERS = 'aiLmsux'

/** `(?i)` stands for the whole pattern, `(?i-s:` for its group. */
export interface InlineFlags {
  readonly scope: 'pattern' | 'group'
  readonly changes: Partial<Flags>
}

export function isFlag(char: string): boolean {
  return char === '-' || LETTERS.includes(char)
}

/** Reads inline flags whose first letter (or minus) has been taken, up to their `)` or `:`. */
export function readFlags(reader: PatternReader, first: string): InlineFlags {
  const on =
    first === '-'
      ? { letters: '', end: '-' }
      : readLetters(reader, first, { ends: ')-:', missing: 'missing -, : or )', check: refuseOn })
  const changes = changesOf(on.letters, true)
  if (on.end === ')') return { scope: 'pattern', changes }
  if (on.end === ':') return { scope: 'group', changes }
  const letter = reader.take()
  if (letter === undefined) return reader.refuse('missing flag')
  if (!LETTERS.includes(letter)) reader.refuse(wrongLetter(letter, 'missing flag'), letter.length)
  const off = readLetters(reader, letter, { ends: ':', missing: 'missing :', check: refuseOff })
  if ([...off.letters].some((flag) => on.letters.includes(flag))) {
    reader.refuse('bad inline flags: flag turned on and off', 1)
  }
  return { scope: 'group', changes: { ...changes, ...changesOf(off.letters, false) } }
}

interface LetterRules {
  readonly ends: string
  readonly missing: string
  /** Refuses the letters read so far, or does nothing. */
  check(reader: PatternReader, letters: string): void
}

function readLetters(
  reader: PatternReader,
  first: string,
  { ends, missing, check }: LetterRules,
): { letters: string; end: string } {
  let letters = first
  for (;;) {
    check(reader, letters)
    const next = reader.take()
    if (next === undefined) return reader.refuse(missing)
    if (ends.includes(next)) return { letters, end: next }
    if (!LETTERS.includes(next)) reader.refuse(wrongLetter(next, missing), next.length)
    letters += next
  }
}

function refuseOn(reader: PatternReader, letters: string): void {
  if (letters.includes('L')) reader.refuse("bad inline flags: cannot use 'L' flag with a str pattern")
  if (letters.includes('a') && letters.includes('u')) {
    reader.refuse("bad inline flags: flags 'a', 'u' and 'L' are incompatible")
  }
}

function refuseOff(reader: PatternReader, letters: string): void {
  if (/[auL]/.test(letters)) reader.refuse("bad inline flags: cannot turn off flags 'a', 'u' and 'L'")
}

function wrongLetter(char: string, missing: string): string {
  return /^\p{L}$/u.test(char) ? 'unknown flag' : missing
}

function changesOf(letters: string, on: boolean): Partial<Flags> {
  const changes: Partial<Record<keyof Flags, boolean>> = {}
  for (const letter of letters) {
    const name = NAMES[letter]
    if (name) changes[name] = on
    if (letter === 'a') changes.ascii = true
    if (letter === 'u') changes.ascii = false
  }
  return changes
}
