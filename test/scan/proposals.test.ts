import { describe, expect, test } from 'bun:test'
import { proposeRule } from '../../src/compile/scan/propose.ts'
import { init } from '../../src/operations/init.ts'
import { readCatalog } from '../../src/postgres/introspect.ts'
import { Snapshot } from '../../src/postgres/snapshot.ts'
import { TestDatabase } from '../server/database.ts'
import { faultOf } from '../server/faults.ts'
import { TestFolder } from '../server/folder.ts'
import { dumpTo, restoreFrom, salt, scanAt, testContext, validateAt } from '../server/operations.ts'
import { found, rulesOf } from './found.ts'

const TYPES = {
  text: "'value ' || n",
  'varchar(12)': "'v' || n",
  'char(5)': "'v' || n",
  'public.short': "'v' || n",
  'text[]': "ARRAY['value ' || n, NULL, '']",
  'varchar(6)[]': "ARRAY['v' || n]::text[]",
  'int[]': 'ARRAY[n, NULL]',
  smallint: 'n',
  integer: '1000000 + n',
  bigint: '-1000000000000 - n',
  numeric: 'n + 0.5',
  'numeric(8,2)': 'n + 0.5',
  real: 'n + 0.5',
  'double precision': 'n + 0.5',
  date: "date '1970-01-01' + n * 40",
  timestamp: "timestamp '1970-01-01' + n * interval '40 days'",
  timestamptz: "timestamptz '1970-01-01' + n * interval '40 days'",
  json: `json_build_object('name', 'value ' || n, 'more', ARRAY[n])`,
  jsonb: `jsonb_build_object('name', 'value ' || n, 'more', ARRAY[n])`,
  uuid: 'md5(n::text)::uuid',
  inet: "'10.0.0.0'::inet + n",
  macaddr: "('08:00:2b:01:02:' || lpad(to_hex(n % 256), 2, '0'))::macaddr",
  bytea: "convert_to('value ' || n, 'UTF8')",
  boolean: 'n % 2 = 0',
  'public.mood': "'fine'",
  interval: "n * interval '1 day'",
}

const DEFINITIONS = Object.keys(TYPES).map((type, at) => `c${at} ${type}`)
const VALUES = Object.values(TYPES).map((value, at) => `(${value})::${Object.keys(TYPES)[at]}`)

/** A table with a column of each type, with NULLs, keys of some, and another that references it. */
const SETUP = `
  CREATE DOMAIN public.short AS varchar(8);
  CREATE TYPE public.mood AS ENUM ('fine');
  CREATE TABLE public.all_types (id int PRIMARY KEY, ${DEFINITIONS.join(', ')});
  INSERT INTO public.all_types SELECT n, ${VALUES.join(', ')} FROM generate_series(1, 200) AS n;
  INSERT INTO public.all_types (id) VALUES (0);
  CREATE TABLE public.keyed (mail varchar(40) PRIMARY KEY, number int UNIQUE, code char(16) UNIQUE);
  INSERT INTO public.keyed SELECT 'user' || n || '@example.org', n * 7919, 'code' || n FROM generate_series(1, 200) AS n;
  CREATE TABLE public.referencing (mail text REFERENCES public.keyed, number bigint REFERENCES public.keyed (number));
  INSERT INTO public.referencing SELECT mail, number FROM public.keyed`

test('what a scan proposes keeps types, lengths, uniqueness and foreign keys: it dumps and restores', async () => {
  await using source = await TestDatabase.create(SETUP)
  await using target = await TestDatabase.create()
  await using folder = await TestFolder.create()
  await init(testContext(), source.target)
  const result = await scanAt(source.target, {
    field: { rules: ['^c\\d', 'number', 'code'] },
    data_regex: { rules: ['@example'] },
  })
  expect(result.warnings).toEqual([])
  expect(found(result)).toHaveLength(DEFINITIONS.length + 5)
  const dictionaries = [{ name: 'found.json', text: result.sensitive }]
  const { findings } = await validateAt(source.target, { dictionaries, salt })
  expect(findings.filter(({ severity }) => severity === 'error')).toEqual([])
  await dumpTo(source.target, folder.file('a'), { dictionaries, salt })
  await restoreFrom(folder.file('a'), target.target)
  expect(
    await target.value<number>('SELECT count(*)::int FROM public.referencing JOIN public.keyed USING (mail)'),
  ).toBe(200)
  for (const [at, type] of Object.keys(TYPES).entries()) {
    const unmasked = `SELECT count(*)::int FROM public.all_types WHERE c${at}::text = (${VALUES[at]?.replaceAll(/\bn\b/g, 'id')})::text`
    if (!['boolean', 'public.mood'].includes(type))
      // A permutation keeps a number now and then, and noise may round to where it was.
      expect(Number(await target.value(unmasked))).toBeLessThan(/int|numeric/.test(type) ? 10 : 1)
  }
  expect(
    await target.value<number>(
      'SELECT num_nonnulls(c0, c4, c13, c17)::int FROM public.all_types WHERE id = 0',
    ),
  ).toBe(0)
  expect(await target.value<number>('SELECT cardinality(c4)::int FROM public.all_types WHERE id = 1')).toBe(3)
}, 60_000)

