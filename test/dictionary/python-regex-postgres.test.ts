import { describe, expect, test } from 'bun:test'
import {
  readPythonRegex,
  toPostgres,
  UntranslatableRegex,
} from '../../src/dictionary/python-regex/python-regex.ts'
import { literal, sql } from '../../src/lib/sql.ts'
import { TestDatabase } from '../server/database.ts'
import { CASES, type MatchCase } from './python-regex-cases.ts'

interface Question {
  readonly python: string
  readonly pattern: string
  readonly encoding: 'any' | 'unicode'
  readonly text: string
  readonly matches: boolean
}

/** Every pattern that can be translated with every text that PostgreSQL can hold, and the patterns that cannot be. */
function questionsOf(cases: readonly MatchCase[]): { questions: Question[]; untranslated: string[] } {
  const untranslated: string[] = []
  const questions = cases.flatMap(({ pattern: python, answers }) => {
    try {
      const translated = toPostgres(readPythonRegex(python, { dotAll: true }))
      return answers
        .filter(({ text }) => !text.includes('\0'))
        .map((answer) => ({ python, ...translated, ...answer }))
    } catch (error) {
      if (!(error instanceof UntranslatableRegex)) throw error
      untranslated.push(python)
      return []
    }
  })
  return { questions, untranslated }
}

/** The questions that a server answers in another way than Python, all asked in one statement. */
async function differences(database: TestDatabase, questions: readonly Question[], collation = '') {
  const asked = questions.map(({ pattern, text }) => ({ pattern, text }))
  const wrong = await database.session.rows<{ at: number; matches: boolean }>(sql`
    SELECT at::int, matches FROM (
      SELECT at, (asked ->> 'text') ${collation === '' ? sql`` : sql`COLLATE ${COLLATIONS[collation]!}`}
        ~ (asked ->> 'pattern') AS matches
      FROM json_array_elements(${literal(JSON.stringify(asked))}) WITH ORDINALITY AS questions (asked, at)
    ) AS answers`)
  expect(wrong.length).toBe(questions.length)
  return wrong
    .filter(({ at, matches }) => questions[at - 1]?.matches !== matches)
    .map(({ at }) => questions[at - 1])
}

const COLLATIONS: Readonly<Record<string, ReturnType<typeof sql>>> = {
  C: sql`"C"`,
  'und-x-icu': sql`"und-x-icu"`,
}

const chosen = questionsOf(CASES.chosen)
const random = questionsOf(CASES.random)

describe('in PostgreSQL', () => {
  test('a chosen pattern finds what it finds in Python', async () => {
    await using database = await TestDatabase.create()
    expect(chosen.questions.length).toBeGreaterThan(4000)
    expect(await differences(database, chosen.questions)).toEqual([])
  })

  test('so it does under every collation', async () => {
    await using database = await TestDatabase.create()
    const collations = await database.rows<{ collname: string }>(
      `SELECT collname FROM pg_collation WHERE collname IN ('C', 'und-x-icu') ORDER BY collname`,
    )
    expect(collations[0]).toEqual({ collname: 'C' })
    for (const { collname } of collations) {
      expect([collname, await differences(database, chosen.questions, collname)]).toEqual([collname, []])
    }
  })

  test('a random pattern finds what it finds in Python', async () => {
    await using database = await TestDatabase.create()
    expect(random.untranslated.length / CASES.random.length).toBeLessThan(0.1)
    expect(await differences(database, random.questions)).toEqual([])
  })

  test('every chosen pattern can be translated', () => {
    expect(chosen.untranslated).toEqual([])
  })
})

describe('in a database of another encoding', () => {
  test('LATIN1 is the beginning of Unicode', async () => {
    await using database = await TestDatabase.createAs(
      `latin1_${process.pid}`,
      sql`TEMPLATE template0 ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C'`,
    )
    const questions = chosen.questions.filter(({ text }) => /^[\0-\xff]*$/.test(text))
    expect(questions.length).toBeGreaterThan(3000)
    expect(await differences(database, questions)).toEqual([])
  })

  test.each(['WIN1251', 'EUC_JP'])('%s has the patterns that tell only ASCII apart', async (encoding) => {
    await using database = await TestDatabase.createAs(
      `${encoding.toLowerCase()}_${process.pid}`,
      sql`TEMPLATE template0 ENCODING ${literal(encoding)} LC_COLLATE 'C' LC_CTYPE 'C'`,
    )
    const questions = chosen.questions.filter(
      ({ encoding: rightIn, text }) => rightIn === 'any' && /^[\0-\x7fЯя]*$/.test(text),
    )
    expect(questions.filter(({ text }) => /[Яя]/.test(text)).length).toBeGreaterThan(0)
    expect(questions.length).toBeGreaterThan(2000)
    expect(await differences(database, questions)).toEqual([])
  })
})

test('a repetition too large for PostgreSQL is refused by PostgreSQL, not taken for something else', async () => {
  await using database = await TestDatabase.create()
  const { pattern } = toPostgres(readPythonRegex('(?:(?:a{255}){255}){255}'))
  await expect(database.rows(`SELECT 'a' ~ '${pattern}'`)).rejects.toMatchObject({
    words: expect.stringContaining('too complex'),
  })
})
