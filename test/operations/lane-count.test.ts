import { describe, expect, test } from 'bun:test'
import { Secret } from '../../src/lib/secret.ts'
import { fromShippedFile, identifier, literal, sql } from '../../src/lib/sql.ts'
import { settleLanes } from '../../src/operations/lane-count.ts'
import { defaultLanes } from '../../src/operations/lanes.ts'
import type { Target } from '../../src/postgres/connection/target.ts'
import { readFreeConnections } from '../../src/postgres/introspect.ts'
import { Session } from '../../src/postgres/session.ts'
import { administer, TestDatabase } from '../server/database.ts'
import { TestFolder } from '../server/folder.ts'
import { dictionary, dumpTo } from '../server/operations.ts'

/** Does something as a role that may have so many connections. */
async function asLimited(
  database: TestDatabase,
  limit: number,
  act: (target: Target) => Promise<void>,
): Promise<void> {
  const name = `limited_${process.pid}_${limit < 0 ? 'not' : limit}`
  await administer(
    sql`CREATE ROLE ${identifier(name)} LOGIN PASSWORD 'few' CONNECTION LIMIT ${literal(limit)}`,
  )
  try {
    await act({ ...database.target, user: name, password: new Secret('few') })
  } finally {
    await database.run(`DROP OWNED BY ${name}`)
    await administer(sql`DROP ROLE ${identifier(name)}`)
  }
}

async function within(target: Target, act: (session: Session) => Promise<void>): Promise<void> {
  const session = await Session.open(target)
  try {
    await act(session)
  } finally {
    await session.close()
  }
}

describe('connections that nobody asked for', () => {
  test('are one a core where there are many left, and what was asked for is taken as it is', async () => {
    await using database = await TestDatabase.create()
    await within(database.target, async (session) => {
      expect(await readFreeConnections(session)).toBeGreaterThan(2 * defaultLanes())
      expect(await settleLanes(session, undefined)).toBe(defaultLanes())
      expect(await settleLanes(session, 64)).toBe(64)
    })
  })

  test('are half of those that the user has left, and one at least', async () => {
    await using database = await TestDatabase.create()
    await asLimited(database, 4, async (target) => {
      await within(target, async (session) => {
        expect(await readFreeConnections(session)).toBe(3)
        expect(await settleLanes(session, undefined)).toBe(1)
        await within(target, async () => {
          expect(await readFreeConnections(session)).toBe(2)
          expect(await settleLanes(session, undefined)).toBe(1)
        })
      })
    })
  })

  test('are half of those that the database has left', async () => {
    await using database = await TestDatabase.create()
    await administer(
      sql`ALTER DATABASE ${identifier(database.target.database)} CONNECTION LIMIT ${literal(7)}`,
    )
    await asLimited(database, -1, async (target) => {
      await within(target, async (session) => {
        // The superuser's own connection counts, where there is one; it may go at any moment.
        const free = await readFreeConnections(session)
        expect([5, 6]).toContain(free)
        expect(await settleLanes(session, undefined)).toBe(Math.min(defaultLanes(), Math.floor(free / 2)))
      })
    })
  })

  test('let a dump be made by a user who may have three', async () => {
    await using database = await TestDatabase.create(`
      CREATE TABLE public.users AS SELECT i AS id, md5(i::text) AS email FROM generate_series(1, 1000) AS i;
      CREATE TABLE public.orders AS SELECT i AS id FROM generate_series(1, 1000) AS i`)
    await using folder = await TestFolder.create()
    await asLimited(database, 3, async (target) => {
      const grants = `GRANT SELECT ON ALL TABLES IN SCHEMA public TO ${target.user}`
      await within(database.target, (session) => session.run(fromShippedFile(grants)))
      const masks = dictionary({
        dictionary: [{ schema: 'public', table: 'users', fields: { email: 'md5(email)' } }],
      })
      const { manifest } = await dumpTo(target, folder.file('a'), { dictionaries: [masks], jobs: undefined })
      expect(manifest.tables.map(({ rows }) => rows)).toEqual([1000, 1000])
    })
  })
})
