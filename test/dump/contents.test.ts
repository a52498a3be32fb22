import { describe, expect, test } from 'bun:test'
import { readdirSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { readToc } from '../../src/archive/toc/toc.ts'
import { fromShippedFile } from '../../src/lib/sql.ts'
import { init } from '../../src/operations/init.ts'
import { TestDatabase } from '../server/database.ts'
import { faultOf } from '../server/faults.ts'
import { TestFolder } from '../server/folder.ts'
import { dictionary, dumpTo, restoreFrom, testContext } from '../server/operations.ts'
import { runClient } from '../server/programs.ts'
import { copyOf } from './copy-of.ts'

const names = async (database: TestDatabase) =>
  (
    await database.rows<{ name: string }>(`
      SELECT n.nspname || '.' || c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' ORDER BY 1`)
  ).map(({ name }) => name)

describe('which rows', () => {
  const SCHEMA = `
    CREATE TABLE public.users (id int PRIMARY KEY, name text, at date);
    INSERT INTO public.users SELECT i, 'n' || i, date '2026-01-01' + i FROM generate_series(1, 10) AS i;
    CREATE TABLE public.log (line text);
    INSERT INTO public.log VALUES ('x');
  `
  test('a condition takes, with or without WHERE, with a comment at its end', async () => {
    await using source = await TestDatabase.create(SCHEMA)
    for (const sql_condition of [
      'WHERE id > 7',
      'id > 7 -- the last ones',
      "\n  where at > '2026-01-08'\n",
    ]) {
      await using copy = await copyOf(source, {
        dictionaries: [dictionary({ dictionary: [{ schema: 'public', table: 'users', sql_condition }] })],
      })
      expect(await copy.target.value<number>('SELECT count(*)::int FROM public.users')).toBe(3)
      expect(copy.manifest.tables.find(({ name }) => name === 'users')).toMatchObject({
        rows: 3,
        rowPolicy: 'filtered',
      })
    }
  })

  test('a query gives instead of the table', async () => {
    await using source = await TestDatabase.create(SCHEMA)
    await using copy = await copyOf(source, {
      dictionaries: [
        dictionary({
          dictionary: [
            {
              schema: 'public',
              table: 'users',
              raw_sql: `SELECT current_date AS at, 'x' AS name, i::bigint AS id FROM generate_series(1, 4) AS i;`,
            },
          ],
        }),
      ],
    })
    expect(await copy.target.rows('SELECT id, name FROM public.users ORDER BY id LIMIT 1')).toEqual([
      { id: 1, name: 'x' },
    ])
    expect(await copy.target.value<number>('SELECT count(*)::int FROM public.users')).toBe(4)
  })

  test('an excluded table loses, and keeps its structure; one that is in the dictionary too keeps both', async () => {
    await using source = await TestDatabase.create(SCHEMA)
    await using copy = await copyOf(source, {
      dictionaries: [
        dictionary({
          dictionary: [{ schema: 'public', table: 'users', fields: { name: `'x'` } }],
          dictionary_exclude: [
            { schema: 'public', table_mask: 'o' },
            { schema: 'public', table: 'users' },
          ],
        }),
      ],
    })
    expect(await copy.target.value<number>('SELECT count(*)::int FROM public.log')).toBe(0)
    expect(await copy.target.value<number>('SELECT count(*)::int FROM public.users')).toBe(10)
  })
})

describe('what is left out', () => {
  const SCHEMA = `
    CREATE SCHEMA secret;
    CREATE TYPE secret.level AS ENUM ('low', 'high');
    CREATE TABLE secret.plans (id int PRIMARY KEY, what text);
    INSERT INTO secret.plans VALUES (1, 'x');
    CREATE TABLE public.users (id int PRIMARY KEY, plan int CONSTRAINT to_plan REFERENCES secret.plans);
    INSERT INTO public.users VALUES (1, 1);
    CREATE VIEW public.planned AS SELECT u.id, p.what FROM public.users u JOIN secret.plans p ON p.id = u.plan;
    CREATE MATERIALIZED VIEW public.counted AS SELECT count(*) AS n FROM public.planned;
    CREATE TABLE public.graded (l secret.level);
    CREATE FUNCTION public.noted() RETURNS secret.plans LANGUAGE sql AS 'SELECT NULL::secret.plans';
  `
  test('a schema that is excluded whole goes with all that cannot do without it, by name', async () => {
    await using source = await TestDatabase.create(SCHEMA)
    await using copy = await copyOf(source, {
      dictionaries: [dictionary({ dictionary_exclude: [{ schema: 'secret', table_mask: '*' }] })],
    })
    expect(await names(copy.target)).toEqual(['public.users'])
    expect(copy.manifest.leftOut.map((line) => line.replace(/:.*/, '')).sort()).toEqual([
      'FK CONSTRAINT public.users to_plan',
      'FUNCTION public.noted()',
      'MATERIALIZED VIEW public.counted',
      'TABLE public.graded',
      'TABLE secret.plans',
      'VIEW public.planned',
    ])
  })

  test('a tables dictionary leaves out tables and what cannot do without them', async () => {
    await using source = await TestDatabase.create(SCHEMA)
    await using copy = await copyOf(source, {
      onlyTables: [dictionary({ tables: [{ schema: 'public', table_mask: '*' }] })],
      withoutTables: [dictionary({ tables: [{ schema: 'public', table: 'graded' }] })],
    })
    expect(await names(copy.target)).toEqual(['public.users'])
  })

  test('a dictionary for the whole database serves a part of it', async () => {
    await using source = await TestDatabase.create(SCHEMA)
    await using copy = await copyOf(source, {
      dictionaries: [
        dictionary({ dictionary: [{ schema: 'secret', table: 'plans', fields: { what: `'x'` } }] }),
      ],
      onlyTables: [dictionary({ tables: [{ schema: 'public', table: 'users' }] })],
    })
    expect(await names(copy.target)).toEqual(['public.users'])
  })

  test('the function library is, unless something needs it', async () => {
    await using source = await TestDatabase.create('CREATE TABLE public.t (v text)')
    await init(testContext(), source.target)
    await using without = await copyOf(source)
    expect(await without.target.value(`SELECT to_regnamespace('anon_funcs')`)).toBeNull()
    await source.run(`CREATE VIEW public.v AS SELECT anon_funcs.partial(v, 1, '*', 1) AS p FROM public.t`)
    await using copy = await copyOf(source)
    expect(await copy.target.value<number>('SELECT count(*)::int FROM public.v')).toBe(0)
  })
})

describe('secrets', () => {
  test('of servers, mappings, foreign tables, subscriptions and settings are not in the archive', async () => {
    await using source = await TestDatabase.create(`
      CREATE FOREIGN DATA WRAPPER w OPTIONS (apitoken 'hush-1');
      CREATE SERVER s FOREIGN DATA WRAPPER w OPTIONS (host 'h', password 'hush-2', port '1', sslkey 'hush-3');
      CREATE USER MAPPING FOR PUBLIC SERVER s OPTIONS ("user" 'me', password 'hush-''4', other 'hush-5');
      CREATE FOREIGN TABLE public.f (a int OPTIONS (secret_access_key 'hush-6', column_name 'x')) SERVER s OPTIONS (password 'hush-7', tab 't');
    `)
    await source.run(`
      CREATE SUBSCRIPTION sub_${process.pid} CONNECTION 'host=h password=hush-8' PUBLICATION p
        WITH (connect = false, enabled = false, slot_name = NONE, create_slot = false);
      ALTER DATABASE "${source.name}" SET "anon_funcs.salt" TO 'hush-9';
      ALTER DATABASE "${source.name}" SET app.password TO 'hush; 10';
      ALTER DATABASE "${source.name}" SET work_mem TO '5MB'`)
    await using folder = await TestFolder.create()
    const { manifest } = await dumpTo(source.target, folder.file('a'))
    const bytes = await Bun.file(folder.file('a/toc.dat')).text()
    expect(bytes).not.toContain('hush')
    for (const kept of ['host', 'port', '"user" \'me\'', 'column_name', "tab 't'", 'work_mem'])
      expect(bytes).toContain(kept)
    expect(manifest.leftOut.filter((line) => line.startsWith('Secrets')).length).toBe(5)
    await using target = await TestDatabase.create()
    await restoreFrom(folder.file('a'), target.target)
    expect(await target.value<string>('SELECT umoptions::text FROM pg_user_mappings')).toBe('{user=me}')
    await source.run(`DROP SUBSCRIPTION sub_${process.pid}`)
  })

  test('of a rule are not in the manifest', async () => {
    await using source = await TestDatabase.create('CREATE TABLE public.t (v text)')
    await using folder = await TestFolder.create()
    const masks = dictionary({
      dictionary: [{ schema: 'public', table: 't', fields: { v: `md5(v || 'my-salt' || 4711)` } }],
    })
    const { manifest } = await dumpTo(source.target, folder.file('a'), { dictionaries: [masks] })
    expect(manifest.tables[0]?.masked).toEqual([
      { column: 'v', rule: 'md5(v || $1 || $2)', place: 'masks.json:1:61' },
    ])
    for (const name of readdirSync(folder.file('a'))) {
      const bytes = await Bun.file(folder.file(`a/${name}`)).bytes()
      expect((name.endsWith('.gz') ? gunzipSync(bytes) : Buffer.from(bytes)).toString('latin1')).not.toMatch(
        /my-salt|4711/,
      )
    }
  })
})

describe('names in rules', () => {
  test("resolve by the database's own search_path, also inside functions", async () => {
    await using source = await TestDatabase.create(`
      SET check_function_bodies = off;
      CREATE SCHEMA tools;
      CREATE TABLE tools.words (w text);
      INSERT INTO tools.words VALUES ('masked');
      CREATE FUNCTION tools.mask(v text) RETURNS text LANGUAGE sql AS 'SELECT w FROM words';
      CREATE TABLE public.t (v text);
      INSERT INTO public.t VALUES ('x');
    `)
    await source.run(`ALTER DATABASE "${source.name}" SET search_path TO tools, public`)
    await using copy = await copyOf(source, {
      dictionaries: [
        dictionary({ dictionary: [{ schema: 'public', table: 't', fields: { v: 'mask(v)' } }] }),
      ],
    })
    expect(await copy.target.value<string>('SELECT v FROM public.t')).toBe('masked')
  })

  test('of a table with a regclass need their schema, and are told so', async () => {
    await using source = await TestDatabase.create(`
      CREATE FUNCTION public.mask(v text) RETURNS text LANGUAGE sql AS $$ SELECT 'masked' $$;
      CREATE TABLE public.t (v text, r regclass, rs regtype[]);
      INSERT INTO public.t VALUES ('x', 'public.t', '{public.t}');
    `)
    const masks = (rule: string) => [
      dictionary({ dictionary: [{ schema: 'public', table: 't', fields: { v: rule } }] }),
    ]
    await using folder = await TestFolder.create()
    const fault = await faultOf(dumpTo(source.target, folder.file('a'), { dictionaries: masks('mask(v)') }))
    expect([fault.code, fault.remedy]).toEqual([
      'rule-rejected',
      expect.stringContaining('need their schema'),
    ])
    await using copy = await copyOf(source, { dictionaries: masks('public.mask(v)') })
    expect(await copy.target.rows('SELECT v, r::text, rs::text FROM public.t')).toEqual([
      { v: 'masked', r: 't', rs: '{t}' },
    ])
  })
})

describe('encodings', () => {
  test.each<[string, string]>([
    ['LATIN1', 'é ü ÿ'],
    ['EUC_JP', '日本語'],
    ['WIN1252', '€ œ'],
  ])('%s', async (encoding, text) => {
    const properties = fromShippedFile(
      `TEMPLATE template0 ENCODING '${encoding}' LC_COLLATE 'C' LC_CTYPE 'C'`,
    )
    await using source = await TestDatabase.createAs(
      `encoded_${encoding.toLowerCase()}_${process.pid}`,
      properties,
    )
    await source.run(
      `CREATE TABLE public."t ${text}" ("c ${text}" text); INSERT INTO public."t ${text}" VALUES ('${text}')`,
    )
    const masks = dictionary({
      dictionary: [
        { schema: 'public', table: `t ${text}`, fields: { [`c ${text}`]: `"c ${text}" || ' ${text}'` } },
      ],
    })
    await using copy = await copyOf(source, { dictionaries: [masks] })
    expect(await copy.target.rows(`SELECT * FROM public."t ${text}"`)).toEqual([
      { [`c ${text}`]: `${text} ${text}` },
    ])
  })
})

test('one snapshot: what is committed while the dump runs is not in it, in any table', async () => {
  await using source = await TestDatabase.create(`
    CREATE TABLE public.a AS SELECT i AS id FROM generate_series(1, 20000) AS i;
    CREATE TABLE public.b AS SELECT i AS id FROM generate_series(1, 20000) AS i;
    CREATE TABLE public.c AS SELECT i AS id FROM generate_series(1, 10) AS i;
  `)
  let writes: Promise<void> | undefined
  const context = testContext({
    onProgress: ({ stage }) => {
      if (stage === 'structure') {
        writes ??= source.run(
          'BEGIN; DELETE FROM public.a; UPDATE public.b SET id = -id; INSERT INTO public.c VALUES (99); COMMIT',
        )
      }
    },
  })
  await using target = await TestDatabase.create()
  await using folder = await TestFolder.create()
  await dumpTo(source.target, folder.file('a'), { jobs: 1 }, context)
  await writes
  expect(await source.value<number>('SELECT count(*)::int FROM public.a')).toBe(0)
  await restoreFrom(folder.file('a'), target.target)
  expect(
    await target.rows(
      `SELECT (SELECT count(*)::int FROM public.a) AS a, (SELECT min(id) FROM public.b) AS b, (SELECT count(*)::int FROM public.c) AS c`,
    ),
  ).toEqual([{ a: 20000, b: 1, c: 10 }])
})

test('configuration tables of extensions come along as pg_dump takes them', async () => {
  await using source = await TestDatabase.create()
  const known = `SELECT name FROM pg_available_extensions WHERE name IN ('citext', 'hstore', 'pg_trgm', 'tablefunc') ORDER BY 1 LIMIT 1`
  const extension = await source.value<string | undefined>(known)
  if (!extension)
    throw new Error('This test needs one of the contrib extensions: install postgresql-contrib.')
  // What pg_extension_config_dump does from inside an extension's own script.
  await source.run(`
    CREATE EXTENSION ${extension};
    CREATE TABLE public.settings (name text, own boolean); CREATE TABLE public.cache (v text); CREATE TABLE public.words (w text);
    INSERT INTO public.settings VALUES ('of the extension', false), ('of the user', true);
    INSERT INTO public.cache VALUES ('x'); INSERT INTO public.words VALUES ('y');
    ALTER EXTENSION ${extension} ADD TABLE public.settings; ALTER EXTENSION ${extension} ADD TABLE public.cache;
    ALTER EXTENSION ${extension} ADD TABLE public.words;
    UPDATE pg_extension SET extconfig = ARRAY['public.settings'::regclass, 'public.words'::regclass], extcondition = ARRAY['WHERE own', '']
    WHERE extname = '${extension}'`)
  await using folder = await TestFolder.create()
  const { manifest } = await dumpTo(source.target, folder.file('ours'))
  await runClient('pg_dump', source.target, ['--format=directory', `--file=${folder.file('theirs')}`])
  const script = async (archive: string) =>
    (await runClient('pg_restore', undefined, ['--file=-', folder.file(archive)])).replaceAll(
      /^\\(un)?restrict .*$/gm,
      '',
    )
  expect(await script('ours')).toBe(await script('theirs'))
  expect(manifest.tables.map(({ name, rows }) => [name, rows]).sort()).toEqual([
    ['settings', 1],
    ['words', 1],
  ])
})

test('a database in SQL_ASCII comes through byte by byte', async () => {
  const properties = fromShippedFile(`TEMPLATE template0 ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C'`)
  await using source = await TestDatabase.createAs(`ascii_source_${process.pid}`, properties)
  await using target = await TestDatabase.createAs(`ascii_target_${process.pid}`, properties)
  await using folder = await TestFolder.create()
  await source.run(
    `CREATE TABLE public.t (v text); INSERT INTO public.t VALUES (E'\\xe9\\xff latin'), (E'\\xc3\\xa9 utf8')`,
  )
  await dumpTo(source.target, folder.file('a'))
  await restoreFrom(folder.file('a'), target.target)
  const bytes = `SELECT string_agg(encode(v::bytea, 'hex'), ' ' ORDER BY v) FROM public.t`
  expect(await target.value<string>(bytes)).toBe(await source.value<string>(bytes))
})

test('an archive of rows alone has its tables in the order of their keys', async () => {
  await using source = await TestDatabase.create(`
    CREATE TABLE public.z_first (id int PRIMARY KEY);
    CREATE TABLE public.m_second (id int PRIMARY KEY REFERENCES public.z_first);
    CREATE TABLE public.a_third (id int REFERENCES public.m_second);
    INSERT INTO public.z_first VALUES (1); INSERT INTO public.m_second VALUES (1); INSERT INTO public.a_third VALUES (1);
  `)
  await using folder = await TestFolder.create()
  await using target = await TestDatabase.create()
  await dumpTo(source.target, folder.file('structure'), { content: 'structure' })
  await dumpTo(source.target, folder.file('rows'), { content: 'data' })
  const { entries } = readToc(await Bun.file(folder.file('rows/toc.dat')).bytes())
  expect(entries.map(({ tag }) => tag).slice(-3)).toEqual(['z_first', 'm_second', 'a_third'])
  await restoreFrom(folder.file('structure'), target.target, { content: 'structure' })
  for (const jobs of [[], ['--jobs=3']]) {
    await target.run('TRUNCATE public.z_first CASCADE')
    await runClient('pg_restore', target.target, [
      `--dbname=${target.name}`,
      '--exit-on-error',
      '--data-only',
      ...jobs,
      folder.file('rows'),
    ])
    expect(await target.value<number>('SELECT count(*)::int FROM public.a_third')).toBe(1)
  }
})
