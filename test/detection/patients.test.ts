import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { readName } from '../../src/detection/names/hints.ts'
import { TestDatabase } from '../server/database.ts'
import { detect, likely, many, prepare, type Values } from './inspected.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await TestDatabase.create()
  await prepare(database)
})
afterAll(async () => {
  await database[Symbol.asyncDispose]()
})

const FIRST =
  'Anna Peter Maria John Hans Jose Olga Kevin Laura Paul Emma Lisa Mark Sarah David Julia Tom Eva Nina Karl'
const LAST =
  'Smith Miller Garcia Jones Rossi Novak Brown Silva Johnson Schneider Fischer Weber Wagner Becker Hoffmann Taylor Wilson Davis Evans Thomas'
const first = (n: number) => FIRST.split(' ')[n % 20] ?? ''
const last = (n: number) => LAST.split(' ')[(n * 7) % 20] ?? ''
const rows = (value: (n: number) => string): Values => ({ values: many(150, value) })
const words =
  (...all: string[]) =>
  (n: number) =>
    all[n % all.length] ?? ''

const MISSED: Readonly<Record<string, Values>> = {
  sname: rows(last),
  gname: rows(first),
  who: rows((n) => `${first(n)}.${last(n)}`.toLowerCase()),
  who2: rows((n) => `${first(n)} ${last(n)}`.toLowerCase()),
  handle: rows((n) => `${first(n).toLowerCase()}${n}`),
  pcode: rows((n) => `LS${1 + (n % 9)} ${1 + (n % 7)}AB`),
  plz: rows((n) => String(10115 + n * 37)),
  dx_text: rows(words('Diabetes mellitus', 'Migraine with aura', 'Fracture of the wrist', 'Asthma')),
  geschl: rows(words('m', 'w', 'd')),
  date_of_death: { type: 'date', values: many(150, (n) => `20${10 + (n % 10)}-03-04`) },
  deceased_on: { type: 'date', values: many(150, (n) => `20${10 + (n % 10)}-05-04`) },
  pregnant: { type: 'boolean', values: ['t', 'f'] },
  is_pregnant: rows(words('yes', 'no')),
  union_member: { type: 'boolean', values: ['t', 'f'] },
  criminal_check: rows(words('clear', 'pending')),
  disciplinary_action: rows(words('warning', 'none', 'dismissal')),
  baja_medica: rows(words('si', 'no')),
  insurance_no: rows((n) => `K${100200300 + n * 11}`),
  nhs_number: rows((n) => `943 476 ${5000 + n}`),
  contact_details: rows((n) => `${n} Xqzt, Wvrr`),
  employee_no: rows((n) => `E${n}`),
  disabled: { type: 'boolean', values: ['t', 'f'] },
  active: { type: 'boolean', values: ['t', 'f'] },
}

test('what is plain to a person in a table of patients', async () => {
  expect(likely(await detect(database, 'patients', MISSED))).toEqual({
    sname: 'LAST_NAME',
    gname: 'FIRST_NAME',
    who: 'PERSON_NAME',
    who2: 'PERSON_NAME',
    handle: 'USERNAME',
    pcode: 'POSTCODE',
    plz: 'POSTCODE',
    dx_text: 'DIAGNOSIS',
    geschl: 'GENDER',
    date_of_death: 'DATE_OF_DEATH',
    deceased_on: 'DATE_OF_DEATH',
    pregnant: 'DIAGNOSIS',
    is_pregnant: 'DIAGNOSIS',
    union_member: 'TRADE_UNION',
    criminal_check: 'CRIMINAL_RECORD',
    disciplinary_action: 'CRIMINAL_RECORD',
    baja_medica: 'DIAGNOSIS',
    insurance_no: 'HEALTH_ID',
    nhs_number: 'HEALTH_ID',
    contact_details: 'ADDRESS',
  })
})

test('each of them by itself, without the others beside', async () => {
  for (const column of ['gname', 'plz', 'handle', 'dx_text', 'insurance_no'])
    expect(
      Object.keys(likely(await detect(database, 'patients', { [column]: MISSED[column] ?? rows(first) }))),
    ).toEqual([column])
})

test('names without a telling column name, in small letters or in one word', async () => {
  const columns = {
    c1: rows((n) => `${first(n)} ${last(n)}`.toLowerCase()),
    c2: rows(first),
    c3: rows(words('London', 'Paris', 'Berlin', 'Madrid', 'Rome', 'Vienna', 'Lyon', 'Hamburg', 'Turin')),
    c4: rows(words('red sofa', 'oak table', 'blue chair', 'desk lamp', 'old king', 'long bench')),
  }
  expect(likely(await detect(database, 'patients', columns))).toEqual({ c1: 'PERSON_NAME', c2: 'FIRST_NAME' })
  expect(likely(await detect(database, 'products', columns))).toEqual({ c1: 'PERSON_NAME' })
})

describe('a name that ends in a number or a code', () => {
  test.each([
    'employee_no',
    'employeeNr',
    'customer_code',
    'staff_number',
    'Mitarbeiter_Nr',
    'nom_code',
    '社員番号',
  ])('%s is no name of a person', (name) => {
    const { hints } = readName(name)
    expect(hints.filter(({ entity }) => /NAME$/.test(entity) && entity !== 'USERNAME')).toEqual([])
  })

  test.each([
    ['passport_no', 'PASSPORT'],
    ['phone_number', 'PHONE'],
    ['nhs_number', 'HEALTH_ID'],
    ['insurance_policy_number', 'HEALTH_ID'],
  ])('%s stays %s', (name, entity) => {
    expect(readName(name).hints[0]).toMatchObject({ entity, strength: 'strong' })
  })
})

test('a flag of a thing, or of an account, says nothing of a person’s health', async () => {
  const flag: Values = { type: 'boolean', values: ['t', 'f'] }
  const found = await detect(database, 'products', { prescription: flag, is_disabled: flag, disabled: flag })
  expect(likely(found)).toEqual({})
  expect(likely(await detect(database, 'users', { is_disabled: flag, has_passport: flag }))).toEqual({})
})
