import { expect, test } from 'bun:test'
import { compile } from '../../src/operations/compile.ts'
import { init } from '../../src/operations/init.ts'
import { TestDatabase } from '../server/database.ts'
import { TestFolder } from '../server/folder.ts'
import { dictionary, dumpTo, planningOf, restoreFrom, testContext } from '../server/operations.ts'

const PEOPLE = `
  CREATE TABLE public.people (
    id int PRIMARY KEY, name text, "e 'mäil" text, login varchar(60), shared_1 text, note text
  );
  INSERT INTO public.people VALUES
    (1, 'Ada', 'a@example.org', 'ada', 'x', NULL), (2, '', '', '', '', ''), (3, NULL, NULL, NULL, NULL, NULL),
    (4, '卞刚毅', E'tab\\t\\\\ "quoted" \\'', 'B', 'ö', 'a -- b')`

function masksOf(fields: Readonly<Record<string, string>>, more: object = {}) {
  return dictionary({ dictionary: [{ schema: 'public', table: 'people', fields, ...more }] })
}

/** What a dump by some rules brings into a database, beside what PostgreSQL itself gives for them. */
async function copied(source: TestDatabase, fields: Readonly<Record<string, string>>, more: object = {}) {
  await using target = await TestDatabase.create()
  await using folder = await TestFolder.create()
  await dumpTo(source.target, folder.file('a'), { dictionaries: [masksOf(fields, more)] })
  await restoreFrom(folder.file('a'), target.target)
  const columns = ['id', 'name', "e 'mäil", 'login', 'shared_1', 'note']
  const list = columns.map((name) => `${fields[name] ?? `"${name}"`}\n AS "${name}"`).join(', ')
  const rows = 'SELECT json_agg(to_json(p) ORDER BY id)::text FROM'
  const where = 'sql_condition' in more ? `WHERE ${more.sql_condition}` : ''
  return {
    copy: await target.value(`${rows} public.people AS p`),
    expected: await source.value(`${rows} (SELECT ${list} FROM public.people ${where}) AS p`),
  }
}

async function scriptOf(source: TestDatabase, fields: Readonly<Record<string, string>>): Promise<string> {
  const { text } = await compile(
    testContext(),
    planningOf(source.target, { dictionaries: [masksOf(fields)], allowUnmatched: true }),
  )
  return text.replaceAll(/^--.*$/gm, '')
}

const occurrences = (text: string, part: string) => text.split(part).length - 1

test('what several rules compute alike is computed once, and the rows are the same', async () => {
  await using source = await TestDatabase.create(PEOPLE)
  await init(testContext(), source.target)
  const fields = {
    name: `upper(left(md5("e 'mäil"), 8)) || ' ' || "left"(md5( "e 'mäil" /* ) */ ), 2) -- )`,
    "e 'mäil": `md5("e 'mäil") || '@example.com'`,
    login: `left(anon_funcs.fake_email("e 'mäil", salt => 's'), 60)`,
    shared_1: `anon_funcs.fake_email("e 'mäil", salt => 's') || md5(md5("e 'mäil"))`,
    note: `CASE WHEN id < 3 THEN md5(md5("e 'mäil")) ELSE shared_1 END`,
  }
  const script = await scriptOf(source, fields)
  expect(occurrences(script, 'fake_email(')).toBe(1)
  expect(occurrences(script, 'md5(')).toBe(3)
  expect(script).toContain('"_shared_1"')
  const { copy, expected } = await copied(source, fields)
  expect(copy).toBe(expected)
  const filtered = await copied(source, fields, { sql_condition: 'id <> 2' })
  expect(filtered.copy).toBe(filtered.expected)
})

test('a rule that is taken as it stands, and one that begins with a comment, share too', async () => {
  await using source = await TestDatabase.create(PEOPLE)
  await using target = await TestDatabase.create()
  await using folder = await TestFolder.create()
  const fields = { name: 'SQL:md5(name)', note: "-- a ' ( comment\n upper(md5(name))" }
  expect(occurrences(await scriptOf(source, fields), 'md5(')).toBe(1)
  await dumpTo(source.target, folder.file('a'), { dictionaries: [masksOf(fields)] })
  await restoreFrom(folder.file('a'), target.target)
  expect(
    await target.value('SELECT string_agg(concat(name, note), NULL ORDER BY id) FROM public.people'),
  ).toBe(
    await source.value(
      'SELECT string_agg(concat(md5(name), upper(md5(name))), NULL ORDER BY id) FROM public.people',
    ),
  )
})

