import { expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { init } from '../../src/operations/init.ts'
import { TestDatabase } from '../server/database.ts'
import { testContext } from '../server/operations.ts'

/**
 * A schema that has a function for every function and an operator for every operator that PostgreSQL has, with the same
 * arguments, and all of them raise; and, in the schema of temporary objects, domains by the names of types.
 */
const TRAP = `
  CREATE SCHEMA trap;
  DO $do$
  DECLARE entry record;
  BEGIN
    FOR entry IN
      SELECT p.proname, pg_get_function_identity_arguments(p.oid) AS arguments, p.prorettype::regtype AS result
      FROM pg_proc p
      WHERE p.pronamespace = 'pg_catalog'::regnamespace AND p.prokind = 'f' AND NOT p.proretset
        AND p.prorettype NOT IN (SELECT oid FROM pg_type WHERE typtype = 'p')
        AND NOT EXISTS (SELECT FROM unnest(p.proargtypes) AS a JOIN pg_type t ON t.oid = a WHERE t.typtype = 'p' AND t.typname !~ '^any')
    LOOP
      BEGIN
        EXECUTE format('CREATE FUNCTION trap.%I(%s) RETURNS %s LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION ''trapped''; END $$',
          entry.proname, entry.arguments, entry.result);
      EXCEPTION WHEN OTHERS THEN NULL;
      END;
    END LOOP;
    FOR entry IN
      SELECT o.oprname, o.oprleft::regtype AS l, o.oprright::regtype AS r, o.oprresult::regtype AS result, o.oid
      FROM pg_operator o
      WHERE o.oprnamespace = 'pg_catalog'::regnamespace AND o.oprleft <> 0
    LOOP
      BEGIN
        EXECUTE format('CREATE FUNCTION trap.operator_%s(%s, %s) RETURNS %s LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION ''trapped''; END $$',
          entry.oid, entry.l, entry.r, entry.result);
        EXECUTE format('CREATE OPERATOR trap.%s (LEFTARG = %s, RIGHTARG = %s, PROCEDURE = trap.operator_%s)',
          entry.oprname, entry.l, entry.r, entry.oid);
      EXCEPTION WHEN OTHERS THEN NULL;
      END;
    END LOOP;
    -- Better matches than PostgreSQL's own, which take any array or a number of another type.
    CREATE FUNCTION trap.cardinality(text[]) RETURNS int LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'trapped'; END $$;
    CREATE FUNCTION trap.power(numeric, int) RETURNS numeric LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'trapped'; END $$;
    CREATE OPERATOR trap.^ (LEFTARG = numeric, RIGHTARG = int, PROCEDURE = trap.power);
    CREATE FUNCTION trap.glue(text, int) RETURNS text LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'trapped'; END $$;
    CREATE OPERATOR trap.|| (LEFTARG = text, RIGHTARG = int, PROCEDURE = trap.glue);
  END $do$`

const rows = [
  ...readFileSync(join(import.meta.dir, '../../docs/functions.md'), 'utf8').matchAll(
    /^\| `(\w+)\(.*\| `(.*)` \| `(.*)` \| ([A-Z]+) \| [0-9.–]+ \|$/gm,
  ),
]

test('the functions find nothing but what is PostgreSQL’s own, whatever the search_path of the caller', async () => {
  await using database = await TestDatabase.create(TRAP)
  await init(testContext(), database.target)
  const traps = await database.value<string>(
    `SELECT count(*) FROM pg_proc WHERE pronamespace = 'trap'::regnamespace`,
  )
  expect(Number(traps)).toBeGreaterThan(2000)
  expect(rows.length).toBeGreaterThan(30)
  const expected = new Map<string, unknown>()
  const examples = rows
    .map(([, name = '', example = '']) => ({
      name,
      // Operators of the example itself are none of the library's.
      call: (example.includes('anon_funcs.') ? example : `anon_funcs.${example}`).replaceAll(
        /\b(length|now)\(/g,
        'pg_catalog.$1(',
      ),
    }))
    .filter(({ call }) => !/[<=]/.test(call.replaceAll(/'[^']*'/g, '')))
  const constant = (name: string) => !/^(random|d?noise)/.test(name)
  for (const { name, call } of examples) {
    if (constant(name)) expected.set(call, await database.value(`SELECT ${call}`))
  }
  await database.run(`
    CREATE DOMAIN pg_temp.text AS pg_catalog.text CHECK (pg_catalog.length(value) < 0);
    CREATE DOMAIN pg_temp.int4 AS pg_catalog.int4 CHECK (value OPERATOR(pg_catalog.<) -1);
    CREATE DOMAIN pg_temp.int8 AS pg_catalog.int8 CHECK (value OPERATOR(pg_catalog.<) -1);
    CREATE DOMAIN pg_temp.timestamptz AS pg_catalog.timestamptz CHECK (value IS NULL);
    CREATE DOMAIN pg_temp.date AS pg_catalog.date CHECK (value IS NULL);
    CREATE DOMAIN pg_temp.macaddr AS pg_catalog.macaddr CHECK (value IS NULL);
    SET search_path = trap, pg_catalog;
    SET standard_conforming_strings = off`)
  const trapped = await database.value("SELECT md5('x')").catch((error: { words?: string }) => error.words)
  expect(trapped).toBe('trapped')
  for (const { name, call } of examples) {
    const result = await database
      .value(`SELECT ${call.replaceAll(/\b(date|interval) '/g, "pg_catalog.$1 '")}`)
      .catch((error: { words?: string }) => `${call}: ${error.words}`)
    if (constant(name)) expect([call, result]).toEqual([call, expected.get(call)])
    else expect([call, String(result).includes('trapped')]).toEqual([call, false])
  }
})
