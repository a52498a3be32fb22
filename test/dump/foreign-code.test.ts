import { expect, test } from 'bun:test'
import { compile, compileViews } from '../../src/operations/compile.ts'
import { viewData } from '../../src/operations/view-data.ts'
import { installViews } from '../../src/operations/views/install.ts'
import { found, harmless } from '../scan/found.ts'
import { TestDatabase } from '../server/database.ts'
import { faultOf } from '../server/faults.ts'
import { TestFolder } from '../server/folder.ts'
import { Intruder } from '../server/intruder.ts'
import { dictionary, dumpTo, planningOf, scanAt, testContext, validateAt } from '../server/operations.ts'

/** What an intruder makes of a table t, and what of it the faults name. */
interface Payload {
  readonly made: string
  readonly what: string
  /** What makes it run. */
  readonly control?: string
  /** The first version that has such a thing. */
  readonly since?: number
}

const TABLE = `CREATE TABLE public.t (id int, name text);
  INSERT INTO public.t VALUES (1, 'alice@example.org')`

const PAYLOADS: Readonly<Record<string, Payload>> = {
  'an index expression': {
    made: `${TABLE}; CREATE INDEX t_i ON public.t ((id + public.pwn('ran')))`,
    what: 'the index t_i',
  },
  'an index predicate': {
    made: `${TABLE}; CREATE INDEX t_i ON public.t (id) WHERE id > public.pwn('ran')`,
    what: 'the index t_i',
  },
  'an operator in an index': {
    made: `${TABLE}; CREATE FUNCTION public.op(int, int) RETURNS int IMMUTABLE LANGUAGE plpgsql
        AS $$ BEGIN RETURN public.pwn('ran'); END $$;
      CREATE OPERATOR public.+! (LEFTARG = int, RIGHTARG = int, PROCEDURE = public.op);
      CREATE INDEX t_i ON public.t ((id + (1 OPERATOR(public.+!) 2)))`,
    what: 'the index t_i',
  },
  'the key of a partitioned table above the one above': {
    made: `CREATE TABLE public.root (id int, name text) PARTITION BY RANGE ((id + public.pwn('ran')));
      CREATE TABLE public.middle PARTITION OF public.root FOR VALUES FROM (0) TO (1000) PARTITION BY LIST (id);
      CREATE TABLE public.t PARTITION OF public.middle FOR VALUES IN (1);
      INSERT INTO public.t VALUES (1, 'alice@example.org')`,
    what: 'the partition key of public.root',
    control: `SELECT pg_get_partition_constraintdef('public.t'::regclass)`,
  },
  'extended statistics': {
    made: `${TABLE}; CREATE STATISTICS public.t_s ON (id + public.pwn('ran')), name FROM public.t`,
    what: 'the statistics t_s',
    since: 140000,
  },
}

const masked = dictionary({ dictionary: [{ schema: 'public', table: 't', fields: { name: "'x'" } }] })
/** Everything that makes a statement over the table of something else than its name. */
const TOUCHED = {
  masked,
  filtered: dictionary({ dictionary: [{ schema: 'public', table: 't', sql_condition: 'id > 5' }] }),
  'replaced by a query': dictionary({
    dictionary: [{ schema: 'public', table: 't', raw_sql: 'SELECT * FROM public.t' }],
  }),
  'named in a sub-select of another table': dictionary({
    dictionary: [{ schema: 'public', table: 'plain', fields: { note: '(SELECT max(name) FROM t)' } }],
  }),
  'behind a view that a query names': dictionary({
    dictionary: [{ schema: 'public', table: 'plain', raw_sql: 'SELECT id, name AS note FROM shown' }],
  }),
}

