import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { type InspectedColumn, readsValuesOf } from '../../src/detection/columns.ts'
import { wasExamined } from '../../src/detection/evidence/worth-a-look.ts'
import { inspect } from '../../src/detection/inspect.ts'
import { isToBeMasked } from '../../src/detection/judge/detection.ts'
import { judgeTable } from '../../src/detection/judge/judge.ts'
import { sql } from '../../src/lib/sql.ts'
import { TestDatabase } from '../server/database.ts'
import { columnsOf, detect, evidenceOf, many, prepare } from './inspected.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await TestDatabase.create()
  await prepare(database)
})
afterAll(async () => {
  await database[Symbol.asyncDispose]()
})

const text = (name: string): InspectedColumn => ({ name, type: 'text' })

describe('a column without values', () => {
  const columns = [...['email', 'reading', 'customer_name', 'name'].map(text), { name: 'born', type: 'date' }]

  test.each(['no rows', 'rows of NULL'])('is empty: %s', async (which) => {
    const sample = sql`SELECT NULL::pg_catalog.text AS c1, NULL::pg_catalog.text AS c2, NULL::pg_catalog.text AS c3, NULL::pg_catalog.text AS c4, NULL::pg_catalog.text AS c5 ${which === 'no rows' ? sql`WHERE false` : sql``}`
    const evidence = await inspect((statement) => database.session.rows(statement), columns, sample)
    const found = judgeTable('employees', columns, evidence)
    expect([...found].map(([name, { entity, confidence }]) => [name, entity, confidence])).toEqual([
      ['email', 'EMAIL', 0.45],
      ['customer_name', 'PERSON_NAME', 0.45],
      ['name', 'PERSON_NAME', 0.45],
      ['born', 'DATE_OF_BIRTH', 0.45],
    ])
    for (const detection of found.values()) {
      expect(detection.evidence).toContainEqual({ kind: 'empty' })
      expect(isToBeMasked(detection)).toBe(true)
    }
    for (const [at, column] of columns.entries()) expect(wasExamined(column, evidence.get(at + 1))).toBe(true)
  })

  test('that nobody asked about is judged by its name, and was not examined', () => {
    expect(judgeTable('t', [text('email')], new Map()).get('email')).toMatchObject({ confidence: 0.7 })
    expect(wasExamined(text('email'), undefined)).toBe(false)
    expect(wasExamined({ name: 'settings', type: 'jsonb' }, undefined)).toBe(false)
    expect(wasExamined({ name: 'scan', type: 'bytea' }, undefined)).toBe(false)
    expect(wasExamined({ name: 'phone', type: 'integer' }, undefined)).toBe(false)
    expect(wasExamined({ name: 'quantity', type: 'integer' }, undefined)).toBe(true)
    expect(wasExamined({ name: 'active', type: 'boolean' }, undefined)).toBe(true)
  })
})

test('documents were examined, however short, and where there are none', async () => {
  const table = {
    a: { type: 'jsonb', values: ['{"x": 1}', '1', 'null'] },
    b: { type: 'jsonb', values: [null] },
    c: { type: 'bytea', values: ['\\x00'] },
  }
  const evidence = await evidenceOf(database, table)
  const examined = columnsOf(table).map((column, at) => wasExamined(column, evidence.get(at + 1)))
  expect(examined).toEqual([true, true, false])
})

describe('types of which "nothing found" means harmless', () => {
  test.each([
    ...[
      'text',
      'text[]',
      'character varying(20)',
      'character varying(20)[]',
      'character(2)',
      '"char"',
      'name',
    ],
    ...['public.citext', '"My ext".citext', 'jsonb', 'json[]', 'integer', 'numeric(10,2)'],
    ...['timestamp(3) with time zone', 'time without time zone', 'interval day to second(3)', 'boolean'],
    ...['uuid', 'inet', 'date[]', 'money', 'regclass'],
  ])('%s', (type) => {
    expect(readsValuesOf(type)).toBe(true)
  })

  test.each([
    ...[
      'bytea',
      'oid',
      'bit(8)',
      'bit varying',
      'xml',
      'tsvector',
      'tsquery',
      'public.hstore',
      'public.ltree',
    ],
    ...['int4range', 'daterange', 'datemultirange', 'int4range[]', 'point', 'public.geometry', 'jsonpath'],
    ...[
      'shop.address',
      'shop.text',
      '"text"',
      'shop."character varying"',
      'shop.sex',
      'text.integer',
      'record',
    ],
  ])('but not %s', (type) => {
    expect(readsValuesOf(type)).toBe(false)
  })
})

describe('keys of documents', () => {
  test('that are values are told once for each entity and words', async () => {
    const document = (n: number) =>
      JSON.stringify(
        Object.fromEntries(Array.from({ length: 60 }, (_, key) => [`Secret-Key ${key * 7 + n}`, 'x'])),
      )
    const detection = (await detect(database, 't', { a: { type: 'jsonb', values: many(50, document) } })).get(
      'a',
    )
    expect(detection?.evidence).toEqual([{ kind: 'keys', entity: 'SECRET', token: 'secretkey', rows: 50 }])
  })

  test('are at most a handful, those of most documents first', async () => {
    const names = [
      ...['email', 'phone', 'first_name', 'last_name', 'street', 'zip', 'city', 'iban', 'passport', 'salary'],
      ...['gender', 'religion', 'diagnosis', 'username', 'password', 'birthday'],
    ]
    const documents = many(16, (n) =>
      JSON.stringify(Object.fromEntries(names.slice(n).map((name) => [name, 1]))),
    )
    const detection = (await detect(database, 't', { a: { type: 'jsonb', values: documents } })).get('a')
    expect(detection?.evidence.map((item) => (item.kind === 'keys' ? item.rows : 0))).toEqual([
      16, 15, 14, 13, 12, 11, 10, 9,
    ])
  })

  test('of a column with many do not push out those of the next', async () => {
    const known = ['email', 'phone', 'name', 'street', 'city', 'first', 'last', 'home', 'work', 'mobile']
    const many3 = known.flatMap((a) => known.flatMap((b) => known.map((c) => `${a} ${b} ${c}`)))
    const wide = (at: number) =>
      JSON.stringify(Object.fromEntries(many3.slice(at * 100, at * 100 + 100).map((key) => [key, 1])))
    const table = {
      a: { type: 'jsonb', values: many(10, wide) },
      b: { type: 'jsonb', values: many(10, (n) => wide(9 - n)) },
      c: { type: 'jsonb', values: many(10, (n) => JSON.stringify({ passport_number: n })) },
    }
    const evidence = await evidenceOf(database, table)
    expect([1, 2, 3].map((number) => evidence.get(number)?.keys?.length)).toEqual([100, 100, 1])
    expect((await detect(database, 't', table)).get('c')?.evidence).toEqual([
      { kind: 'keys', entity: 'PASSPORT', token: 'passportnumber', rows: 10 },
    ])
  })
})
