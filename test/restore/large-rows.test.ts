import { describe, expect, test } from 'bun:test'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Progress } from '../../src/operations/context.ts'
import type { RestoreRequest } from '../../src/operations/restore/request.ts'
import { testCluster } from '../server/cluster.ts'
import { TestDatabase } from '../server/database.ts'
import { faultOf } from '../server/faults.ts'
import { TestFolder } from '../server/folder.ts'
import { dictionary, dumpTo, restoreFrom, testContext } from '../server/operations.ts'
import { contentsOf } from '../server/programs.ts'
import { sortedRows } from '../server/rows.ts'
import { untilAlone } from '../server/sessions.ts'

/** 45 MB of rows, with all that makes COPY text hard, and an index, a key and a trigger that come after them. */
const LARGE = `
  CREATE TABLE public."lar""ge" (id int PRIMARY KEY, v text, w text, d date, "generated" int GENERATED ALWAYS AS (id + 1) STORED);
  INSERT INTO public."lar""ge" (id, v, w, d)
  SELECT i, CASE i % 5 WHEN 0 THEN NULL WHEN 1 THEN '' WHEN 2 THEN E'\\\\.\\n\\t"it''s" \\\\N' WHEN 3 THEN '卞刚毅 😀' ELSE '\\N' END,
    repeat(md5(i::text), 6), date '0044-03-15 BC' + i
  FROM generate_series(1, 200000) AS i;
  INSERT INTO public."lar""ge" (id, w) VALUES (0, repeat('long', 2000000));
  CREATE TABLE public.other AS SELECT i AS id, repeat(md5(i::text), 10) AS w FROM generate_series(1, 110000) AS i;
  CREATE TABLE public.reads (id int REFERENCES public."lar""ge"); INSERT INTO public.reads VALUES (7);
  CREATE FUNCTION public.refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'fired'; END $$;
  CREATE TRIGGER refuse BEFORE INSERT ON public."lar""ge" FOR EACH ROW EXECUTE FUNCTION public.refuse();
  ALTER TABLE public."lar""ge" ENABLE ROW LEVEL SECURITY`

/** Emptied tables stand in other files than they were made with: pg_restore empties what it fills by several jobs. */
const LOADED_HERE = `
  SELECT coalesce(string_agg(relname, ' ' ORDER BY relname), 'none') FROM pg_catalog.pg_class
  WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND pg_catalog.pg_relation_filenode(oid) = oid`

describe('large tables', () => {
  test.each([2, 3, 7])(
    'come through as they were over %i connections, and what stands on them',
    async (jobs) => {
      await using source = await TestDatabase.create(LARGE)
      await using target = await TestDatabase.create()
      await using archive = await TestFolder.create()
      await dumpTo(source.target, archive.file('a'))
      const { major } = (await testCluster()).server
      const patience = major >= 17 ? '-c transaction_timeout=100ms' : ''
      const options = `-c statement_timeout=100ms ${patience} -c DateStyle=German -c standard_conforming_strings=off`
      const { rows } = await restoreFrom(archive.file('a'), { ...target.target, options }, { jobs })
      expect(rows).toBe(310_002)
      expect(await target.value<string>(LOADED_HERE)).toBe('lar"ge other reads')
      expect(
        sortedRows(await contentsOf(target.target)) === sortedRows(await contentsOf(source.target)),
      ).toBeTrue()
    },
  )

  test('are left to pg_restore by one job, with options that speak of rows, and where the target is cleaned', async () => {
    await using source = await TestDatabase.create(LARGE)
    await using target = await TestDatabase.create()
    await using archive = await TestFolder.create()
    await dumpTo(source.target, archive.file('a'))
    const restored = async (overrides: Partial<RestoreRequest>) => {
      await restoreFrom(archive.file('a'), target.target, overrides)
      expect(await target.value<number>('SELECT count(*)::int FROM public."lar""ge"')).toBe(200_001)
      return target.value<string>(LOADED_HERE)
    }
    expect(await restored({ pgRestoreOptions: ['--role', 'pgveil'] })).toBe('none')
    expect(await restored({ existing: 'clean' })).toBe('none')
    expect(await restored({ existing: 'clean', jobs: 1 })).toBe('lar"ge other reads')
  })

  test('whose rows are refused end the restore, quoting none', async () => {
    await using source = await TestDatabase.create(`
      CREATE TABLE public.t (id int, v text);
      INSERT INTO public.t SELECT i, repeat('secret', 20) FROM generate_series(1, 400000) AS i;
      ALTER TABLE public.t ADD CONSTRAINT c CHECK (current_setting('application_name') <> 'pgveil' OR id < 300000) NOT VALID;
      UPDATE pg_constraint SET convalidated = true WHERE conname = 'c'`)
    await using target = await TestDatabase.create()
    await using archive = await TestFolder.create()
    await dumpTo(source.target, archive.file('a'))
    const fault = await faultOf(restoreFrom(archive.file('a'), target.target))
    expect([fault.code, fault.message, fault.findings[0]?.place?.relation]).toEqual([
      'restore-failed',
      'The rows were refused: check constraint violation (SQLSTATE 23514).',
      'public.t',
    ])
    expect(await target.value<number>('SELECT count(*)::int FROM public.t')).toBeLessThan(300_000)
  })

  test('that somebody interrupts leave no session behind', async () => {
    await using source = await TestDatabase.create(LARGE)
    await using target = await TestDatabase.create()
    await using archive = await TestFolder.create()
    await dumpTo(source.target, archive.file('a'))
    const abort = new AbortController()
    const onProgress = ({ item }: Progress) => item && abort.abort(new Error('interrupted'))
    const context = testContext({ signal: abort.signal, onProgress })
    const error = await restoreFrom(archive.file('a'), target.target, {}, context).catch((reason) => reason)
    expect(String(error)).toBe('Error: interrupted')
    await untilAlone(target)
    expect(await target.value<number>('SELECT count(*)::int FROM public."lar""ge"')).toBeLessThan(200_001)
  })
})

