import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { inspect } from '../../src/detection/inspect.ts'
import { judgeTable } from '../../src/detection/judge/judge.ts'
import { fromShippedFile, sql } from '../../src/lib/sql.ts'
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

const HOSTILE: readonly (string | null)[] = [
  ...[
    null,
    '',
    ' ',
    '\t\n',
    "'",
    "''",
    '"',
    '\\',
    '\\x41',
    '$$',
    '$1',
    '%s',
    ';--',
    '/*',
    '*/',
    "'; DROP TABLE x; --",
  ],
  ...[
    '0000-00-00',
    '2023-02-30',
    '99/99/9999',
    '31.02.1999',
    '-infinity',
    '0001-01-01 BC',
    '19991-01-01',
    '1999',
  ],
  ...[
    '9'.repeat(400),
    `-${'9'.repeat(30)}`,
    '1e400',
    'NaN',
    '٣٤٥',
    '１２３４５６７８９',
    '0.0',
    '.0',
    '12.0',
    '00000000000000000000',
    '000000000',
  ],
  ...[
    'A'.repeat(17),
    '0'.repeat(17),
    'GB00',
    `GB82${'W'.repeat(30)}`,
    'ZZ99999999999999999',
    'X1234567',
    'É1234567L',
    '12345678Ñ',
    'İI1234567',
  ],
  ...[
    '@',
    'a@',
    '@b',
    'a@b',
    'a@@b.c',
    'a@b..c',
    `${'a'.repeat(70000)}@b.org`,
    '((((((((',
    '[[[[',
    '{"',
    '{"a":',
    '[{"a":"\\u0000"}]',
    '":',
  ],
  ...[
    '🙂',
    '👩‍👩‍👧',
    '\u200b',
    '\ufeff',
    'a\u0301',
    '名',
    '山田 太郎',
    '김',
    'שלום',
    '\u202etxt',
    'ﬁ',
    'ß',
    '\u0001',
    '\u007f',
  ],
  ...[
    'x'.repeat(100000),
    `${'word '.repeat(20000)}`,
    '1'.repeat(100000),
    '+'.repeat(300),
    '1-'.repeat(300),
    '(1) '.repeat(100),
    '::::::::',
    '1:'.repeat(50),
  ],
  ...[
    '131052-308',
    '131052+3089',
    '12345678-',
    'A1',
    '00:00',
    '::',
    '::1',
    'POINT (',
    '-----BEGIN',
    'eyJ.eyJ',
    '$2b$',
  ],
]

/** Of a long value its first 500 characters count, in bytes from 2,000 on. */
function beginning(value: string | null): string {
  const text = value ?? ''
  return Buffer.byteLength(text) > 2000 ? [...text].slice(0, 500).join('') : text
}

test('no value makes a statement fail, whatever the name', async () => {
  const table = Object.fromEntries(
    ['reading', 'email', 'iban', 'date_of_birth', 'notes', 'full_name', 'postcode', 'salary'].map((name) => [
      name,
      { values: HOSTILE },
    ]),
  )
  const evidence = await evidenceOf(database, table)
  expect(evidence.get(1)?.values?.rows).toBe(HOSTILE.length)
  expect(evidence.get(1)?.values?.distinct).toBe(new Set(HOSTILE.filter(Boolean).map(beginning)).size)
})

test('each hostile value by itself fails nothing', async () => {
  for (const value of HOSTILE) {
    const column = { values: [value, value] }
    await detect(database, 't', { reading: column, notes: column, email: column, iban: column })
  }
})

test('columns without rows, or with nothing in them', async () => {
  const detections = await detect(database, 'people', {
    email: { values: [null, '', '  '] },
    reading: { values: [null] },
    phone: { values: ['', null] },
  })
  expect(likely(detections)).toEqual({})
  // A strong name over nothing is told, and left to a person.
  expect(detections.get('email')).toMatchObject({ entity: 'EMAIL', confidence: 0.45 })
  expect(detections.has('reading')).toBe(false)
  const none = sql`SELECT NULL::pg_catalog.text AS c1 WHERE false`
  const evidence = await inspect(
    (statement) => database.session.rows(statement),
    [{ name: 'email', type: 'text' }],
    none,
  )
  expect(judgeTable('people', [{ name: 'email', type: 'text' }], evidence).get('email')?.entity).toBe('EMAIL')
})

test('names of columns and tables with quotes, NUL excepted, are data', async () => {
  const name = `"e-mail"'; DROP TABLE x; --`
  const detections = await detect(database, `t"';--`, {
    [name]: { values: ['a@example.org', 'b@example.org'] },
  })
  expect(likely(detections)).toEqual({ [name]: 'EMAIL' })
})

