import { describe, expect, test } from 'bun:test'
import { Secret } from '../../src/lib/secret.ts'
import { TestDatabase } from '../server/database.ts'
import { dictionary, scanAt } from '../server/operations.ts'
import { found, harmless, rulesOf } from './found.ts'

const MAIL = { data_regex: { rules: ['[a-z]+@[a-z]+\\.[a-z]+'] } }

describe.each(['partial', 'full'] as const)('a %s scan', (mode) => {
  const scanIn = async (setup: string, meta: object = MAIL, overrides = {}) => {
    await using source = await TestDatabase.create(setup)
    return await scanAt(source.target, meta, { mode, ...overrides })
  }

  test('looks into domains and arrays, of each other too, as into the types that they are made of', async () => {
    const setup = `
      CREATE SCHEMA "Od d";
      CREATE DOMAIN "Od d".mail AS varchar(40) CHECK (VALUE LIKE '%@%');
      CREATE DOMAIN public.mails AS "Od d".mail[];
      CREATE TYPE public.mood AS ENUM ('sad@example.org', 'ok');
      CREATE TYPE public.pair AS (a text, b text);
      CREATE TABLE "Od d"."T'a" (
        a "Od d".mail, b text[], c varchar(30)[], d public.mails, e public.mood, f public.pair, g character(30), h name, i jsonb
      );
      INSERT INTO "Od d"."T'a" SELECT m, ARRAY[m], ARRAY[NULL, m], ARRAY[m], m::public.mood, ROW(m, NULL)::public.pair, m, m, to_jsonb(m)
      FROM (VALUES ('sad@example.org'::text)) AS v(m)`
    const table = "Od d.T'a"
    const names = (columns: string) => [...columns].map((column) => `${table}.${column}`)
    expect(found(await scanIn(setup))).toEqual(names('abcdg'))
    // Anchors hold in each element.
    const whole = { data_regex: { rules: ['^sad@example.org$'] }, data_const: { constants: ['no one'] } }
    expect(found(await scanIn(setup, whole))).toEqual(names('abcdg'))
    expect(
      found(await scanIn(setup, { ...MAIL, sens_pg_types: ['mood', 'public.pair', 'name', 'jsonb'] })),
    ).toEqual(names('efhi'))
    expect(found(await scanIn(setup, { ...MAIL, sens_pg_types: ['mail', 'text[]', '"Od d".mail'] }))).toEqual(
      names('ab'),
    )
  })

  test('takes a partitioned table as one, and says nothing of its partitions', async () => {
    const setup = `
      CREATE TABLE public.events (at date, who text, what text) PARTITION BY RANGE (at);
      CREATE TABLE public.events_1 PARTITION OF public.events FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
      CREATE TABLE public.events_2 (what text, at date, who text);
      ALTER TABLE public.events ATTACH PARTITION public.events_2 FOR VALUES FROM ('2021-01-01') TO ('2022-01-01');
      INSERT INTO public.events SELECT '2020-05-05', 'nobody', 'x' FROM generate_series(1, 50);
      INSERT INTO public.events VALUES ('2021-05-05', 'ada@example.org', 'y')`
    const result = await scanIn(setup)
    expect([found(result), harmless(result)]).toEqual([['events.who'], ['events.what']])
    const skipped = await scanIn(setup, { ...MAIL, skip_rules: [{ schema: 'public', table: 'events_2' }] })
    expect([found(skipped), harmless(skipped)]).toEqual([[], ['events.what', 'events.who']])
    const conditional = {
      data_sql_condition: [{ schema: 'public', table: 'events', sql_condition: "events.what = 'x'" }],
    }
    expect(found(await scanIn(setup, { ...MAIL, ...conditional }))).toEqual([])
  })

  test('goes by partitions where rules name them', async () => {
    const setup = `
      CREATE TABLE public.ev (region text, at int, who text) PARTITION BY LIST (region);
      CREATE TABLE public.ev_a PARTITION OF public.ev FOR VALUES IN ('a') PARTITION BY RANGE (at);
      CREATE TABLE public.ev_a1 PARTITION OF public.ev_a FOR VALUES FROM (0) TO (10);
      CREATE TABLE public.ev_b PARTITION OF public.ev FOR VALUES IN ('b');
      CREATE TABLE public.ev_c PARTITION OF public.ev FOR VALUES IN ('c');
      INSERT INTO public.ev VALUES ('a', 1, 'ada@example.org'), ('b', 1, 'bob'), ('c', 1, 'cy@example.org')`
    const only = (...tables: string[]) => ({
      ...MAIL,
      include_rules: tables.map((table) => ({ schema: 'public', table })),
    })
    expect(found(await scanIn(setup, only('ev_a')))).toEqual(['ev.who'])
    expect(found(await scanIn(setup, only('ev_a1')))).toEqual(['ev.who'])
    expect(found(await scanIn(setup, only('ev_b')))).toEqual([])
    const skip = (...tables: string[]) => ({
      ...MAIL,
      skip_rules: tables.map((table) => ({ schema: 'public', table })),
    })
    expect(found(await scanIn(setup, skip('ev_a', 'ev_c')))).toEqual([])
    expect(found(await scanIn(setup, skip('ev_a')))).toEqual(['ev.who'])
    const none = ['ev_a1', 'ev_c'].map((table) => ({ schema: 'public', table, sql_condition: 'false' }))
    expect(found(await scanIn(setup, { ...MAIL, data_sql_condition: none }))).toEqual([])
    const digest = `anon_funcs.digest("who", 'salt_word', 'md5')`
    const prepared = dictionary({
      dictionary: [
        { schema: 'public', table: 'ev_b', fields: { region: "'b'" } },
        { schema: 'public', table_mask: '_a1$', raw_sql: 'SELECT * FROM public.ev_a1 WHERE at < 0' },
      ],
      dictionary_exclude: [{ schema: 'public', table: 'ev_c' }],
    })
    const result = await scanIn(setup.replace("'bob'", "'bob@example.org'"), MAIL, { sensitive: [prepared] })
    const entries = JSON.parse(result.sensitive).dictionary.filter(({ table }: { table?: string }) => table)
    expect(entries).toEqual([
      { schema: 'public', table: 'ev', fields: { who: digest } },
      { schema: 'public', table: 'ev_a1', raw_sql: 'SELECT * FROM public.ev_a1 WHERE at < 0' },
      { schema: 'public', table: 'ev_b', fields: { who: digest, region: "'b'" } },
      { schema: 'public', table: 'ev_c', fields: { who: digest }, sql_condition: 'false' },
    ])
  })

  test('an entry for a table names no columns that a mask names of others', async () => {
    const setup = `CREATE TABLE public.a (x text, phone text); CREATE TABLE public.b (note text);
      INSERT INTO public.a VALUES ('ada@example.org', '1')`
    const sensitive = [
      dictionary({
        dictionary: [{ schema: 'public', table_mask: '*', fields: { phone: 'NULL', note: "'x'" } }],
      }),
    ]
    const { dictionary: entries } = JSON.parse((await scanIn(setup, MAIL, { sensitive })).sensitive)
    expect(entries[1].fields).toEqual({ phone: 'NULL', x: expect.any(String) })
  })

  test('sees values behind many NULLs', async () => {
    const setup = `
      CREATE TABLE public.sparse (id int, a text, b text);
      INSERT INTO public.sparse SELECT n, CASE WHEN n = 5000 THEN 'ada@example.org' END, 'x' FROM generate_series(1, 5000) AS n`
    expect(found(await scanIn(setup, MAIL, { partialRows: 10 }))).toEqual(['sparse.a'])
  })

  test('masks alike what foreign keys join', async () => {
    const setup = `
      CREATE TABLE public.accounts (mail varchar(60) PRIMARY KEY, team int);
      CREATE TABLE public.logins (mail varchar(50) REFERENCES public.accounts, at date);
      CREATE TABLE public.notes (about text REFERENCES public.accounts);
      INSERT INTO public.accounts VALUES ('ada@example.org', 1);
      INSERT INTO public.notes VALUES ('ada@example.org')`
    expect(rulesOf(await scanIn(setup))).toEqual({
      'public.accounts.mail': `anon_funcs.digest("mail", 'salt_word', 'md5')`,
      'public.logins.mail': `anon_funcs.digest("mail", 'salt_word', 'md5')`,
      'public.notes.about': `anon_funcs.digest("about", 'salt_word', 'md5')`,
    })
  })

  test('carries the rule of a dictionary along foreign keys', async () => {
    const setup = `
      CREATE TABLE public.accounts (mail text PRIMARY KEY);
      CREATE TABLE public.logins ("the mail" text REFERENCES public.accounts);
      CREATE TABLE public.notes (about text REFERENCES public.accounts);
      INSERT INTO public.accounts VALUES ('ada@example.org');
      INSERT INTO public.notes VALUES ('ada@example.org')`
    const sensitive = [
      dictionary({ dictionary: [{ schema: 'public', table: 'notes', fields: { about: 'md5(about)' } }] }),
    ]
    expect(rulesOf(await scanIn(setup, MAIL, { sensitive }))).toEqual({
      'public.notes.about': 'md5(about)',
      'public.accounts.mail': 'md5("mail")',
      'public.logins.the mail': 'md5("the mail")',
    })
  })

  test('keeps what earlier dictionaries say, and looks only at the rest', async () => {
    const setup = `
      CREATE TABLE public.a (x text, y text, z text, w text);
      CREATE TABLE public.b (x text, y text);
      CREATE TABLE public.c (x text);
      CREATE TABLE public.d (x text);
      CREATE TABLE public.child () INHERITS (public.a);
      INSERT INTO public.a SELECT m, m, m, m FROM (VALUES ('ada@example.org')) AS v(m);
      INSERT INTO public.b SELECT * FROM (VALUES ('ada@example.org', 'x')) AS v(m);
      INSERT INTO public.c VALUES ('ada@example.org');
      INSERT INTO public.d VALUES ('ada@example.org');
      INSERT INTO public.child VALUES ('x', 'x', 'x', 'ada@example.org')`
    const sensitive = [
      dictionary({
        dictionary: [
          { schema: 'public', table_mask: '^a$', fields: { x: "'masked'" }, sql_condition: 'true' },
          { schema: 'public', table: 'c', raw_sql: 'SELECT NULL::text AS x' },
          { schema: 'other', table: 'gone', fields: { x: "'later'" } },
        ],
        dictionary_exclude: [{ schema: 'public', table: 'd' }],
      }),
    ]
    const nonSensitive = [
      dictionary({
        no_sens_dictionary: [
          { schema: 'public', table: 'a', fields: ['y'] },
          { schema: 'public', table: 'a', fields: ['x'] },
          { schema: 'other', table: 'gone', fields: ['z'] },
        ],
      }),
    ]
    const result = await scanIn(setup, MAIL, { sensitive, nonSensitive })
    const { dictionary: entries, dictionary_exclude: excludes } = JSON.parse(result.sensitive)
    const digest = (name: string) => `anon_funcs.digest("${name}", 'salt_word', 'md5')`
    expect(excludes).toEqual([{ schema: 'public', table: 'd' }])
    expect(entries).toEqual([
      { schema: 'public', table_mask: '^a$', fields: { x: "'masked'" }, sql_condition: 'true' },
      { schema: 'public', table: 'c', raw_sql: 'SELECT NULL::text AS x' },
      { schema: 'other', table: 'gone', fields: { x: "'later'" } },
      {
        schema: 'public',
        table: 'a',
        fields: { x: "'masked'", z: digest('z'), w: digest('w') },
        sql_condition: 'true',
      },
      { schema: 'public', table: 'b', fields: { x: digest('x') } },
      {
        schema: 'public',
        table: 'child',
        fields: { x: "'masked'", z: digest('z'), w: digest('w') },
        sql_condition: 'true',
      },
    ])
    expect(harmless(result)).toEqual(['a.y', 'b.y', 'child.x', 'child.y', 'child.z', 'other.gone.z'])
  })
})

