import { expect, test } from 'bun:test'
import { asFault } from '../../src/lib/fault.ts'
import { sql } from '../../src/lib/sql.ts'
import { Session } from '../../src/postgres/session.ts'
import { TestDatabase } from '../server/database.ts'

test('an abort that comes as a statement ends is told of, and does not end the next one', async () => {
  await using database = await TestDatabase.create('')
  const session = await Session.open(database.target)
  try {
    for (let round = 0; round < 30; round += 1) {
      const abort = new AbortController()
      const answer = session.rowsUntil(abort.signal, sql`SELECT 1`)
      abort.abort()
      const thrown = await answer.catch((error: unknown) => error)
      expect(asFault(thrown).code).toBe('interrupted')
      expect(await session.rows(sql`SELECT pg_sleep(0.01), 2 AS two`)).toEqual([{ pg_sleep: '', two: 2 }])
    }
  } finally {
    await session.close()
  }
})