/** Rules of which nothing is to be shared. */
test.each([
  ['what may vary', { name: 'public.volatile_hash(name)', note: 'public.volatile_hash(name)' }],
  ['what holds something that may vary', { name: 'md5(name || random())', note: 'md5(name || random())' }],
  ['what a CASE decides', { name: 'CASE WHEN id > 1 THEN md5(name) END', note: 'coalesce(note, md5(name))' }],
  ['rules of which one has a sub-select', { name: 'md5(name)', note: 'md5(name) || (SELECT 1)' }],
  ['rules that speak of the row', { name: 'md5(name)', note: 'md5(name) || people.id' }],
  ['rules that speak of where it is', { name: 'md5(name)', note: 'md5(name) || ctid' }],
  ['what costs no more than to share it', { name: 'lower(name)', note: 'lower(name)' }],
  ['a collation that is written out', { name: 'md5(name COLLATE "C")', note: 'md5(name COLLATE "C")' }],
  ['constants', { name: "md5('x')", note: "md5('x')" }],
  [
    'calls that differ',
    { name: "anon_funcs.digest(name, 'a', 'md5')", note: "anon_funcs.digest(name, 'b', 'md5')" },
  ],
])('nothing is shared: %s', async (_, fields) => {
  await using source = await TestDatabase.create(`${PEOPLE};
    CREATE FUNCTION public.volatile_hash(text) RETURNS text LANGUAGE sql VOLATILE AS 'SELECT md5($1)'`)
  await init(testContext(), source.target)
  const script = await scriptOf(source, fields)
  expect(script).not.toContain('shared_2')
  expect(script).not.toContain('OFFSET 0')
})

test('a hash that a role has replaced by one of its own that varies is not shared', async () => {
  await using source = await TestDatabase.create(`${PEOPLE};
    CREATE FUNCTION public.md5(varchar) RETURNS text LANGUAGE sql VOLATILE AS 'SELECT random()::text'`)
  const script = await scriptOf(source, { login: 'md5(login)', note: 'md5(login)' }).catch(String)
  expect(script).not.toContain('OFFSET 0')
})

test('a column that a role may not read is not read', async () => {
  await using source = await TestDatabase.create(PEOPLE)
  const script = await scriptOf(source, {
    name: 'md5(login)',
    login: 'md5(login)',
    note: 'NULL',
    shared_1: "'x'",
  })
  const below = script.slice(script.indexOf('FROM (') + 6)
  expect(below).toMatch(/SELECT\s+id,\s+"e 'mäil",\s+\(md5\(login\)\) AS "_shared_1"\s+FROM ONLY/)
})

test('a function runs once a row, in every part of a table', async () => {
  await using source = await TestDatabase.create(`
    CREATE FUNCTION public.slow_hash(text) RETURNS text LANGUAGE plpgsql STABLE AS 'BEGIN RETURN md5($1); END';
    CREATE TABLE public.people AS SELECT i AS id, 'person ' || i AS name, repeat('x', 200) AS login, '' AS note
    FROM generate_series(1, 20000) AS i; ANALYZE`)
  await source.run(
    `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET track_functions = ''pl''', current_database()); END $$`,
  )
  await using target = await TestDatabase.create()
  await using folder = await TestFolder.create()
  const masks = masksOf({ name: 'public.slow_hash(name)', note: "public.slow_hash(name) || '!'" })
  const calls = "SELECT coalesce(sum(calls), 0)::int FROM pg_stat_user_functions WHERE funcname = 'slow_hash'"
  await dumpTo(source.target, folder.file('a'), { dictionaries: [masks], checkConstraints: false, jobs: 2 })
  while ((await source.value<number>(calls)) < 20000) await Bun.sleep(20)
  expect(await source.value<number>(calls)).toBe(20000)
  await restoreFrom(folder.file('a'), target.target)
  expect(await target.value('SELECT count(*) FROM public.people WHERE note = name || $$!$$')).toBe('20000')
  expect(await target.value('SELECT string_agg(name, NULL ORDER BY id) FROM public.people')).toBe(
    await source.value('SELECT string_agg(md5(name), NULL ORDER BY id) FROM public.people'),
  )
})