describe('rows that take a while', () => {
  const big = `CREATE TABLE public.big AS SELECT repeat('x', 1000000) AS v FROM generate_series(1, 66)
    UNION ALL SELECT string_agg(md5(i::text), '') FROM generate_series(1, 300000) AS i;
    CREATE TABLE public.small AS SELECT 1 AS i`

  const small = dictionary({ tables: [{ schema: 'public', table: 'small' }] }, 'tables.json')

  test('are told of as they go in; those that are in at once are not', async () => {
    await using source = await TestDatabase.create(big)
    await using archive = await TestFolder.create()
    await dumpTo(source.target, archive.file('a'))
    const told = async (overrides: Partial<RestoreRequest>) => {
      await using target = await TestDatabase.create()
      const progress: Progress[] = []
      const onProgress = (said: Progress) => said.stage === 'restore' && progress.push(said)
      await restoreFrom(archive.file('a'), target.target, overrides, testContext({ onProgress }))
      const done = progress.map((said) => said.done)
      expect(done).toEqual(done.toSorted((left, right) => left - right))
      return progress
    }
    const items = (progress: Progress[]) => [...new Set(progress.map(({ item }) => item))]
    const byPgRestore = await told({ jobs: 1 })
    expect(items(byPgRestore)).toEqual([undefined, 'public.big', 'public.small'])
    expect(byPgRestore.length).toBe(3)
    const together = await told({ jobs: 2 })
    expect(items(together)).toEqual([undefined, 'public.big', 'public.small'])
    expect(together.length).toBeGreaterThan(60)
    expect(together.at(-1)?.done).toBe(together.at(-1)?.total ?? 0)
    expect(items(await told({ onlyTables: [small] }))).toEqual([undefined])
  })

  test('are refused where a byte was changed in their middle', async () => {
    await using source = await TestDatabase.create(big)
    await using target = await TestDatabase.create()
    await using archive = await TestFolder.create()
    const { manifest } = await dumpTo(source.target, archive.file('a'))
    const { file, fileBytes } = manifest.tables.find(({ name }) => name === 'big') ?? {}
    expect(fileBytes).toBeGreaterThan(4 * 1024 * 1024)
    const path = join(archive.file('a'), file ?? '')
    const bytes = readFileSync(path)
    const middle = bytes.length >> 1
    bytes[middle] = 1 ^ (bytes[middle] ?? 0)
    writeFileSync(path, bytes)
    const fault = await faultOf(restoreFrom(archive.file('a'), target.target))
    expect([fault.code, fault.message]).toEqual([
      'archive-damaged',
      `The archive is damaged: ${file} was changed.`,
    ])
    expect(
      await target.value<number>("SELECT count(*)::int FROM pg_tables WHERE schemaname = 'public'"),
    ).toBe(0)
  })
})