for (const [name, { made, what, control = 'EXPLAIN SELECT * FROM public.t', since = 0 }] of Object.entries(
  PAYLOADS,
)) {
  test(`what ${name} calls does not run`, async () => {
    await using source = await TestDatabase.create(
      'CREATE TABLE public.plain (id int PRIMARY KEY, note text); INSERT INTO public.plain VALUES (1)',
    )
    await using intruder = await Intruder.enter(source)
    await using folder = await TestFolder.create()
    await intruder.arm()
    const version = await source.value<number>(`SELECT current_setting('server_version_num')::int`)
    if (version < since) {
      expect((await faultOf(intruder.run(made))).code).toBe('query-failed')
      return
    }
    await intruder.run(made)
    await source.run(`CREATE VIEW public.shown AS SELECT * FROM public.t`)

    for (const [at, rules] of Object.values(TOUCHED).entries()) {
      const planning = planningOf(source.target, { dictionaries: [rules] })
      const refused = { code: 'foreign-code', message: expect.stringContaining(what) }
      const views = { ...planning, viewsSchema: 'masked', roles: [] }
      expect(await faultOf(dumpTo(source.target, folder.file(`${at}`), planning))).toMatchObject(refused)
      expect(await faultOf(compile(testContext(), planning))).toMatchObject(refused)
      expect(await faultOf(compileViews(testContext(), views))).toMatchObject(refused)
      expect(await faultOf(installViews(testContext(), views))).toMatchObject(refused)
      for (const sample of ['none', 10, 'all'] as const) {
        const { findings } = await validateAt(source.target, { ...planning, sample })
        expect(findings).toContainEqual(expect.objectContaining({ ...refused, severity: 'error' }))
      }
    }
    const view = { ...planningOf(source.target), schema: 'public', table: 't', limit: 5, offset: 0 }
    expect((await faultOf(viewData(testContext(), view))).code).toBe('foreign-code')

    // As it is, it is copied by its name, and nothing is asked of it; it is not looked at for a rule either.
    const { manifest } = await dumpTo(source.target, folder.file('archive'))
    expect(manifest.tables).toContainEqual(expect.objectContaining({ schema: 'public', name: 't', rows: 1 }))
    expect((await validateAt(source.target)).findings).toEqual([])
    for (const meta of [
      { data_regex: { rules: ['@'] } },
      { data_const: { constants: ['alice'] } },
      undefined,
    ]) {
      const result = await scanAt(source.target, meta, meta ? { mode: 'full' } : { builtin: true })
      expect(found(result)).toEqual([])
      expect(harmless(result)).not.toContain('t.name')
      expect(result.warnings.map(({ code, message }) => [code, message])).toContainEqual([
        'column-not-scanned',
        'Not scanned: it would run code of a role that nobody need trust.',
      ])
    }

    expect(await intruder.caught()).toEqual([])
    await source.run(control)
    expect(await intruder.caught()).toEqual(['ran'])
  })
}

const CAST = `
  CREATE TYPE public.text AS (a pg_catalog.text);
  CREATE FUNCTION public.tc(public.text) RETURNS pg_catalog.text LANGUAGE plpgsql IMMUTABLE
    AS $$ BEGIN PERFORM public.pwn('ran'); RETURN $1.a; END $$;
  CREATE CAST (public.text AS pg_catalog.text) WITH FUNCTION public.tc(public.text) AS IMPLICIT;
  CREATE TABLE public.t (id int PRIMARY KEY, email public.text, name varchar(20));
  INSERT INTO public.t VALUES (1, ROW('alice@example.org'), 'Alice')`

test('a large table is not divided by its pages, which takes a query', async () => {
  await using source = await TestDatabase.create()
  await using intruder = await Intruder.enter(source)
  await using folder = await TestFolder.create()
  await intruder.arm()
  await intruder.run(`
    CREATE TABLE public.t (id int, name text); ALTER TABLE public.t ALTER name SET STORAGE PLAIN;
    INSERT INTO public.t SELECT n, repeat('x', 8000) FROM generate_series(1, 5000) AS n;
    CREATE INDEX ON public.t ((public.pwn('ran')))`)
  const { manifest } = await dumpTo(source.target, folder.file('archive'), { jobs: 2 })
  expect(manifest.tables).toMatchObject([{ name: 't', rows: 5000 }])
  expect(await intruder.caught()).toEqual([])
  await source.run("EXPLAIN SELECT FROM public.t WHERE ctid >= '(1,0)'")
  expect(await intruder.caught()).toEqual(['ran'])
})

