import { expect, test } from 'bun:test'
import { createHash } from 'node:crypto'
import { Fault } from '../../src/lib/fault.ts'
import { sql } from '../../src/lib/sql.ts'
import { CopyInSession } from '../../src/postgres/copy-in-session.ts'
import { CopyError } from '../../src/postgres/copy-messages.ts'
import { Session } from '../../src/postgres/session.ts'
import { EMPTY_SEARCH_PATH } from '../../src/postgres/settings.ts'
import { TestDatabase } from '../server/database.ts'
import { faultOf } from '../server/faults.ts'
import { untilAlone } from '../server/sessions.ts'

const NEVER = new AbortController().signal
const TABLE = 'CREATE TABLE public.t (id int PRIMARY KEY, v text)'
const COPY = sql`COPY public.t (id, v) FROM stdin`

const open = (database: TestDatabase, signal = NEVER) =>
  CopyInSession.open(database.target, EMPTY_SEARCH_PATH, signal)

/** A copy of each, since the memory of what was sent is given back. */
async function* pieces(...texts: (string | Uint8Array)[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield new Uint8Array(Buffer.from(text as string))
}

async function errorOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => undefined,
    (error: unknown) => error,
  )
}

const HOSTILE = '1\tit\'s "quoted" \\\\ \\t\\n\n2\t\\N\n3\t\n4\t卞刚毅 😀 Ünïcödé\n5\t\\\\.\n'

test.each([1, 2, 3, 7, 1000])('rows go in as they are, in pieces of %i bytes', async (size) => {
  await using database = await TestDatabase.create(TABLE)
  const session = await open(database)
  const bytes = Buffer.from(HOSTILE)
  const cut = Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) =>
    bytes.subarray(at * size, (at + 1) * size),
  )
  await session.copyIn(COPY, pieces(...cut))
  await session.close()
  expect(await database.rows('SELECT v FROM public.t ORDER BY id')).toEqual(
    ['it\'s "quoted" \\ \t\n', null, '', '卞刚毅 😀 Ünïcödé', '\\.'].map((v) => ({ v })),
  )
})

test('one COPY follows another, also one of nothing and one that is larger than every buffer', async () => {
  await using database = await TestDatabase.create(TABLE)
  const session = await open(database)
  await session.copyIn(COPY, pieces())
  // Each piece has another text: what is given back too early would be read as that of another.
  const value = (at: number) => createHash('sha256').update(String(at)).digest('hex').repeat(15_000)
  await session.copyIn(COPY, pieces(...Array.from({ length: 40 }, (_, at) => `${at}\t${value(at)}\n`)))
  await session.copyIn(COPY, pieces('100\tlast\n'))
  await session.close()
  const wrong = `
    SELECT count(*)::int FROM public.t
    WHERE id < 100 AND v <> repeat(encode(sha256(convert_to(id::text, 'UTF8')), 'hex'), 15000)`
  expect(await database.value<number>(wrong)).toBe(0)
  expect(await database.value<number>('SELECT count(*)::int FROM public.t')).toBe(41)
})

test.each([
  ['a table that is not there', sql`COPY public.nowhere FROM stdin`, ['1\tx\n'], '42P01'],
  [
    'a value that is none, in the first row of many',
    COPY,
    ['x\tsecret\n', ...Array(50).fill(`1\t${'x'.repeat(1_000_000)}\n`)],
    '22P02',
  ],
  ['a key that is there already', COPY, ['1\ta\n', '1\tsecret\n'], '23505'],
  ['a row that is cut', COPY, ['1\ta\n2'], '22P04'],
])('%s is an error that quotes nothing, and the next COPY goes in', async (_, copy, texts, sqlState) => {
  await using database = await TestDatabase.create(TABLE)
  const session = await open(database)
  const error = await errorOf(session.copyIn(copy, pieces(...texts)))
  expect(error).toBeInstanceOf(CopyError)
  expect(String(error)).toBe(`Error: COPY failed with SQLSTATE ${sqlState}`)
  expect(await database.value<number>('SELECT count(*)::int FROM public.t')).toBe(0)
  await session.copyIn(COPY, pieces('7\tgood\n'))
  await session.close()
  expect(await database.rows('SELECT * FROM public.t')).toEqual([{ id: 7, v: 'good' }])
})

/** A session whose lock every COPY into the table waits for, until it is closed. */
async function lockTable(database: TestDatabase): Promise<Session> {
  const other = await Session.open(database.target)
  await other.run(sql`BEGIN; LOCK TABLE public.t IN ACCESS EXCLUSIVE MODE`)
  return other
}

test('where rows stop coming by an error, the server takes back what it got', async () => {
  await using database = await TestDatabase.create(TABLE)
  const session = await open(database)
  async function* broken() {
    yield* pieces('1\ta\n')
    throw new Error('the disk is gone')
  }
  expect(String(await errorOf(session.copyIn(COPY, broken())))).toBe('Error: the disk is gone')
  await session.close()
  await untilAlone(database)
  expect(await database.value<number>('SELECT count(*)::int FROM public.t')).toBe(0)
})

test('an abort ends a COPY that the server does not read', async () => {
  await using database = await TestDatabase.create(TABLE)
  const other = await lockTable(database)
  const abort = new AbortController()
  const session = await open(database, abort.signal)
  let sent = 0
  async function* endless() {
    for (;;) {
      // The kernel takes no more of them while the server waits for the lock.
      if (++sent === 3) abort.abort()
      yield* pieces(`${sent}\t${'x'.repeat(1_000_000)}\n`)
    }
  }
  const error = await errorOf(session.copyIn(COPY, endless()))
  expect(error).toBeInstanceOf(Fault)
  await session.close()
  await other.close()
  await untilAlone(database)
  expect(await database.value<number>('SELECT count(*)::int FROM public.t')).toBe(0)
})

test('a connection that is lost is told of, also where the rows are all sent', async () => {
  await using database = await TestDatabase.create(TABLE)
  const other = await lockTable(database)
  const session = await open(database)
  const copying = faultOf(session.copyIn(COPY, pieces('1\ta\n')))
  await database.run(`
    DO $$ BEGIN
      WHILE NOT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock') LOOP
        PERFORM pg_sleep(0.01); PERFORM pg_stat_clear_snapshot();
      END LOOP;
      PERFORM pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE datname = current_database() AND wait_event_type = 'Lock';
    END $$`)
  expect((await copying).code).toBe('connection-lost')
  await session.close()
  await other.close()
})
