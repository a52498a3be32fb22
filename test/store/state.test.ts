import { describe, expect, test } from 'bun:test'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { sql } from 'kysely'
import { openHome } from '../../src/store/home.ts'
import { MIGRATIONS } from '../../src/store/migrations.ts'
import { ServerLock } from '../../src/store/server-lock.ts'
import { openState } from '../../src/store/state.ts'
import { faultOf } from '../server/faults.ts'
import { TestFolder } from '../server/folder.ts'

const RUN = {
  id: 'a',
  surface: 's',
  kind: 'dump',
  state: 'queued',
  options: '{}',
  keeps_dictionaries: 0,
  folder: 'f',
  created_at: 1,
}

describe('the state file', () => {
  test('is made with all its tables, for its user alone, and opened again as it was', async () => {
    await using folder = await TestFolder.create()
    const file = folder.file('state.db')
    const state = await openState(file)
    expect(statSync(file).mode & 0o777).toBe(0o600)
    const { journal } = await sql<{
      journal: string
    }>`SELECT journal_mode AS journal FROM pragma_journal_mode`
      .execute(state)
      .then(({ rows }) => rows[0] ?? { journal: '' })
    expect(journal).toBe('wal')
    await state.insertInto('runs').values(RUN).execute()
    await state.destroy()
    const again = await openState(file)
    expect((await again.selectFrom('runs').selectAll().execute()).length).toBe(1)
    const applied = await sql<{ name: string }>`SELECT name FROM kysely_migration ORDER BY name`.execute(
      again,
    )
    expect(applied.rows.map(({ name }) => name)).toEqual(Object.keys(MIGRATIONS).sort())
    await again.destroy()
  })

  test('keeps nothing of what was erased', async () => {
    await using folder = await TestFolder.create()
    const state = await openState(folder.file('state.db'))
    const secret = 'an unlikely text of the test'
    await state
      .insertInto('runs')
      .values({ ...RUN, task: Buffer.from(secret.repeat(500)) })
      .execute()
    await state.updateTable('runs').set({ task: null }).execute()
    await sql`PRAGMA wal_checkpoint(TRUNCATE)`.execute(state)
    await state.destroy()
    expect(readFileSync(folder.file('state.db')).includes(secret)).toBe(false)
  })

  test('that is none is refused with its place', async () => {
    await using folder = await TestFolder.create()
    writeFileSync(
      folder.file('state.db'),
      'this is no database, whatever it is called, and it is long enough',
    )
    const fault = await faultOf(openState(folder.file('state.db')))
    expect([fault.code, fault.place?.file]).toEqual(['state-unreadable', folder.file('state.db')])
  })

  test('of a newer version is refused', async () => {
    await using folder = await TestFolder.create()
    const state = await openState(folder.file('state.db'))
    await sql`INSERT INTO kysely_migration (name, timestamp) VALUES ('9999_later', '2099')`.execute(state)
    await state.destroy()
    expect((await faultOf(openState(folder.file('state.db')))).code).toBe('state-unreadable')
  })

  test('may be written by two at once', async () => {
    await using folder = await TestFolder.create()
    const [one, two] = [await openState(folder.file('state.db')), await openState(folder.file('state.db'))]
    const add = (state: typeof one, at: number) =>
      state
        .insertInto('runs')
        .values({ ...RUN, id: `run-${at}` })
        .execute()
    await Promise.all(Array.from({ length: 100 }, (_, at) => add(at % 2 ? one : two, at)))
    expect(await one.selectFrom('runs').select('id').execute()).toHaveLength(100)
    await one.destroy()
    await two.destroy()
  })
})

test('the lock of a home is held by one, and free when that one is gone', async () => {
  await using folder = await TestFolder.create()
  const home = await openHome(folder.file('home'))
  expect(statSync(home.path).mode & 0o777).toBe(0o700)
  const lock = ServerLock.take(home.lockFile)
  expect(() => ServerLock.take(home.lockFile)).toThrow('Another server')
  lock.release()
  ServerLock.take(home.lockFile).release()
})

test('a home that cannot be made is told of', async () => {
  expect((await faultOf(openHome('/dev/null/home'))).code).toBe('disk')
})
