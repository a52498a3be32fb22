import { expect, test } from 'bun:test'
import { TestDatabase } from '../server/database.ts'
import { scanAt } from '../server/operations.ts'
import { RecordingProxy } from '../server/recording-proxy.ts'
import { found } from './found.ts'

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
