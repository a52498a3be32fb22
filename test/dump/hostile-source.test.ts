import { expect, test } from 'bun:test'
import { literal } from '../../src/lib/sql.ts'
import { init } from '../../src/operations/init.ts'
import { TestDatabase } from '../server/database.ts'
import { faultOf } from '../server/faults.ts'
import { TestFolder } from '../server/folder.ts'
import { Intruder } from '../server/intruder.ts'
import { dictionary, dumpTo, testContext } from '../server/operations.ts'

const TABLES = `
  CREATE TABLE public.users (email varchar(50) PRIMARY KEY, age int CHECK (age > 0));
  CREATE TABLE public.orders (id int PRIMARY KEY, email varchar(50) REFERENCES public.users);
  INSERT INTO public.users VALUES ('alice@x', 4); INSERT INTO public.orders VALUES (1, 'alice@x')`

const mask = (rule: string) =>
  dictionary({
    dictionary: [
      { schema: 'public', table: 'users', fields: { email: rule, age: 'age' } },
      { schema: 'public', table: 'orders', fields: { email: rule } },
    ],
  })

test("operators of somebody else are not called by pgveil's own questions", async () => {
  await using source = await TestDatabase.create(TABLES)
  await using intruder = await Intruder.enter(source)
  await using folder = await TestFolder.create()
  await intruder.run(`
    CREATE FUNCTION public.caught(varchar, varchar) RETURNS bool LANGUAGE plpgsql AS $$ BEGIN TELL; RETURN true; END $$;
    CREATE OPERATOR public.= (LEFTARG = varchar, RIGHTARG = varchar, PROCEDURE = public.caught);
    CREATE FUNCTION public.caught(int, int) RETURNS bool LANGUAGE plpgsql AS $$ BEGIN TELL; RETURN true; END $$;
    CREATE OPERATOR public.> (LEFTARG = int, RIGHTARG = int, PROCEDURE = public.caught)`)
  await source.run(`ALTER DATABASE "${source.name}" SET search_path = public, pg_catalog`)
  await dumpTo(source.target, folder.file('archive'), { dictionaries: [mask('pg_catalog.md5(email)')] })
})

test('a rule whose function somebody else has defined too is refused, and says which to take', async () => {
  await using source = await TestDatabase.create(TABLES)
  await using intruder = await Intruder.enter(source)
  await using folder = await TestFolder.create()
  await intruder.run(`CREATE FUNCTION public.md5(varchar) RETURNS text LANGUAGE sql AS 'SELECT $1::text'`)
  const fault = await faultOf(dumpTo(source.target, folder.file('a'), { dictionaries: [mask('md5(email)')] }))
  expect([fault.code, fault.remedy, fault.place?.field]).toEqual([
    'rule-shadowed',
    expect.stringContaining('as in pg_catalog.md5(…)'),
    'email',
  ])
  await dumpTo(source.target, folder.file('b'), { dictionaries: [mask('pg_catalog.md5(email)')] })
})

test('constraints and generated columns that call functions of somebody else are not asked', async () => {
  await using source = await TestDatabase.create()
  await using intruder = await Intruder.enter(source)
  await using folder = await TestFolder.create()
  await intruder.run(`
    CREATE FUNCTION public.f(text) RETURNS text IMMUTABLE LANGUAGE plpgsql AS $$ BEGIN TELL; RETURN $1; END $$;
    CREATE TABLE public.t (
      a text CHECK (public.f(a) IS NOT NULL), g text GENERATED ALWAYS AS (public.f(a)) STORED CHECK (g <> 'x')
    );
    INSERT INTO public.t VALUES ('secret')`)
  const rules = dictionary({ dictionary: [{ schema: 'public', table: 't', fields: { a: `'m' || a` } }] })
  const { warnings } = await dumpTo(source.target, folder.file('archive'), { dictionaries: [rules] })
  expect(warnings.map(({ code }) => code)).toEqual(Array(3).fill('constraint-unchecked'))
  // To plan a SELECT PostgreSQL takes the expressions of indexes apart, so that nothing can be asked at all.
  for (const unique of ['', 'UNIQUE']) {
    await intruder.run(`CREATE ${unique} INDEX other ON public.t (public.f(a))`)
    const fault = await faultOf(dumpTo(source.target, folder.file('refused'), { dictionaries: [rules] }))
    expect([fault.code, fault.message]).toEqual(['foreign-code', expect.stringContaining('the index other')])
    await intruder.run('DROP INDEX public.other')
  }
})