test('a statement that takes too long gives up its column, and no other', async () => {
  await using source = await TestDatabase.create(`
    CREATE TABLE public.slow (id serial, a text, b text);
    INSERT INTO public.slow (a, b) VALUES ('x', 'ada@example.org');
    CREATE FUNCTION public.sleeps(value text, s text, t text, field text) RETURNS boolean LANGUAGE sql
    AS $$ SELECT CASE WHEN field = 'a' THEN pg_sleep(60) IS NULL ELSE false END $$`)
  const result = await scanAt(
    source.target,
    { ...MAIL, data_func: { text: { scan_func: 'sleeps' } } },
    { statementTimeout: 300 },
  )
  expect([found(result), harmless(result)]).toEqual([['slow.b'], []])
  expect(result.warnings).toMatchObject([
    {
      code: 'column-not-scanned',
      message: 'Not scanned: too slow.',
      place: { relation: 'public.slow', field: 'a' },
    },
  ])
})

test('a table that may not be read, or only in part, is not scanned, and that is said', async () => {
  await using source = await TestDatabase.create(`
    CREATE TABLE public.secured (a text);
    ALTER TABLE public.secured ENABLE ROW LEVEL SECURITY;
    CREATE POLICY none ON public.secured USING (false);
    CREATE TABLE public.closed (a text);
    CREATE TABLE public.open (a text);
    INSERT INTO public.open VALUES ('ada@example.org')`)
  const role = `reader_${source.name}`
  await source.run(
    `CREATE ROLE ${role} LOGIN PASSWORD 'plain'; GRANT SELECT ON public.open, public.secured TO ${role}`,
  )
  try {
    const result = await scanAt({ ...source.target, user: role, password: new Secret('plain') }, MAIL)
    expect([found(result), harmless(result)]).toEqual([['open.a'], []])
    expect(result.warnings.map(({ code, place }) => [code, place?.relation])).toEqual([
      ['column-not-scanned', 'public.closed'],
      ['column-not-scanned', 'public.secured'],
    ])
  } finally {
    await source.run(`DROP OWNED BY ${role}; DROP ROLE ${role}`)
  }
})

test('of what nobody could look at the detection does not say that it is harmless', async () => {
  await using source = await TestDatabase.create(`
    CREATE TYPE public.home AS (street text, town text);
    CREATE TABLE public.t (
      note text, colour text, amount int, since date, flag boolean, lives public.home, places public.home[], body xml, raw bytea, words tsvector
    );
    INSERT INTO public.t (colour, amount, since, flag, lives, places, body, raw, words)
    SELECT 'blue ' || n, n, date '2020-01-01' + n, true, ROW('a', 'b')::public.home, ARRAY[ROW('a', 'b')::public.home],
      '<a/>', '\\x00', 'a' FROM generate_series(1, 50) AS n`)
  const result = await scanAt(source.target, undefined)
  expect([found(result), harmless(result)]).toEqual([[], ['t.amount', 't.colour', 't.flag', 't.since']])
})
