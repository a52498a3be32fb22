import { describe, expect, test } from 'bun:test'
import {
  PythonRegexError,
  readPythonRegex,
  toJavaScript,
  toPostgres,
  UntranslatableRegex,
} from '../../src/dictionary/python-regex/python-regex.ts'
import { CASES, type MatchCase } from './python-regex-cases.ts'

const read = (pattern: string) => readPythonRegex(pattern, { dotAll: true })

function thrownBy(work: () => unknown): unknown {
  try {
    work()
  } catch (error) {
    return error
  }
  throw new Error('nothing was refused')
}

test('the cases are what Python said, and many', () => {
  const pairs = (cases: readonly MatchCase[]) => cases.flatMap(({ answers }) => answers).length
  expect(CASES.python).toMatch(/^3\.1[1-3]\./)
  expect(pairs(CASES.chosen)).toBeGreaterThan(4000)
  expect(pairs(CASES.random)).toBeGreaterThan(5000)
})

describe('in JavaScript', () => {
  const differences = (cases: readonly MatchCase[]) => {
    const untranslated: string[] = []
    const wrong = cases.flatMap(({ pattern, answers }) => {
      try {
        const expression = toJavaScript(read(pattern))
        return answers
          .filter(({ text, matches }) => expression.test(text) !== matches)
          .map((answer) => ({ pattern, ...answer }))
      } catch (error) {
        if (!(error instanceof UntranslatableRegex)) throw error
        untranslated.push(pattern)
        return []
      }
    })
    return { untranslated, wrong }
  }

  test('a chosen pattern finds what it finds in Python', () => {
    expect(differences(CASES.chosen)).toEqual({ untranslated: [], wrong: [] })
  })

  test('a random pattern finds what it finds in Python', () => {
    const { untranslated, wrong } = differences(CASES.random)
    expect(wrong).toEqual([])
    expect(untranslated.length / CASES.random.length).toBeLessThan(0.04)
  })
})

describe('what Python refuses', () => {
  test('is refused with its message at its place', () => {
    const ours = CASES.errors.map(({ pattern, position }) => {
      const error = thrownBy(() => read(pattern))
      if (!(error instanceof PythonRegexError)) throw error
      const characters = [...pattern.slice(0, error.offset)].length
      return { pattern, message: error.message, position: position === null ? null : characters }
    })
    expect(ours).toEqual([...CASES.errors])
  })

  test('is refused at an index of the string, which counts 😀 as two', () => {
    expect(thrownBy(() => read('😀a**'))).toMatchObject({ message: 'multiple repeat', offset: 4 })
  })

  // Python gives these no place.
  test.each<[string, string, number]>([
    ['a(?<=b*)', 'look-behind requires fixed-width pattern', 1],
    ['ab{99999999999}', 'the repetition number is too large', 3],
    ['(?a)(?u)b', 'ASCII and UNICODE flags are incompatible', 8],
  ])('%s has a place here', (pattern, message, offset) => {
    expect(thrownBy(() => read(pattern))).toMatchObject({ message, offset })
  })

  test.each<[string, string, number]>([
    ['a\\N{DASH}', 'named characters (\\N{…}) are not read; write the character itself', 1],
    ['('.repeat(100_000), 'the nesting is too deep', 201],
  ])('a pattern that Python might take is refused: %#', (pattern, message, offset) => {
    expect(thrownBy(() => read(pattern))).toMatchObject({ message, offset })
  })
})