describe('types', () => {
  const emails = many(20, (n) => `p${n}@example.org`)

  test('arrays give their elements', async () => {
    const detections = await detect(database, 't', {
      a: { type: 'text[]', values: emails.map((email) => `{"${email}",NULL,"${email}x"}`) },
      b: { type: 'varchar(60)[]', values: emails.map((email) => `{{"${email}"},{"${email}"}}`) },
      c: { type: 'text[]', values: ['{}', null, '{NULL}'] },
      d: { type: 'int[]', values: ['[0:2]={1,2,3}', '{}'] },
      e: { type: 'inet[]', values: ['{10.0.0.1,10.0.0.2}'] },
    })
    expect(likely(detections)).toEqual({ a: 'EMAIL', b: 'EMAIL', e: 'IP_ADDRESS' })
  })

  test('documents give their keys, and what is written in them', async () => {
    const documents = many(20, (n) =>
      JSON.stringify({ id: n, contact: { firstName: 'x', Email: `p${n}@example.org` }, items: [{ sku: n }] }),
    )
    const detections = await detect(database, 't', {
      a: { type: 'jsonb', values: documents },
      b: {
        type: 'json',
        values: [...documents, '{"\\u0000": 1}', '{"\\ud800": "\\udc00\\ud800"}', '[]', '1', '"x"', 'null'],
      },
      c: { values: documents },
      d: {
        type: 'jsonb',
        values: many(20, (n) => JSON.stringify({ width: n, height: n, colour: 'red', email_verified: true })),
      },
      e: { type: 'jsonb', values: ['{}', '[]'] },
      f: {
        type: 'jsonb[]',
        values: documents.slice(0, 3).map((document) => `{${JSON.stringify(document)}}`),
      },
    })
    expect(likely(detections)).toEqual({ a: 'DOCUMENT', b: 'DOCUMENT', c: 'DOCUMENT', f: 'DOCUMENT' })
    expect(detections.get('a')?.evidence).toContainEqual({
      kind: 'keys',
      entity: 'FIRST_NAME',
      token: 'firstname',
      rows: 20,
    })
    expect(detections.get('a')?.evidence).toContainEqual({
      kind: 'inside',
      entity: 'EMAIL',
      hits: 20,
      of: 20,
    })
  })

  test('a type may contradict a name, or say it all', async () => {
    const detections = await detect(database, 'users', {
      email: { type: 'boolean', values: ['t', 'f'] },
      phone: { type: 'boolean', values: ['t'] },
      gender: { type: 'timestamp with time zone', values: ['2020-01-01'] },
      last_name: { type: 'int', values: ['1', '2'] },
      client: { type: 'inet', values: ['10.0.0.1'] },
      adapter: { type: 'macaddr', values: ['08:00:2b:01:02:03'] },
      photo: { type: 'bytea', values: ['\\x00ff'] },
      born: { type: 'date', values: ['1970-01-01', '1980-05-05', 'infinity', '0044-03-15 BC'] },
      phone2: { type: 'bigint', values: ['4930123456', '4930123457'] },
      location: { type: 'point', values: ['(1,2)'] },
    })
    expect(likely(detections)).toEqual({
      client: 'IP_ADDRESS',
      adapter: 'MAC_ADDRESS',
      photo: 'PHOTO',
      born: 'DATE_OF_BIRTH',
      phone2: 'PHONE',
    })
  })

  test('domains and enums are read as the text they print', async () => {
    await database.run(`CREATE SCHEMA IF NOT EXISTS shop;
      CREATE DOMAIN shop."E-Mail" AS pg_catalog.text; CREATE TYPE shop.sex AS ENUM ('female', 'male')`)
    const detections = await detect(database, 't', {
      a: { type: 'shop."E-Mail"', values: emails },
      b: { type: 'shop.sex', values: ['female', 'male'] },
    })
    expect(likely(detections)).toEqual({ a: 'EMAIL', b: 'GENDER' })
  })
})

const PEOPLE = {
  first: { values: ['Élodie', 'José', 'Zoë', 'Anna', 'Björn', 'André'] },
  who: { values: ['Anna Müller', 'José García', 'Zoë Jones', 'Élodie Martin', 'Peter Smith', 'Maria Rossi'] },
  mail: { values: many(9, (n) => `p${n}@example.org`) },
}

describe('other databases', () => {
  test.each([
    ['C locale', sql`TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'`],
    ['LATIN1', sql`TEMPLATE template0 ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C'`],
    ['SQL_ASCII', sql`TEMPLATE template0 ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C'`],
    ['EUC_JP', sql`TEMPLATE template0 ENCODING 'EUC_JP' LC_COLLATE 'C' LC_CTYPE 'C'`],
  ])('%s', async (name, properties) => {
    await using other = await TestDatabase.createAs(
      `detect_${process.pid}_${name.replace(' ', '_').toLowerCase()}`,
      properties,
    )
    await prepare(other)
    const people = name === 'EUC_JP' ? { mail: PEOPLE.mail } : PEOPLE
    const found = likely(await detect(other, 'people', people))
    expect(found).toMatchObject({ mail: 'EMAIL' })
    if (name === 'C locale') expect(found).toEqual({ first: 'FIRST_NAME', who: 'PERSON_NAME', mail: 'EMAIL' })
  })

  test('bytes that are no letters', async () => {
    await using other = await TestDatabase.createAs(
      `detect_${process.pid}_bytes`,
      sql`TEMPLATE template0 ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C'`,
    )
    await prepare(other)
    const sample = fromShippedFile(
      String.raw`SELECT E'\xff\xfe caf\xe9 12'::text AS c1, E'{"\xff": "a@b.org"}'::text AS c2`,
    )
    const columns = ['notes', 'email'].map((name) => ({ name, type: 'text' }))
    const evidence = await inspect((statement) => other.session.rows(statement), columns, sample)
    expect(evidence.get(1)?.values?.examined).toBe(1)
  })

  test('functions and operators of a hostile schema are not called', async () => {
    await using other = await TestDatabase.create(`
      CREATE FUNCTION public.md5(text) RETURNS text LANGUAGE sql AS 'SELECT 1/0 || $1';
      CREATE FUNCTION public.btrim(text) RETURNS text LANGUAGE sql AS 'SELECT 1/0 || $1';
      CREATE FUNCTION public.hit(text, text) RETURNS boolean LANGUAGE sql AS 'SELECT 1/0 = 1';
      CREATE OPERATOR public.~ (LEFTARG = text, RIGHTARG = text, FUNCTION = public.hit)`)
    await prepare(other)
    expect(likely(await detect(other, 'people', PEOPLE))).toMatchObject({ mail: 'EMAIL' })
  })
})
