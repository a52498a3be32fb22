import { type CharSet, charactersOf, charSet, intersects, LAST_CODE_POINT, union } from './char-set.ts'

/**
 * What `\w`, `\d`, `\s` and IGNORECASE mean in Python, computed from this engine's Unicode data. A character that a
 * newer Unicode than Python's has assigned (3.8 has 12.1, 3.13 has 15.1) is the only difference there can be.
 */
export interface Alphabet {
  /** `\w`: str.isalnum() (which is general categories L and N) and the underscore. */
  readonly word: CharSet
  /** `\d`: str.isdecimal(), general category Nd. */
  readonly digit: CharSet
  /** `\s`: str.isspace(). */
  readonly space: CharSet
  /** The set with all that differs from its members by case only. */
  fold(set: CharSet): CharSet
}

export const ASCII: Alphabet = {
  word: charSet([
    [0x30, 0x39],
    [0x41, 0x5a],
    [0x5f, 0x5f],
    [0x61, 0x7a],
  ]),
  digit: [[0x30, 0x39]],
  space: charactersOf(' \t\n\r\f\v'),
  fold: (set) => withCaseClasses(set, asciiCaseClasses()),
}

export const UNICODE: Alphabet = {
  get word() {
    return unicodeWord()
  },
  get digit() {
    return unicodeDigit()
  },
  // Bidirectional classes WS, B and S with Zs: four separators (1C to 1F) more than JavaScript's \s, without U+FEFF.
  space: union(
    [
      [0x09, 0x0d],
      [0x1c, 0x20],
    ],
    charactersOf('\x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000'),
    [[0x2000, 0x200a]],
  ),
  fold: (set) => withCaseClasses(set, unicodeCaseClasses()),
}

/** Whether a character of the set has a partner that differs by case only. */
export function isCased(set: CharSet): boolean {
  return intersects(set, casedCharacters())
}

const unicodeWord = once(() => runsOf(/[\p{L}\p{N}_]+/gu))
const unicodeDigit = once(() => runsOf(/\p{Nd}+/gu))
const casedCharacters = once(() => union(...unicodeCaseClasses()))

const asciiCaseClasses = once(() =>
  [...'abcdefghijklmnopqrstuvwxyz'].map((letter) => charactersOf(letter + letter.toUpperCase())),
)

/**
 * Characters that match each other under IGNORECASE. Python compares simple lower cases, and takes as equal those lower
 * cases that have one upper case between them (ſ and s, ς and σ): Lib/re/_casefix.py. Where a class holds letters with a
 * case from beyond U+FFFF (Deseret), Python 3.8 to 3.13 compare them wrongly, which is not imitated.
 */
const unicodeCaseClasses = once((): CharSet[] => {
  const cased = [...unicodeInPieces()].flatMap(
    ({ text }) => text.match(/\p{Changes_When_Casemapped}/gu) ?? [],
  )
  const twins = new Map<string, string>()
  const first = new Map<string, string>()
  for (const char of cased) {
    const upper = char.toUpperCase()
    const twin = first.get(upper)
    if (twin === undefined) first.set(upper, lowerCase(char))
    else twins.set(lowerCase(char), twin)
  }
  const classes = new Map<string, CharSet>()
  for (const char of cased) {
    const lower = lowerCase(char)
    const name = twins.get(lower) ?? lower
    classes.set(name, union(classes.get(name) ?? charactersOf(name), charactersOf(char + lower)))
  }
  return [...classes.values()]
})

/** The simple lower case, which is the first character of the full one (İ alone has two). */
function lowerCase(char: string): string {
  return String.fromCodePoint(char.toLowerCase().codePointAt(0)!)
}

function withCaseClasses(set: CharSet, classes: readonly CharSet[]): CharSet {
  return union(set, ...classes.filter((members) => intersects(members, set)))
}

function runsOf(characters: RegExp): CharSet {
  const runs: [number, number][] = []
  for (const { first, text, units } of unicodeInPieces()) {
    for (const { 0: run, index } of text.matchAll(characters)) {
      runs.push([first + index / units, first + (index + run.length) / units - 1])
    }
  }
  return charSet(runs)
}

interface Piece {
  readonly first: number
  readonly text: string
  /** UTF-16 units of each of its characters. */
  readonly units: 1 | 2
}

/** Divides the ranges of the surrogates and the planes evenly. In one piece all of it takes 100 MB and 0.3 s. */
const PIECE = 2048

/** All of Unicode in order, but for the surrogates, which are no characters. */
function* unicodeInPieces(): Generator<Piece> {
  for (let first = 0; first <= LAST_CODE_POINT; first += PIECE) {
    if (first === 0xd800) continue
    const text = String.fromCodePoint(...Array.from({ length: PIECE }, (_, index) => first + index))
    yield { first, text, units: first > 0xffff ? 2 : 1 }
  }
}

function once<Value>(compute: () => Value): () => Value {
  let known: { readonly value: Value } | undefined
  return () => {
    known ??= { value: compute() }
    return known.value
  }
}
