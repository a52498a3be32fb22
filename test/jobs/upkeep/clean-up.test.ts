import { afterEach, beforeEach, expect, test } from 'bun:test'
import { cleanUpAuditLog, cleanUpDownloadLinks } from '../../../src/jobs/upkeep/clean-up.ts'
import { openState, type State } from '../../../src/store/state.ts'
import { TestFolder } from '../../server/folder.ts'
import { Hands } from '../schedule/hands.ts'

const NOW = Date.parse('2026-11-21T12:00Z')
const DAY = 24 * 60 * 60 * 1000
const signal = new AbortController().signal

let folder: TestFolder
let state: State
let context: { state: State; clock: Hands }
beforeEach(async () => {
  folder = await TestFolder.create()
  state = await openState(folder.file('state.db'))
  context = { state, clock: new Hands(NOW) }
})
afterEach(async () => {
  await state.destroy()
  await folder[Symbol.asyncDispose]()
})

async function addEntries(times: readonly number[]): Promise<void> {
  for (let from = 0; from < times.length; from += 1000) {
    const rows = times
      .slice(from, from + 1000)
      .map((at) => ({ at, method: 'GET', path: '/', status: 200, details: '{}' }))
    await state.insertInto('audit_log').values(rows).execute()
  }
}

const times = async () =>
  (await state.selectFrom('audit_log').select('at').orderBy('at').execute()).map(({ at }) => at)

test('the audit log loses what is older than 90 days, to the millisecond', async () => {
  const edge = NOW - 90 * DAY
  await addEntries([NOW, edge, edge - 1, 0, NOW + DAY])
  expect(await cleanUpAuditLog(context, signal)).toBe(2)
  expect(await times()).toEqual([edge, NOW, NOW + DAY])
  expect(await cleanUpAuditLog(context, signal)).toBe(0)
})

test('more than one statement removes of it go too, and others write in between', async () => {
  await addEntries(Array.from({ length: 25_000 }, (_, index) => index))
  await addEntries([NOW])
  const [removed] = await Promise.all([cleanUpAuditLog(context, signal), addEntries([NOW + 1])])
  expect(removed).toBe(25_000)
  expect(await times()).toEqual([NOW, NOW + 1])
})

test('nothing is removed once the server stops', async () => {
  await addEntries([0])
  const stopped = AbortSignal.abort()
  await expect(cleanUpAuditLog(context, stopped)).rejects.toThrow()
  await expect(cleanUpDownloadLinks(context, stopped)).rejects.toThrow()
  expect(await times()).toEqual([0])
})

test('download links go when they have expired, used or not', async () => {
  const link = { adapter_id: 'a', path: 'p', decrypt: 1 }
  await state
    .insertInto('download_links')
    .values([
      { ...link, hash: 'live', expires_at: NOW + 1, claimed_at: null },
      { ...link, hash: 'live and used', expires_at: NOW + 1, claimed_at: NOW },
      { ...link, hash: 'expired', expires_at: NOW, claimed_at: null },
      { ...link, hash: 'expired and used', expires_at: NOW - DAY, claimed_at: NOW - DAY },
    ])
    .execute()
  expect(await cleanUpDownloadLinks(context, signal)).toBe(2)
  const left = await state.selectFrom('download_links').select('hash').orderBy('hash').execute()
  expect(left.map(({ hash }) => hash)).toEqual(['live', 'live and used'])
})