describe('what cannot be translated is named, with its place', () => {
  test.each<[string, string, number]>([
    ['(a)?(?(1)b|c)', 'a conditional (?(…)…)', 4],
    ['x(?>a*?b)', 'an atomic group (?>…) of this kind', 1],
    ['x(?:a|ab)*+', 'a possessive quantifier of this kind', 9],
    [`${'(?>a*'.repeat(8)}b?${')'.repeat(8)}`, 'an atomic group (?>…) of this kind', 35],
    ['(?>(a)\\1)', 'an atomic group (?>…) of this kind', 0],
    ['(a)(?=\\1)', 'a back-reference into or inside a lookaround', 6],
    ['(?=(a))\\1', 'a back-reference into or inside a lookaround', 7],
    ['(?i)(a)\\1', 'a back-reference that ignores case', 7],
    ['(?:(a)|b\\1)+', 'a back-reference to a group that may have taken no part', 8],
    ['((a|ab)c*)\\2', 'a back-reference to a group that is not a direct part of the sequence', 10],
    ['(?:a|(b))\\1', 'a back-reference to a group that may have taken no part', 9],
    ['(?:(a+))+\\1', 'a back-reference to a group that is not a direct part of the sequence', 9],
    ['(^a)\\1', 'a back-reference to a group with an assertion in it', 4],
    ['(a)\\1|b*', 'a back-reference in a pattern that can match nothing', 3],
    ['x(a?)\\1', 'a back-reference to a group that can match nothing', 5],
    ['(?:(a|b*)|c)*x\\1', 'a back-reference into a repetition that can match nothing', 14],
    ['(a)(?:\\1?){2}', 'a back-reference in a repetition that can match nothing', 6],
    ['a{70000}', 'a repetition of more than 65025', 1],
    ['(?:\\w{1,9999}x){1,9999}', 'a repetition that is too long to write out', 15],
    ['(?:(a)\\1){300}b', 'a back-reference into a repetition of more than 255', 9],
  ])('%s to PostgreSQL', (pattern, construct, offset) => {
    expect(thrownBy(() => toPostgres(read(pattern)))).toMatchObject({ construct, offset })
  })

  test.each<[string, string, number]>([
    ['(a)?(?(1)b|c)', 'a conditional (?(…)…)', 4],
    ['(?i)(a)\\1', 'a back-reference that ignores case', 7],
    ['(a)?\\1', 'a back-reference to a group that may have taken no part', 4],
    ['(?:(a*)b?)*\\1', 'a back-reference into a repetition that can match nothing', 11],
    ['(?!(a)b)\\1', 'a back-reference into a negative lookaround', 8],
    ['(?>(?:a??)*)b', 'a repetition that can match nothing in an atomic group', 10],
  ])('%s to JavaScript', (pattern, construct, offset) => {
    expect(thrownBy(() => toJavaScript(read(pattern)))).toMatchObject({ construct, offset })
  })
})

describe('printed for PostgreSQL', () => {
  test.each<[string, string]>([
    ['^[a-z]+@example\\.org$', '^[a-z]+@example\\.org\\n?$'],
    ['^a$b', '^a(?=\\n?$)b'],
    ['a\\Z', 'a$'],
    ['(?m)^a$', '(?:^|(?<=\\n))a(?:$|(?=\\n))'],
    ['(?a)\\b\\d{4}\\b', '(?<![0-9A-Z_a-z])[0-9]{4}(?![0-9A-Z_a-z])'],
    ['(?i:a)b', '[Aa]b'],
    ['(?P<x>.)(y)(?P=x)0', '(.)y(?:\\1)0'],
    ['a{1,300}', 'aa{0,255}a{0,44}'],
    ['a++b', 'a+(?!a+)b'],
    ['é😀\\x00', '\\u00E9\\U0001F600\\u0000'],
    ['.*(?-s:.)', '.*[^\\u000A]'],
    ['[]a]', '[\\]a]'],
  ])('%s', (pattern, printed) => {
    expect(toPostgres(read(pattern)).pattern).toBe(printed)
  })

  test('a pattern is ASCII, and says which encodings it is right in', () => {
    expect(toPostgres(read('[^a-z].é?'))).toMatchObject({ encoding: 'unicode' })
    expect(toPostgres(read('(?a)[^a-z].\\w\\S'))).toMatchObject({ encoding: 'any' })
    const patterns = CASES.chosen.map(({ pattern }) => pattern)
    const printed = patterns.flatMap((pattern) => {
      try {
        return toPostgres(read(pattern)).pattern
      } catch {
        return []
      }
    })
    expect(printed.filter((text) => !/^[\x20-\x7e]*$/.test(text))).toEqual([])
  })
})

test('the dot of a name takes no newline, that of a value does', () => {
  expect(toJavaScript(readPythonRegex('a.b')).test('a\nb')).toBe(false)
  expect(toJavaScript(readPythonRegex('a.b', { dotAll: true })).test('a\nb')).toBe(true)
})