test('a cast from a type of somebody else does not run, whoever speaks of the column', async () => {
  await using source = await TestDatabase.create()
  await using intruder = await Intruder.enter(source)
  await using folder = await TestFolder.create()
  await intruder.arm()
  await intruder.run(CAST)
  const refused = [
    { fields: { email: 'lower(email)' } },
    { fields: { email: 'NULL' } },
    { fields: { name: 'lower(email)' } },
    { fields: { name: 'row_to_json(t)::text' } },
    { fields: { name: '(SELECT max(lower(o.email)) FROM public.t AS o)' } },
    { fields: { name: '(SELECT max(row_to_json(o)::varchar) FROM t AS o)' } },
    { sql_condition: "lower(t.email) = 'x'" },
    { raw_sql: 'SELECT id, email, name FROM t' },
    { raw_sql: 'SELECT * FROM t' },
  ]
  for (const [at, rule] of refused.entries()) {
    const rules = { dictionaries: [dictionary({ dictionary: [{ schema: 'public', table: 't', ...rule }] })] }
    const fault = await faultOf(dumpTo(source.target, folder.file(`${at}`), rules))
    expect([rule, fault.code, fault.message]).toEqual([
      rule,
      'foreign-code',
      expect.stringContaining('a cast of the type public.text'),
    ])
    const { findings } = await validateAt(source.target, rules)
    expect(findings.map(({ code }) => code)).toContain('foreign-code')
  }
  const view = { ...planningOf(source.target), schema: 'public', table: 't', limit: 5, offset: 0 }
  expect((await faultOf(viewData(testContext(), view))).place).toEqual({
    relation: 'public.t',
    field: 'email',
  })

  const others = dictionary({
    dictionary: [{ schema: 'public', table: 't', fields: { name: "'x' || id" } }],
  })
  await dumpTo(source.target, folder.file('archive'), { dictionaries: [others] })
  expect(await intruder.caught()).toEqual([])
  await source.run('SELECT lower(email) FROM public.t')
  expect(await intruder.caught()).toEqual(['ran'])
})

test('a scan does not look at a column of such a type, and refuses a condition that does', async () => {
  await using source = await TestDatabase.create()
  await using intruder = await Intruder.enter(source)
  await intruder.arm()
  await intruder.run(CAST)
  await source.run(`
    CREATE FUNCTION public.looks(value pg_catalog.text, s pg_catalog.text, t pg_catalog.text, c pg_catalog.text)
    RETURNS boolean LANGUAGE sql AS $$ SELECT value LIKE '%@%' $$`)
  const notScanned = [{ code: 'column-not-scanned', place: { relation: 'public.t', field: 'email' } }]
  const functions = {
    data_func: { anyelement: [{ scan_func: 'public.looks' }] },
    sens_pg_types: ['text', 'varchar'],
  }
  expect((await scanAt(source.target, functions)).warnings).toMatchObject(notScanned)
  expect((await scanAt(source.target, undefined, { builtin: true })).warnings).toMatchObject(notScanned)
  const conditioned = {
    data_regex: { rules: ['@'] },
    data_sql_condition: [{ schema: 'public', table: 't', sql_condition: "lower(email) <> ''" }],
  }
  expect((await faultOf(scanAt(source.target, conditioned))).code).toBe('foreign-code')
  expect(await intruder.caught()).toEqual([])
})

test('a cast to text makes no other column of type text unfit to be masked', async () => {
  await using source = await TestDatabase.create(
    "CREATE TABLE public.own (name text); INSERT INTO public.own VALUES ('alice')",
  )
  await using intruder = await Intruder.enter(source)
  await using folder = await TestFolder.create()
  await intruder.arm()
  await intruder.run(CAST)
  const rules = dictionary({
    dictionary: [{ schema: 'public', table: 'own', fields: { name: 'pg_catalog.md5(name)' } }],
  })
  await dumpTo(source.target, folder.file('archive'), { dictionaries: [rules] })
})

