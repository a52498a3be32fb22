import { afterAll, beforeAll, expect, test } from 'bun:test'
import fc from 'fast-check'
import { comment, identifier, join, literal, type Sql, sql } from '../../src/lib/sql.ts'
import { TestDatabase } from '../server/database.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await TestDatabase.create()
})
afterAll(async () => {
  await database[Symbol.asyncDispose]()
})

/** Any text that PostgreSQL can hold, with the characters that break naive quoting much more often than by chance. */
const text = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        "'",
        '"',
        '\\',
        '$',
        '$$',
        '$1',
        ';',
        '--',
        '/*',
        '*/',
        ':',
        ':x',
        "E'",
        '\n',
        '\r',
        '\t',
        '%s',
      ),
      fc.string({ unit: 'binary', maxLength: 4 }),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join('').replaceAll('\0', '').toWellFormed())

for (const conforming of ['on', 'off']) {
  test(`every text comes back from a literal, with standard_conforming_strings ${conforming}`, async () => {
    await database.run(`SET standard_conforming_strings = ${conforming}; SET escape_string_warning = off`)
    await fc.assert(
      fc.asyncProperty(fc.array(text, { minLength: 1, maxLength: 20 }), async (texts) => {
        const columns = texts.map((value, index) => sql`${literal(value)} AS ${identifier(`c${index}`)}`)
        const row = await database.session.row<Record<string, string>>(sql`SELECT ${join(columns)}`)
        expect(Object.values(row)).toEqual(texts)
      }),
      { numRuns: 200 },
    )
    await database.run('RESET standard_conforming_strings')
  })
}

test('every name comes back from an identifier', async () => {
  // A name holds 63 bytes; longer ones are cut by the server.
  const name = text.filter((value) => value !== '' && Buffer.byteLength(value) <= 63)
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(name, { minLength: 1, maxLength: 20 }), async (names) => {
      const row = await database.session.row(
        sql`SELECT ${join(names.map((value) => sql`1 AS ${identifier(value)}`))}`,
      )
      expect(Object.keys(row).sort()).toEqual([...names].sort())
    }),
    { numRuns: 200 },
  )
})

test('a comment cannot be left', async () => {
  await fc.assert(
    fc.asyncProperty(text, async (value) => {
      expect(await database.session.row<{ x: number }>(sql`${comment(value)}SELECT 1 AS x`)).toEqual({ x: 1 })
    }),
    { numRuns: 100 },
  )
})

test('numbers, booleans and NULL are written as they are', async () => {
  const values = [0, -1, 1.5, 12345678901234567890n, true, false, null]
  expect(values.map((value) => literal(value).text)).toEqual([
    '0',
    '-1',
    '1.5',
    '12345678901234567890',
    'true',
    'false',
    'NULL',
  ])
})

test('what cannot be written in SQL is refused', () => {
  expect(() => identifier('')).toThrow('cannot be empty')
  expect(() => identifier('a\0b')).toThrow('NUL')
  expect(() => literal('a\0b')).toThrow('NUL')
})

test('a plain string does not get into a statement', () => {
  expect(() => sql`SELECT ${'x; DROP TABLE y' as unknown as Sql}`).toThrow(TypeError)
  expect(() => sql`SELECT ${{ text: 'x' } as unknown as Sql}`).toThrow(TypeError)
})
