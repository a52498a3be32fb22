import { expect, test } from 'bun:test'
import { TestDatabase } from '../server/database.ts'
import { scanAt } from '../server/operations.ts'
import { RecordingProxy } from '../server/recording-proxy.ts'
import { found, harmless } from './found.ts'

const COLUMNS = Array.from({ length: 1000 }, (_, at) => `c${at}`)

/** What stood in the messages of a session that asked about rows. */
function questions({ statements }: RecordingProxy): string[] {
  return statements.split('SAVEPOINT pgveil_attempt; ').filter((statement) => statement.includes('looked_at'))
}

test('no statement holds more regular expressions than a session keeps compiled, nor more columns than fit', async () => {
  const definitions = COLUMNS.map((column) => `${column} text DEFAULT 'nothing'`)
  await using source = await TestDatabase.create(
    `CREATE TABLE public.wide (id int, ${definitions.join(', ')}); INSERT INTO public.wide VALUES (1)`,
  )
  await source.run(`UPDATE public.wide SET c999 = 'the 70th'`)
  await using proxy = await RecordingProxy.before(source.target)
  const rules = Array.from({ length: 70 }, (_, at) => `the ${at + 1}th`)
  const result = await scanAt(proxy.target, { data_regex: { rules } })
  expect(found(result)).toEqual(['wide.c999'])
  expect(harmless(result)).toHaveLength(999 + 1)
  const asked = questions(proxy)
  expect(asked.length).toBeGreaterThan(3)
  for (const statement of asked) {
    expect(new Set(statement.match(/AS "p\d+"/g)).size).toBeLessThanOrEqual(30)
    expect(new Set(statement.match(/AS "v\d+"/g)).size).toBeLessThanOrEqual(400)
  }
})

test('what the first rows decide is not asked of the others, and a type that cannot hold it is not asked at all', async () => {
  await using source = await TestDatabase.create(`
    CREATE TABLE public.t (id int, mail text, note text, number bigint, key uuid DEFAULT gen_random_uuid());
    INSERT INTO public.t SELECT n, 'a' || n || '@example.org', 'note', n FROM generate_series(1, 20000) AS n`)
  await using proxy = await RecordingProxy.before(source.target)
  const meta = { data_regex: { rules: ['@'] }, sens_pg_types: ['text', 'bigint', 'uuid', 'integer'] }
  const result = await scanAt(proxy.target, meta, { mode: 'full' })
  expect(found(result)).toEqual(['t.mail'])
  expect(harmless(result)).toEqual(['t.id', 't.key', 't.note', 't.number'])
  const [glance = '', ...others] = questions(proxy)
  expect(glance).toContain('mail')
  expect(others.length).toBeGreaterThan(0)
  for (const statement of others) expect(statement).not.toContain('mail')
  expect(questions(proxy).join()).not.toMatch(/number::|key::/)
})

test('all of a scan is read-only, in one snapshot', async () => {
  await using source = await TestDatabase.create(`
    CREATE TABLE public.t (a text);
    INSERT INTO public.t VALUES ('x');
    CREATE FUNCTION public.writes(value text, a text, b text, c text) RETURNS boolean LANGUAGE plpgsql
    AS $$ BEGIN INSERT INTO public.t VALUES ('written'); RETURN true; END $$`)
  const result = await scanAt(source.target, { data_func: { text: { scan_func: 'writes' } } })
  expect(result.warnings).toMatchObject([
    { code: 'column-not-scanned', message: expect.stringContaining('25006') },
  ])
  expect(await source.value<number>('SELECT count(*)::int FROM public.t')).toBe(1)
})