test('a column whose type makes its values by a function of somebody else cannot be masked', async () => {
  await using source = await TestDatabase.create()
  await using intruder = await Intruder.enter(source)
  await using folder = await TestFolder.create()
  await intruder.run(`
    CREATE FUNCTION public.f(text) RETURNS bool IMMUTABLE LANGUAGE plpgsql AS $$ BEGIN TELL; RETURN true; END $$;
    CREATE DOMAIN public.d AS text CHECK (public.f(value));
    CREATE TABLE public.t (a public.d[]);
    INSERT INTO public.t VALUES ('{secret}')`)
  const rules = dictionary({ dictionary: [{ schema: 'public', table: 't', fields: { a: `'{x}'` } }] })
  const fault = await faultOf(dumpTo(source.target, folder.file('archive'), { dictionaries: [rules] }))
  expect([fault.code, fault.place?.field]).toEqual(['foreign-code', 'a'])
})

test('init does not move into a schema of somebody else, nor beside their functions', async () => {
  await using source = await TestDatabase.create()
  await using intruder = await Intruder.enter(source)
  await intruder.run('CREATE SCHEMA anon_funcs')
  const fault = await faultOf(init(testContext(), source.target))
  expect([fault.code, fault.message]).toEqual(['init-failed', expect.stringContaining(intruder.role)])
  await source.run(
    `ALTER SCHEMA anon_funcs OWNER TO CURRENT_USER; GRANT CREATE ON SCHEMA anon_funcs TO "${intruder.role}"`,
  )
  expect((await faultOf(init(testContext(), source.target))).code).toBe('init-failed')
  await source.run(`REVOKE CREATE ON SCHEMA anon_funcs FROM "${intruder.role}"`)
  await init(testContext(), source.target)
  const none = await source.value(
    `SELECT count(*) FROM pg_proc WHERE proowner = ${literal(intruder.role)}::regrole`,
  )
  expect(none).toBe('0')
})

test('a function that reads rows while PostgreSQL plans does not get them into the message', async () => {
  await using source = await TestDatabase.create(`${TABLES};
    CREATE FUNCTION public.since() RETURNS int LANGUAGE sql STABLE AS $$ SELECT email::int FROM public.users LIMIT 1 $$;
    ANALYZE public.users`)
  await using folder = await TestFolder.create()
  const rules = dictionary({
    dictionary: [{ schema: 'public', table: 'users', sql_condition: 'age > public.since()' }],
  })
  const fault = await faultOf(dumpTo(source.target, folder.file('archive'), { dictionaries: [rules] }))
  expect(JSON.stringify(fault.findings)).not.toContain('alice')
  expect(fault.message).toContain('SQLSTATE 22P02')
})

test('a function of a rule that somebody else has overloaded is refused', async () => {
  await using source = await TestDatabase.create(`${TABLES};
    CREATE FUNCTION public.mask(text) RETURNS text IMMUTABLE LANGUAGE sql AS $$ SELECT 'x' || length($1) $$`)
  await using intruder = await Intruder.enter(source)
  await using folder = await TestFolder.create()
  await intruder.run(
    `CREATE FUNCTION public.mask(varchar) RETURNS text LANGUAGE plpgsql AS $$ BEGIN TELL; RETURN $1; END $$`,
  )
  const fault = await faultOf(
    dumpTo(source.target, folder.file('a'), { dictionaries: [mask('mask(email)')] }),
  )
  expect([fault.code, fault.message]).toEqual(['rule-shadowed', expect.stringContaining(intruder.role)])
})

test('what a function says while PostgreSQL plans is not told', async () => {
  await using source = await TestDatabase.create(`${TABLES};
    CREATE FUNCTION public.f(text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS
      'BEGIN EXECUTE format(''SELECT %I'', (SELECT email FROM public.users LIMIT 1)); RETURN 1; END'`)
  await using folder = await TestFolder.create()
  const fault = await faultOf(
    dumpTo(source.target, folder.file('a'), { dictionaries: [mask("public.f('k')")] }),
  )
  expect(fault.code).toBe('rule-rejected')
  expect(JSON.stringify(fault.findings)).not.toContain('alice')
})