describe('a stand-in for an entity', () => {
  const LENGTHS = [1, 5, 9, 12, 16, 20, 22, 38, 64, null]
  const ENTITIES = [
    'EMAIL',
    'PHONE',
    'PERSON_NAME',
    'LAST_NAME',
    'CITY',
    'ADDRESS',
    'CREDIT_CARD',
    'IBAN',
    'FREE_TEXT',
    'DIAGNOSIS',
  ]

  test('fits the length of its column, and keeps apart what is to be kept apart', async () => {
    const columns = LENGTHS.map((length) => (length === null ? 'c text' : `c${length} varchar(${length})`))
    await using source = await TestDatabase.create(`CREATE TABLE public.t (${columns.join(', ')})`)
    await init(testContext(), source.target)
    const snapshot = await Snapshot.begin(source.target, { lockWait: 1000 })
    const catalog = await readCatalog(snapshot.session).finally(() => snapshot.close())
    const table = [...catalog.relations.values()].find(({ name }) => name === 't')
    await source.run(`SELECT set_config('anon_funcs.salt', 'x', false)`)
    for (const column of table?.columns ?? []) {
      for (const entity of ENTITIES) {
        for (const distinct of [false, true]) {
          const rule = proposeRule(column, entity, { distinct, maxLength: column.maxLength })
          if (rule === 'NULL') {
            expect([entity, column.name, distinct]).toEqual([entity, column.name, true])
            continue
          }
          const values = `(SELECT left(md5(n::text), ${column.maxLength ?? 32}) AS "${column.name}" FROM generate_series(1, 2000) AS n) AS v`
          const answer = await source.rows<{ longest: number; different: number }>(`
            SELECT set_config('anon_funcs.salt', 'x', false);
            SELECT max(length(r)) AS longest, count(DISTINCT r)::int AS different FROM (SELECT ${rule} AS r FROM ${values}) AS t`)
          const { longest = 0, different = 0 } = answer[0] ?? {}
          expect([entity, column.name, longest <= (column.maxLength ?? 64)]).toEqual([
            entity,
            column.name,
            true,
          ])
          // Of one character there are too few values to begin with.
          if (distinct && (column.maxLength ?? 64) >= 9)
            expect([entity, column.name, different]).toEqual([entity, column.name, 2000])
        }
      }
    }
  }, 60_000)
})

test('where nothing can stand in, that is said, and a dump refuses the column rather than to copy it', async () => {
  await using source = await TestDatabase.create(
    `CREATE TABLE public.t (id int, at interval NOT NULL, maybe interval, code char(2) UNIQUE NOT NULL);
     INSERT INTO public.t VALUES (1, '1 day', '1 day', 'ab')`,
  )
  await using folder = await TestFolder.create()
  const result = await scanAt(source.target, { field: { constants: ['at', 'maybe', 'code'] } })
  expect(rulesOf(result)).toEqual({
    'public.t.at': 'NULL',
    'public.t.maybe': 'NULL',
    'public.t.code': 'NULL',
  })
  expect(result.warnings).toMatchObject([
    { code: 'no-anonymization', place: { relation: 'public.t', field: 'at' } },
    { code: 'no-anonymization', place: { relation: 'public.t', field: 'code' } },
  ])
  const dictionaries = [{ name: 'found.json', text: result.sensitive }]
  const fault = await faultOf(dumpTo(source.target, folder.file('a'), { dictionaries }))
  expect(fault.findings.map(({ place }) => place?.field).sort()).toEqual(['at', 'code'])
})
