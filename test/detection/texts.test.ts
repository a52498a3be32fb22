import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Detection } from '../../src/detection/judge/detection.ts'
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

const FIRST = ['Anna', 'Peter', 'Maria', 'John', 'Hans', 'Jose', 'Olga', 'Kevin', 'Laura']
const LAST = ['Müller', 'Smith', 'Garcia', 'Jones', 'Rossi', 'Novak', 'Brown', 'Silva']
const name = (n: number) => `${FIRST[n % 9]} ${LAST[n % 8]}`

async function judged(table: string, value: (n: number) => string): Promise<Detection | undefined> {
  return (await detect(database, table, { remark: { values: many(150, value) } })).get('remark')
}

async function inside(...values: string[]) {
  const found = (await evidenceOf(database, { remark: { values } })).get(1)
  if (!found?.inside) throw new Error('the texts were not asked')
  return found.inside
}

const entities = (detection: Detection | undefined) =>
  detection?.evidence.flatMap((item) => (item.kind === 'inside' ? [[item.entity, item.hits]] : []))

test('a text of a patient with a name and a national telephone', async () => {
  const found = await judged(
    'visits',
    (n) => `Patient ${name(n)} was seen on day ${n}, call back on 07700 ${910001 + n} tomorrow.`,
  )
  expect(found).toMatchObject({ entity: 'FREE_TEXT', confidence: 0.75 })
  expect(entities(found)).toEqual([
    ['PHONE', 128],
    ['PERSON_NAME', 128],
  ])
})

test('a text with a salutation before a surname, in many languages', async () => {
  const right = [
    'Herr Schmidt klagt seit gestern sehr',
    'gestern sprach Frau Dr. Özdemir mit uns',
    'we told Mrs. Xqzt about it yesterday',
    'the letter went to Mr Xqzt by post',
    'hier Monsieur Xqzt est venu nous voir',
    'la Señora Xqzt llamó por la tarde otra vez',
    'ayer vino el Sr. Xqzt con su hijo',
    'ieri la Signora Xqzt ha telefonato ancora',
    'a Senhora Xqzt ligou ontem de novo',
    'vandaag belde Mevrouw de Vries weer op',
    'wczoraj Pani Xqzt dzwoniła do nas znowu',
    'вчера госпожа Иванова звонила нам снова',
  ]
  for (const text of right) expect([text, (await inside(text)).salutation]).toEqual([text, 1])
  const wrong = [
    'the mr is not before any name at all',
    'HERR UND FRAU were written in capitals',
    'Dear Sir or Madam, we write to you today',
    'our Sr. Manager and the Pan American flight',
    'the hierarchy: MsWord and DrFoo are one word',
  ]
  for (const text of wrong) expect([text, (await inside(text)).salutation]).toEqual([text, 0])
  expect(await judged('reports', (n) => `Herr Schmidt klagt am Tag ${n} weiter über Kopfweh`)).toMatchObject({
    entity: 'FREE_TEXT',
    confidence: 0.75,
  })
})

test('telephones as they are written in a country', async () => {
  const right = [
    'please ring him on 020 7946 0123 after lunch',
    'Rückruf unter 030/1234567 erbeten, bitte bald',
    'Rückruf unter (0171) 123 4567 erbeten, bitte',
    'rappeler au 06 12 34 56 78 demain matin svp',
    'llame al teléfono 612 345 678 por la tarde',
    'her mobile: 9876543210, she will answer it',
    'Tel. 089 12 34 56 78 ist besetzt, wie immer',
  ]
  for (const text of right) expect([text, (await inside(text)).phone]).toEqual([text, 1])
  const wrong = [
    'order 0306406152 of 05.12.2021 was shipped on time',
    'parcel 00340434161094021 arrived at 01:02 today',
    'the phone was bought on 2021-03-04 in a shop',
    'part 012-345 costs 01.50 and weighs 0123 grams',
    'it was called 1234 times between 2019 and 2021',
  ]
  for (const text of wrong) expect([text, (await inside(text)).phone]).toEqual([text, 0])
})

describe('names in texts', () => {
  test('count where a first one stands before a last one', async () => {
    const text = (words: string) => `yesterday we met ${words} in the street`
    for (const words of ['Anna Müller', 'Doctor Anna Müller', 'old Peter Smith,'])
      expect([words, (await inside(text(words))).fullName]).toEqual([words, 1])
    for (const words of ['Müller', 'anna müller', 'Anna. Müller', 'Xqzt Wvrr'])
      expect([words, (await inside(text(words))).fullName]).toEqual([words, 0])
  })

  test('are told where they are a habit, and where the table is not of things', async () => {
    const each = (every: number) => (n: number) =>
      `in week ${n} we met ${n % every === 0 ? name(n) : 'nobody at all'} in the street`
    expect(await judged('diary', each(2))).toMatchObject({ entity: 'FREE_TEXT', confidence: 0.75 })
    expect(await judged('diary', each(10))).toBeUndefined()
    expect(await judged('products', each(2))).toBeUndefined()
  })
})

test('hostile texts: runs of capitals, quotes, nothing but names', async () => {
  const values = [
    'A B C D E F G H I J K L M N O P Q R S T U V W X Y Z'.repeat(200),
    `${'Anna Müller '.repeat(2000)}`,
    `Herr ${"'".repeat(50)} \\ " $1 %s ;--`,
    'É'.repeat(5000),
    `tel ${'0 '.repeat(3000)}`,
    `call ${'1'.repeat(4000)}`,
  ]
  const found = (await evidenceOf(database, { remark: { values }, notes: { values } })).get(1)
  expect(found?.values?.distinct).toBe(6)
  expect(likely(await detect(database, 't', { notes: { values: [null] } }))).toEqual({})
})
