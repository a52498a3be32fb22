import { expect, test } from 'bun:test'
import { TestDatabase } from '../server/database.ts'
import { scanAt } from '../server/operations.ts'
import { RecordingProxy } from '../server/recording-proxy.ts'
import { found, harmless } from './found.ts'

const MARK = 'zebra7391'

const SETUP = `
  CREATE TABLE public.t (id serial PRIMARY KEY, a text, b varchar(40), c json, d text[], e integer, f text);
  INSERT INTO public.t (a, b, c, d, e, f)
  SELECT '${MARK}' || n || '@example.org', '${MARK}', '{"${MARK}": "${MARK}"}', ARRAY['${MARK}', NULL], 73917391, '${MARK}'
  FROM generate_series(1, 3000) AS n;
  CREATE FUNCTION public.looks(value text, a text, b text, c text) RETURNS boolean LANGUAGE sql AS $$ SELECT value = 'x' $$;
  CREATE FUNCTION public.fails(value integer, a text, b text, c text) RETURNS boolean LANGUAGE sql AS $$ SELECT value / 0 = 1 $$;`

const META = {
  data_regex: { rules: ['@example', '^\\d{12}$', '(?i)NEVER'] },
  data_const: { constants: ['one', 'two words'], partial_constants: ['part'] },
  data_func: { text: { scan_func: 'looks' }, integer: { scan_func: 'fails' } },
  sens_pg_types: ['text', 'varchar', 'json', 'integer', 'text[]'],
}

test.each(['partial', 'full'] as const)('no value leaves the server in a %s scan', async (mode) => {
  await using source = await TestDatabase.create(SETUP)
  await using proxy = await RecordingProxy.before(source.target)
  const result = await scanAt(proxy.target, META, { mode })
  expect(found(result)).toEqual(['t.a'])
  expect(proxy.answers).not.toContain(MARK)
  expect(proxy.answers).not.toContain('73917391')
  expect(JSON.stringify(result)).not.toContain(MARK)
  expect(proxy.statements).toContain('looked_at')
})

test('no value leaves the server for the built-in detection', async () => {
  await using source = await TestDatabase.create(`${SETUP}
    CREATE TABLE public.people (id serial, full_name text, email text, born date, notes text, details jsonb, card text, ip inet);
    INSERT INTO public.people (full_name, email, born, notes, details, card, ip)
    SELECT '${MARK} Ashby', '${MARK}' || n || '@example.org', date '1980-01-01' + n, 'write to ${MARK}' || n || '@example.org soon',
      jsonb_build_object('${MARK}', n, 'email', '${MARK}@example.org'), '4111111111111111', '192.0.2.1'
    FROM generate_series(1, 500) AS n`)
  await using proxy = await RecordingProxy.before(source.target)
  const result = await scanAt(proxy.target, undefined)
  expect(found(result)).toEqual(
    [
      't.a',
      ...['born', 'card', 'details', 'email', 'full_name', 'ip', 'notes'].map((column) => `people.${column}`),
    ].sort(),
  )
  expect(proxy.answers).not.toContain(MARK)
  expect(proxy.answers).not.toMatch(/4111111111111111|192\.0\.2\.1/)
  expect(JSON.stringify(result)).not.toContain(MARK)
})

test('for what PostgreSQL cannot search, values of undecided columns come by, and that is said', async () => {
  await using source = await TestDatabase.create(SETUP)
  await using proxy = await RecordingProxy.before(source.target)
  const rule = '(?=(zeb))\\1ra\\d+$'
  const result = await scanAt(proxy.target, {
    data_regex: { rules: ['@example', rule, '^(?P<x>zub)ra\\d+$'] },
    skip_rules: [{ schema: 'public', table: 't', fields: ['f', 'c'] }],
  })
  expect(result.warnings).toMatchObject([
    { code: 'regex-on-our-side', message: expect.stringContaining(rule) },
  ])
  expect(found(result)).toEqual(['t.a', 't.b'])
  const answers = proxy.answers
  expect(answers).toContain('73917391')
  expect(answers).not.toContain(`${MARK}1@example.org`)
})

test('where the search gives up, the column is not scanned, and none of it is taken for harmless', async () => {
  await using source = await TestDatabase.create(`
    CREATE TABLE public.t (a text, b text);
    INSERT INTO public.t VALUES (repeat('a', 29) || 'b', 'x')`)
  // A look at what a group of a lookahead holds is none of PostgreSQL's; the rest takes exponential time.
  const result = await scanAt(source.target, { data_regex: { rules: ['(?=(z?))\\1(?:a+)+c|b$'] } })
  expect(harmless(result)).toEqual(['t.b'])
  expect(result.warnings).toMatchObject([
    { code: 'regex-on-our-side' },
    { code: 'column-not-scanned', message: 'Not scanned: too slow.', place: { field: 'a' } },
  ])
})
