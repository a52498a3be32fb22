import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { ValueCounts } from '../../src/detection/evidence/counts.ts'
import { inspect } from '../../src/detection/inspect.ts'
import { sql } from '../../src/lib/sql.ts'
import { TestDatabase } from '../server/database.ts'
import { detect, evidenceOf, likely, many, prepare } from './inspected.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await TestDatabase.create()
  await prepare(database)
})
afterAll(async () => {
  await database[Symbol.asyncDispose]()
})

async function counts(...values: (string | null)[]): Promise<ValueCounts> {
  const found = (await evidenceOf(database, { reading: { values } })).get(1)?.values
  if (!found) throw new Error('a column of text was not asked')
  return found
}

const FORMS: readonly (readonly [keyof ValueCounts, readonly string[], readonly string[]])[] = [
  [
    'email',
    ['a.b+c@example.org', "o'neil@mail.example.co.uk", 'x_1@bücher.example', ' padded@example.org '],
    ['a@b', 'a@@b.org', '@example.org', 'a b@example.org', 'a@b..org', 'see a@b.org'],
  ],
  [
    'phoneInternational',
    ['+44 20 7946 0123', '+442079460123', '0044 (20) 7946-0123', '+1-555-010-0199'],
    ['+0 123 456 789', '+44', '2079460123'],
  ],
  [
    'phoneUsual',
    [
      '(030) 123456',
      '030/1234567',
      '555-010-0199'.replace('010', '210'),
      '(212) 555-0199',
      '212.555.0199',
      '1 212 555 0199 x12',
    ],
    [
      '2012-01-02',
      '123-45-6789',
      '1981 1981 403',
      '2007 12 31',
      '10.50',
      '4111 1111 1111 1111',
      '978-3-16-148410',
    ],
  ],
  [
    'date',
    [
      '1980-01-31',
      '1980-01-31 10:00:00+00',
      '31.1.1980',
      '1/31/80',
      'Jan 31, 1980',
      '31 Jan 1980',
      '31. Januar 1980',
      '1980/1/31',
    ],
    ['1980', '10:00', '1.2.3', 'May', '192.0.2.1'],
  ],
  [
    'birthYear',
    ['1980-01-31', '31.1.1955', 'Jan 31, 1980', '1980'],
    ['1880-01-31', '2999-01-01', '19800131'],
  ],
  [
    'postcode',
    ['10115', 'SW1A 1AA', 'K1A 0B1', '1012 AB', '94043-1234', '00-950', '100-0001', '01310-200'],
    ['AB', '1234567', '10.5', 'A1'],
  ],
  [
    'street',
    [
      '12 Main Street',
      'Hauptstraße 5a',
      '221b Baker Street',
      'Rua Augusta, 1500',
      '牛埔東路260號',
      '테헤란로 152',
    ],
    ['AB-12', '1980-01-31', 'Main Street', '12'],
  ],
  ['coordinate', ['52.520008', '-0.1277', '45.804624° N'], ['1.25', '200.1234567', '12']],
  ['coordinatePair', ['52.520008, 13.404954', '(52.5200, 13.4049)', 'POINT (13.4 52.5)'], ['1,2', '52.5']],
  ['url', ['https://example.org/x', 'ftp://example.org'], ['example.org', 'a://b']],
  [
    'urlOfUser',
    ['https://www.linkedin.com/in/xqzt', 'https://anna@example.org/', 'https://twitter.com/xqzt'],
    ['https://example.org/in/x', 'https://twitter.com/'],
  ],
  ['ipv4', ['192.0.2.255', '10.0.0.0/8'], ['256.1.1.1', '1.2.3', '1.2.3.4.5']],
  ['bloodType', ['AB+', 'O-'], ['A', 'C+']],
  ['ageNumber', ['0', '42', '119', '42.0'], ['120', '999', '1000', '-1']],
  ['boolean', ['t', 'NO', '0', 'True', '1.0'], ['2', 'maybe']],
  ['document', ['{"a": 1}', '[{"a":1}]'], ['{a}', '[1, 2]', 'a: {"b"']],
]

describe('forms of values', () => {
  test.each(FORMS)('%s', async (form, right, wrong) => {
    for (const value of right) expect([value, (await counts(value))[form]]).toEqual([value, 1])
    for (const value of wrong) expect([value, (await counts(value))[form]]).toEqual([value, 0])
  })
})

test('rows and distinct values are counted over all, forms over 64', async () => {
  const found = await counts(...many(500, (n) => `p${n % 250}@example.org`), null, '', null)
  expect(found).toMatchObject({ rows: 503, distinct: 250, examined: 64, email: 64 })
  expect(await counts(null, '', '  ')).toMatchObject({ rows: 3, distinct: 1, examined: 0 })
})

test('of a large sample the first ten thousand rows are read', async () => {
  const sample = sql`SELECT 'x' || n AS c1, pg_catalog.repeat('y', 20000) || n AS c2 FROM pg_catalog.generate_series(1, 30000) AS n`
  const columns = ['reading', 'notes'].map((name) => ({ name, type: 'text' }))
  const evidence = await inspect((statement) => database.session.rows(statement), columns, sample)
  expect(evidence.get(1)?.values).toMatchObject({ rows: 10_000, distinct: 10_000, examined: 64 })
  expect(evidence.get(2)?.values).toMatchObject({ rows: 10_000, maxLength: 500 })
})

test('a text of a megabyte costs what its beginning costs', async () => {
  expect(await counts('x'.repeat(1_000_000))).toMatchObject({ examined: 1, maxLength: 500 })
})

describe('values that nothing can be made of', () => {
  const odd = { values: many(30, (n) => `Xqzt Wvrr ${n}`) }

  test('do not contradict a name that says it plainly', async () => {
    const detections = await detect(database, 't', {
      full_name: odd,
      last_name: odd,
      email: odd,
      label: odd,
      name: odd,
    })
    expect(likely(detections)).toEqual({ full_name: 'PERSON_NAME', last_name: 'LAST_NAME', email: 'EMAIL' })
    expect(detections.get('full_name')?.confidence).toBeLessThan(0.8)
  })

  test('but numbers, flags and dates do', async () => {
    const column = (value: (n: number) => string) => ({ values: many(30, value) })
    expect(
      likely(
        await detect(database, 't', {
          full_name: column((n) => `2021-01-${10 + (n % 20)}`),
          last_name: column(String),
          email: column((n) => (n % 2 ? 'yes' : 'no')),
          phone: column((n) => `call ${n} times`),
          street: column((n) => `2021-01-${10 + (n % 20)}`),
        }),
      ),
    ).toEqual({})
  })
})
