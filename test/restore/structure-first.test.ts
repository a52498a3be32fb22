import { expect, test } from 'bun:test'
import type { Finding } from '../../src/lib/fault.ts'
import { fromShippedFile, identifier, sql } from '../../src/lib/sql.ts'
import type { Target } from '../../src/postgres/connection/target.ts'
import { Session } from '../../src/postgres/session.ts'
import { ThrowawayCluster } from '../../src/postgres/throwaway-cluster.ts'
import hostile from '../round-trip/hostile.sql' with { type: 'text' }
import { administer, TestDatabase } from '../server/database.ts'
import { TestFolder } from '../server/folder.ts'
import { dumpTo, restoreFrom, restoreStreamInto, streamOf } from '../server/operations.ts'
import { contentsOf } from '../server/programs.ts'
import { sortedRows } from '../server/rows.ts'

const tables = (number: number) => `
  DO $$ BEGIN FOR i IN 1..${number} LOOP
    EXECUTE format('CREATE TABLE public.many_%s AS SELECT %s AS id, repeat(''x'', 10) AS v', i, i);
    EXECUTE format('ALTER TABLE public.many_%s ADD PRIMARY KEY (id)', i);
  END LOOP; END $$;`

/** A table that was emptied stands in other files than those that it was made with. */
const EMPTIED = `
  SELECT count(*)::int AS number FROM pg_catalog.pg_class
  WHERE relname ~ '^many_[0-9]+$' AND relkind = 'r' AND pg_catalog.pg_relation_filenode(oid) <> oid`

/** How many tables were emptied before they were filled, where so many are restored. */
async function emptiedOf(number: number, jobs = 2): Promise<number> {
  await using source = await TestDatabase.create(tables(number))
  await using target = await TestDatabase.create()
  await using folder = await TestFolder.create()
  await dumpTo(source.target, folder.file('a'))
  await restoreFrom(folder.file('a'), target.target, { jobs })
  expect(await contentsOf(target.target)).toBe(await contentsOf(source.target))
  return target.value<number>(EMPTIED)
}

test('no table of many is emptied before it is filled', async () => {
  expect(await emptiedOf(50)).toBe(0)
})

test('a few tables are not worth a second start of pg_restore, and one job empties none', async () => {
  expect(await emptiedOf(49)).toBe(49)
  expect(await emptiedOf(50, 1)).toBe(0)
})

test('a hostile database with many tables comes through as it was', async () => {
  await using source = await TestDatabase.create(`${hostile};${tables(60)}`)
  await using target = await TestDatabase.create()
  await using folder = await TestFolder.create()
  await dumpTo(source.target, folder.file('a'))
  await restoreFrom(folder.file('a'), target.target)
  expect(await target.value<number>(EMPTIED)).toBe(0)
  expect(sortedRows(await contentsOf(target.target))).toBe(sortedRows(await contentsOf(source.target)))
})

const ways: [string, (source: Target, target: Target) => Promise<{ warnings: readonly Finding[] }>][] = [
  [
    'an archive',
    async (source, target) => {
      await using folder = await TestFolder.create()
      await dumpTo(source, folder.file('a'))
      return await restoreFrom(folder.file('a'), target)
    },
  ],
  ['a stream', async (source, target) => restoreStreamInto(target, await streamOf(source))],
]

test.each(ways)(
  'an owner who took all rights from itself has its tables filled before, by %s',
  async (_, copy) => {
    await using source = await TestDatabase.create(tables(60))
    const role = `owner_${source.name}`
    await source.run(`
    CREATE ROLE ${role};
    ALTER SCHEMA public OWNER TO ${role};
    DO $$ BEGIN FOR i IN 1..60 LOOP
      EXECUTE format('ALTER TABLE public.many_%s OWNER TO ${role}; REVOKE ALL ON public.many_%s FROM ${role}', i, i);
    END LOOP; END $$`)
    try {
      const owned = sql`TEMPLATE template0 OWNER ${identifier(role)}`
      await using target = await TestDatabase.createAs(`${source.name}_restored`, owned)
      await target.run(`ALTER SCHEMA public OWNER TO ${role}`)
      const { warnings } = await copy(source.target, { ...target.target, options: `-c role=${role}` })
      expect(warnings).toEqual([])
      expect(await target.value<number>(EMPTIED)).toBe(0)
      expect(await contentsOf(target.target)).toBe(await contentsOf(source.target))
    } finally {
      await source.run(`DROP OWNED BY ${role}`)
      await administer(sql`DROP ROLE IF EXISTS ${identifier(role)}`)
    }
  },
)

test('custom checks are dropped in between, and objects that stand there are cleaned with the rows as with the structure', async () => {
  await using source = await TestDatabase.create(`${tables(60)}
    CREATE FUNCTION public.is_good(i int) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT i > 0';
    ALTER TABLE public.many_1 ADD CONSTRAINT good CHECK (public.is_good(id)) , ADD CONSTRAINT plain CHECK (id < 100);
    CREATE PUBLICATION of_many FOR TABLE public.many_1;
    SELECT lo_from_bytea(4711, 'large');
    CREATE MATERIALIZED VIEW public.seen AS SELECT id FROM public.many_1`)
  await using target = await TestDatabase.create()
  await using folder = await TestFolder.create()
  await dumpTo(source.target, folder.file('a'), { largeObjects: true })
  for (const existing of ['refuse', 'clean'] as const) {
    await restoreFrom(folder.file('a'), target.target, { existing, dropCustomChecks: true })
    expect(await target.value<number>(EMPTIED)).toBe(0)
    expect(
      await target.rows(`SELECT conname FROM pg_catalog.pg_constraint WHERE contype = 'c' AND conrelid <> 0`),
    ).toEqual([{ conname: 'plain' }])
    expect(await target.value<string>('SELECT id::text FROM public.seen')).toBe('1')
    expect(await target.value<string>(`SELECT convert_from(lo_get(4711), 'UTF8')`)).toBe('large')
  }
})

test('a server that writes no WAL for the rows of new tables is let do so', async () => {
  await using source = await TestDatabase.create(tables(60))
  await using folder = await TestFolder.create()
  await dumpTo(source.target, folder.file('a'))
  const cluster = await ThrowawayCluster.start({
    signal: new AbortController().signal,
    binFolder: process.env.PGVEIL_TEST_BIN,
    settings: { wal_level: 'minimal', max_wal_senders: '0' },
  })
  try {
    const target = cluster.target('template1')
    await restoreFrom(folder.file('a'), target, { disableChecks: true })
    const session = await Session.open(target)
    expect(await session.row<{ number: number }>(fromShippedFile(EMPTIED))).toEqual({ number: 60 })
    await session.close()
  } finally {
    await cluster.stop()
  }
})