test('a foreign key whose columns a cast of somebody else joins is not asked about', async () => {
  await using source = await TestDatabase.create()
  await using intruder = await Intruder.enter(source)
  await using folder = await TestFolder.create()
  await intruder.arm()
  await intruder.run(`
    CREATE TYPE public.number AS (n int);
    CREATE FUNCTION public.tc(public.number) RETURNS int LANGUAGE plpgsql IMMUTABLE
      AS $$ BEGIN PERFORM public.pwn('ran'); RETURN $1.n; END $$;
    CREATE CAST (public.number AS int) WITH FUNCTION public.tc(public.number) AS IMPLICIT;
    CREATE TABLE public.root (id int PRIMARY KEY, age int); INSERT INTO public.root VALUES (1, 4);
    CREATE TABLE public.t (root public.number); INSERT INTO public.t VALUES (ROW(1));
    ALTER TABLE public.t ADD FOREIGN KEY (root) REFERENCES public.root`)
  const rules = dictionary({ dictionary: [{ schema: 'public', table: 'root', sql_condition: 'age > 3' }] })
  const { warnings } = await dumpTo(source.target, folder.file('archive'), { dictionaries: [rules] })
  expect(warnings.map(({ code }) => code)).toEqual(['constraint-unchecked'])
  expect((await validateAt(source.target, { dictionaries: [rules] })).findings).toMatchObject([
    { code: 'constraint-unchecked' },
  ])
  expect(await intruder.caught()).toEqual([])
})

test('a foreign key from or to a table that cannot be asked about is not asked about', async () => {
  await using source = await TestDatabase.create()
  await using intruder = await Intruder.enter(source)
  await using folder = await TestFolder.create()
  await intruder.arm()
  await intruder.run(`
    CREATE TABLE public.root (id int PRIMARY KEY); INSERT INTO public.root VALUES (1);
    CREATE TABLE public.t (id int PRIMARY KEY, root int REFERENCES public.root); INSERT INTO public.t VALUES (2, 1);
    CREATE TABLE public.leaf (id int PRIMARY KEY, t int REFERENCES public.t); INSERT INTO public.leaf VALUES (3, 2);
    CREATE INDEX ON public.t ((public.pwn('ran')))`)
  const rules = dictionary({
    dictionary: [
      { schema: 'public', table: 'root', sql_condition: 'id > 0' },
      { schema: 'public', table: 'leaf', fields: { t: 't' } },
    ],
  })
  const { warnings } = await dumpTo(source.target, folder.file('archive'), { dictionaries: [rules] })
  const unchecked = warnings.filter(({ code }) => code === 'constraint-unchecked')
  expect(unchecked.map(({ message }) => message.match(/\w+_fkey/)?.[0]).sort()).toEqual([
    'leaf_t_fkey',
    't_root_fkey',
  ])
  await validateAt(source.target, { dictionaries: [rules] })
  expect(await intruder.caught()).toEqual([])
})

test("values of somebody else's types run nothing: domains in composites, ranges, NULL for unknown columns", async () => {
  await using source = await TestDatabase.create()
  await using intruder = await Intruder.enter(source)
  await using folder = await TestFolder.create()
  await intruder.arm()
  await intruder.run(`
    CREATE DOMAIN public.d AS int CHECK (value >= public.pwn('ran'));
    CREATE TYPE public.composite AS (d public.d);
    CREATE FUNCTION public.diff(int, int) RETURNS float8 IMMUTABLE LANGUAGE plpgsql
      AS $$ BEGIN RETURN public.pwn(CASE WHEN $1 > 0 THEN 'ran' ELSE 'ran below' END); END $$;
    CREATE TYPE public.range AS RANGE (subtype = int, subtype_diff = public.diff);
    CREATE TABLE public.t (domain public.d, composite public.composite, range public.range);
    INSERT INTO public.t SELECT n, NULL, public.range(n, n + 5) FROM generate_series(1, 200) AS n; ANALYZE public.t`)
  const cases = [
    { fields: { domain: '1' } },
    { fields: { composite: "'(1)'" } },
    { sql_condition: "range && '[5,6]'" },
  ]
  for (const [at, rule] of cases.entries()) {
    const rules = { dictionaries: [dictionary({ dictionary: [{ schema: 'public', table: 't', ...rule }] })] }
    expect((await faultOf(dumpTo(source.target, folder.file(`${at}`), rules))).code).toBe('foreign-code')
    const compiled = compile(testContext(), { ...planningOf(source.target), ...rules })
    expect((await faultOf(compiled)).code).toBe('foreign-code')
    for (const sample of ['none', 'all'] as const) await validateAt(source.target, { ...rules, sample })
  }
  const unknown = dumpTo(source.target, folder.file('unknown'), { unknownColumns: 'null' })
  expect((await faultOf(unknown)).code).toBe('foreign-code')
  await dumpTo(source.target, folder.file('archive'))
  expect(await intruder.caught()).toEqual([])
  await source.run("EXPLAIN SELECT FROM public.t WHERE range && '[5,6]'")
  expect(await intruder.caught()).toEqual(['ran'])
})

