import { expect, test } from 'bun:test'
import { appendFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { testCluster } from '../server/cluster.ts'
import { dropDatabase, TestDatabase } from '../server/database.ts'
import { faultOf } from '../server/faults.ts'
import { TestFolder } from '../server/folder.ts'
import { dictionary, dumpTo, restoreFrom } from '../server/operations.ts'

test('a target whose name reads like a connection string is that target and no other', async () => {
  await using source = await TestDatabase.create(
    'CREATE TABLE public.t (v int); INSERT INTO public.t VALUES (1)',
  )
  await using folder = await TestFolder.create()
  await dumpTo(source.target, folder.file('a'))
  await source.run('INSERT INTO public.t VALUES (2)')
  for (const name of [`dbname=${source.name}`, `x\\'y z=`, 'postgresql://localhost/x']) {
    await dropDatabase(name)
    await using target = await TestDatabase.createAs(name)
    await restoreFrom(folder.file('a'), target.target, { existing: 'clean' })
    expect(await target.value('SELECT count(*) FROM public.t')).toBe('1')
  }
  expect(await source.value('SELECT count(*) FROM public.t')).toBe('2')
})

test('names with dots are not taken for schema and table', async () => {
  const tables = 'CREATE SCHEMA a; CREATE TABLE a."b.c" (id int PRIMARY KEY, v text);'
  await using source = await TestDatabase.create(`${tables} INSERT INTO a."b.c" VALUES (1, 'x')`)
  await using target = await TestDatabase.create(
    `${tables} CREATE SCHEMA "a.b"; CREATE TABLE "a.b".c (id int PRIMARY KEY, v text); INSERT INTO "a.b".c VALUES (99, 'precious')`,
  )
  await using folder = await TestFolder.create()
  await dumpTo(source.target, folder.file('a'))
  await restoreFrom(folder.file('a'), target.target, { content: 'data', existing: 'clean' })
  expect(await target.value('SELECT v FROM a."b.c"')).toBe('x')
  expect(await target.value('SELECT v FROM "a.b".c')).toBe('precious')
  const fault = await faultOf(restoreFrom(folder.file('a'), target.target, { existing: 'clean' }))
  expect(fault.code).toBe('target-extra-tables')
})

test('foreign keys in a circle can be cleaned while custom checks are dropped', async () => {
  await using source = await TestDatabase.create(`
    CREATE TABLE public.b (id int PRIMARY KEY); CREATE TABLE public.a (id int PRIMARY KEY REFERENCES public.b);
    ALTER TABLE public.b ADD FOREIGN KEY (id) REFERENCES public.a DEFERRABLE INITIALLY DEFERRED;
    BEGIN; INSERT INTO public.b VALUES (1); INSERT INTO public.a VALUES (1); COMMIT`)
  await using target = await TestDatabase.create()
  await using folder = await TestFolder.create()
  await dumpTo(source.target, folder.file('a'))
  await restoreFrom(folder.file('a'), target.target)
  await restoreFrom(folder.file('a'), target.target, { existing: 'clean', dropCustomChecks: true })
  expect(await target.value(`SELECT count(*) FROM pg_constraint WHERE contype = 'f'`)).toBe('2')
})

test('rows alone keep foreign keys of types that bring their own equality', async () => {
  const tables = `CREATE EXTENSION citext; CREATE TABLE public.u (e citext PRIMARY KEY);
    CREATE TABLE public.o (e citext REFERENCES public.u);`
  await using source = await TestDatabase.create(
    `${tables} INSERT INTO public.u VALUES ('Alice'); INSERT INTO public.o VALUES ('ALICE')`,
  )
  await using target = await TestDatabase.create(tables)
  await using folder = await TestFolder.create()
  await dumpTo(source.target, folder.file('a'), { content: 'data' })
  await restoreFrom(folder.file('a'), target.target, { content: 'data' })
  expect(await target.value('SELECT e::text FROM public.o')).toBe('ALICE')
})

test('a sequence is set to the highest value that it can hold', async () => {
  await using source = await TestDatabase.create(`
    CREATE TABLE public.low (id serial); INSERT INTO public.low VALUES (-5);
    CREATE TABLE public.words (w text); CREATE SEQUENCE public.s OWNED BY public.words.w; INSERT INTO public.words VALUES ('x')`)
  await using target = await TestDatabase.create()
  await using folder = await TestFolder.create()
  await dumpTo(source.target, folder.file('a'))
  await restoreFrom(folder.file('a'), target.target, { sequencesByMaxValue: true })
  expect(await target.value('SELECT last_value FROM public.low_id_seq')).toBe('1')
})

test('a restore that takes longer than the server lets a session idle still sets sequences at its end', async () => {
  await using source = await TestDatabase.create(`
    CREATE FUNCTION public.slow(int) RETURNS bool LANGUAGE sql AS 'SELECT true';
    CREATE TABLE public.t (id serial CHECK (public.slow(id))); INSERT INTO public.t VALUES (41);
    CREATE OR REPLACE FUNCTION public.slow(int) RETURNS bool LANGUAGE sql AS 'SELECT pg_catalog.pg_sleep(2) IS NOT NULL'`)
  await using target = await TestDatabase.create()
  await using folder = await TestFolder.create()
  await dumpTo(source.target, folder.file('a'), { checkConstraints: false })
  const idle = (await testCluster()).server.major >= 14 ? '-c idle_session_timeout=1s' : ''
  const options = `-c statement_timeout=1s ${idle}`
  await restoreFrom(folder.file('a'), { ...target.target, options }, { sequencesByMaxValue: true })
  expect(await target.value('SELECT last_value FROM public.t_id_seq')).toBe('41')
})

test('a damaged archive is refused, and so is a target that holds something, before the target is touched', async () => {
  await using source = await TestDatabase.create(
    'CREATE TABLE public.t (v int); INSERT INTO public.t VALUES (1)',
  )
  await using target = await TestDatabase.create()
  await using folder = await TestFolder.create()
  await dumpTo(source.target, folder.file('a'))
  const [file = ''] = (await readdir(folder.file('a'))).filter((name) => name.endsWith('.dat.gz'))
  await appendFile(join(folder.file('a'), file), 'x')
  const refused = async () => (await faultOf(restoreFrom(folder.file('a'), target.target))).code
  expect(await refused()).toBe('archive-damaged')
  await target.run('CREATE TABLE public.other ()')
  // Whichever is found first.
  expect(['archive-damaged', 'target-not-empty']).toContain(await refused())
  expect(await target.value("SELECT count(*) FROM pg_class WHERE relname = 't'")).toBe('0')
})

/** Ways in which a server quotes a row while it restores. */
test.each([
  [
    'a function that raises',
    `CREATE FUNCTION public.ok(t text) RETURNS bool LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'bad value % found', t; END $$;
     CREATE TABLE public.t (v text CHECK (public.ok(v)))`,
  ],
  ['a type that does not fit', 'CREATE TABLE public.t (v int)'],
  ['a value out of range', 'CREATE TABLE public.t (v date)'],
])('no value of a row comes back from a restore: %s', async (_, structure) => {
  await using source = await TestDatabase.create(
    `CREATE TABLE public.t (v text); INSERT INTO public.t VALUES ('2026-99-99 secret')`,
  )
  await using target = await TestDatabase.create(structure)
  await using folder = await TestFolder.create()
  await dumpTo(source.target, folder.file('a'), { dictionaries: [dictionary({ dictionary: [] })] })
  const fault = await faultOf(restoreFrom(folder.file('a'), target.target, { content: 'data' }))
  expect(fault.code).toBe('restore-failed')
  expect(JSON.stringify(fault.findings)).not.toContain('secret')
  expect(JSON.stringify(fault.findings)).not.toContain('2026-99')
})

test('options of a foreign column that are all secret leave no broken statement behind', async () => {
  await using source = await TestDatabase.create(`
    CREATE FOREIGN DATA WRAPPER nofdw; CREATE SERVER sv FOREIGN DATA WRAPPER nofdw;
    CREATE FOREIGN TABLE public."f t" (a int OPTIONS (password 'X'), b int OPTIONS (password 'Y', column_name 'c')) SERVER sv`)
  await using target = await TestDatabase.create()
  await using folder = await TestFolder.create()
  await dumpTo(source.target, folder.file('a'))
  await restoreFrom(folder.file('a'), target.target)
  expect(
    await target.value(
      `SELECT array_to_string(attfdwoptions, ',') FROM pg_attribute WHERE attrelid = 'public."f t"'::regclass AND attname = 'b'`,
    ),
  ).toBe('column_name=c')
})

test('an archive that is not there is told of at once, also where the target takes a connection and says nothing', async () => {
  await using folder = await TestFolder.create()
  await using target = await TestDatabase.create()
  using deaf = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data: () => {} } })
  const patience = 20
  const nobody = { ...target.target, host: '127.0.0.1', port: deaf.port, connectTimeout: patience }
  const begun = performance.now()
  const fault = await faultOf(restoreFrom(folder.file('none'), nobody))
  expect(fault.code).toBe('archive-missing')
  expect(performance.now() - begun).toBeLessThan((patience * 1000) / 2)
})

test('a target that cannot be reached is told of as such, once the archive was read', async () => {
  await using source = await TestDatabase.create('CREATE TABLE public.t (v int)')
  await using folder = await TestFolder.create()
  await dumpTo(source.target, folder.file('a'))
  const fault = await faultOf(restoreFrom(folder.file('a'), { ...source.target, database: 'nowhere' }))
  expect([fault.code, fault.remedy]).toEqual(['connection-failed', 'Check --db-name.'])
})
