import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { RECORD_LENGTH, wordHash } from '../../src/detection/vocabulary/words.ts'
import { TestDatabase } from '../server/database.ts'
import { evidenceOf, many, prepare } from './inspected.ts'

const FILE = join(import.meta.dir, '../../dicts/vocabulary.b64')

let database: TestDatabase
beforeAll(async () => {
  database = await TestDatabase.create()
  await prepare(database)
})
afterAll(async () => {
  await database[Symbol.asyncDispose]()
})

test('the file is small, sorted, and holds hashes', () => {
  expect(statSync(FILE).size).toBeLessThan(1_000_000)
  const records = Buffer.from(readFileSync(FILE, 'latin1'), 'base64')
  expect(records.length % RECORD_LENGTH).toBe(0)
  const hashes = Array.from({ length: records.length / RECORD_LENGTH }, (_, at) =>
    records.toString('hex', at * RECORD_LENGTH, at * RECORD_LENGTH + RECORD_LENGTH - 1),
  )
  expect(hashes).toEqual(hashes.toSorted())
  expect(new Set(hashes).size).toBe(hashes.length)
  expect(hashes).toContain(wordHash('smith'))
  expect(hashes).not.toContain(wordHash('qwrtzxcv'))
})

async function words(...values: string[]) {
  return (await evidenceOf(database, { c: { values } })).get(1)?.words
}

describe('words are known as what they are', () => {
  test.each<[string, string]>([
    ['firstName', 'Anna'],
    ['firstName', 'ANNA'],
    ['firstName', 'anna'],
    ['firstName', ' Anna  Xqzt '],
    ['firstName', 'Élodie'],
    ['firstName', 'Elodie'],
    ['firstName', 'ÉLODIE'],
    ['firstName', 'Мария'],
    ['lastName', 'Müller'],
    ['lastName', 'García-Xqzt'],
    ['lastName', 'SMITH, J.'],
    ['lastName', 'Иванов'],
    ['lastName', '王伟'],
    ['city', 'Los Angeles'],
    ['city', 'Springfield'],
    ['country', 'Deutschland'],
    ['country', 'United States'],
    ['gender', 'FEMALE'],
    ['gender', 'weiblich'],
    ['job', 'Senior Software Engineer'],
    ['streetWord', '12 Xqzt Road'],
    ['special', 'Roman Catholic'],
  ])('%s: %s', async (kind, value) => {
    expect(await words(value)).toMatchObject({ lookedUp: 1, [kind]: 1 })
  })
})

test('words that nobody has are taken for known ones less than once in a thousand', async () => {
  const letters = 'bcdfghjklmnpqrstvwxz'
  const strange = many(64, (n) =>
    Array.from(
      { length: 9 },
      (_, at) => letters[(n * 31 + at * at * 7 + ((n * at) % 13)) % letters.length],
    ).join(''),
  )
  const known = await words(...strange)
  expect(known).toMatchObject({ lookedUp: 64, firstName: 0, lastName: 0, city: 0, country: 0, special: 0 })
})