test('CHECK constraints are not computed to plan a query, whatever the database says of them', async () => {
  await using source = await TestDatabase.create()
  await using intruder = await Intruder.enter(source)
  await using folder = await TestFolder.create()
  await intruder.arm()
  await intruder.run(`
    CREATE TABLE public.t (id int CHECK (id >= public.pwn('ran')), name text); INSERT INTO public.t VALUES (1, 'alice');
    CREATE TABLE public.child () INHERITS (public.t)`)
  await source.run(`ALTER DATABASE "${source.name}" SET constraint_exclusion = on`)
  const rules = dictionary({
    dictionary: [
      { schema: 'public', table: 't', fields: { name: "'x'" }, sql_condition: 'id > 0' },
      { schema: 'public', table: 'child', raw_sql: 'SELECT * FROM public.t WHERE id > 5' },
    ],
  })
  const planning = planningOf(source.target, { dictionaries: [rules] })
  await validateAt(source.target, planning)
  await dumpTo(source.target, folder.file('archive'), planning)
  await viewData(testContext(), { ...planning, schema: 'public', table: 't', limit: 5, offset: 0 })
  await scanAt(source.target, { data_regex: { rules: ['alice'] } })
  expect(await intruder.caught()).toEqual([])
  await source.run('SET constraint_exclusion = on; EXPLAIN SELECT FROM public.t WHERE id > 5')
  expect(await intruder.caught()).toEqual(['ran'])
})

test('a view of a table that runs code to be read is made with a warning', async () => {
  await using source = await TestDatabase.create()
  await using intruder = await Intruder.enter(source)
  await intruder.arm()
  await intruder.run(`${TABLE}; CREATE INDEX t_i ON public.t ((id + public.pwn('ran')))`)
  const views = { ...planningOf(source.target), viewsSchema: 'masked', roles: [] }
  const { warnings } = await installViews(testContext(), views)
  expect(warnings).toMatchObject([
    { code: 'foreign-code', severity: 'warning', place: { relation: 'public.t' } },
  ])
  expect(await intruder.caught()).toEqual([])
})

test('validate asks nothing of a refused table: neither whether it has rows, nor what its constants would be', async () => {
  await using source = await TestDatabase.create()
  await using intruder = await Intruder.enter(source)
  await intruder.arm()
  await intruder.run(`
    CREATE DOMAIN public.d AS int CHECK (value >= public.pwn('probed'));
    CREATE TABLE public.probed (a public.d CHECK (a > 0)); INSERT INTO public.probed VALUES (1);
    CREATE TABLE public.weighed (a int NOT NULL); INSERT INTO public.weighed VALUES (1);
    CREATE INDEX ON public.weighed ((a + public.pwn('weighed')))`)
  const rules = dictionary({
    dictionary: [
      { schema: 'public', table: 'probed', fields: { a: '1' } },
      { schema: 'public', table: 'weighed', fields: { a: 'NULL' } },
    ],
  })
  for (const sample of ['none', 10, 'all'] as const) {
    const { findings } = await validateAt(source.target, { dictionaries: [rules], sample })
    const errors = findings.filter(({ code }) => code === 'foreign-code')
    expect(errors.map(({ place }) => place?.relation).sort()).toEqual(['public.probed', 'public.weighed'])
  }
  expect(await intruder.caught()).toEqual([])
})
