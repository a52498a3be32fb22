import { describe, expect, test } from 'bun:test'
import { readdirSync } from 'node:fs'
import { describePlace } from '../../src/lib/fault.ts'
import type { DumpRequest } from '../../src/operations/dump/request.ts'
import { TestDatabase } from '../server/database.ts'
import { faultOf } from '../server/faults.ts'
import { TestFolder } from '../server/folder.ts'
import { dumpTo } from '../server/operations.ts'

const SCHEMA = `
  CREATE TABLE public.users (
    id int PRIMARY KEY, email varchar(50) NOT NULL UNIQUE, age int CHECK (age > 0), boss int REFERENCES public.users,
    tags text[], shout text GENERATED ALWAYS AS (upper(email)) STORED, during tsrange,
    EXCLUDE USING gist (during WITH &&)
  );
  INSERT INTO public.users (id, email, age, boss) VALUES (1, 'a@x', 30, NULL), (2, 'b@x', 40, 1), (3, 'secret@x', 50, 2);
  CREATE TABLE public.by_month (at date NOT NULL, v text) PARTITION BY RANGE (at);
  CREATE TABLE public.by_month_1 PARTITION OF public.by_month FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');
  INSERT INTO public.by_month VALUES ('2026-01-15', 'x');
  CREATE VIEW public.a_view AS SELECT 1 AS x;
`

/** Runs a dump that must be refused, and looks that not a byte was written. */
async function refusal(text: string, overrides: Partial<DumpRequest> = {}) {
  await using database = await TestDatabase.create(SCHEMA)
  await using folder = await TestFolder.create()
  const dictionaries = [{ name: 'masks.py', text }]
  const fault = await faultOf(dumpTo(database.target, folder.file('archive'), { dictionaries, ...overrides }))
  expect(readdirSync(folder.path)).toEqual([])
  return {
    code: fault.code,
    kind: fault.kind,
    findings: fault.findings
      .filter(({ severity }) => severity === 'error')
      .map(({ code, message, place, remedy }) => ({ code, message, at: describePlace(place), remedy })),
  }
}

function rules(fields: string, more = ''): string {
  return `{"dictionary": [{"schema": "public", "table": "users", "fields": {\n${fields}}${more}}]}`
}

describe('a rule that finds nothing', () => {
  test.each<[string, string, string, string]>([
    [
      'a table',
      '{"dictionary": [{"schema": "public", "table": "usres", "fields": {"email": "1"}}]}',
      'rule-unmatched',
      'masks.py:1:17',
    ],
    [
      'a mask',
      '{"dictionary": [{"schema_mask": "x", "table_mask": "*", "fields": {"email": "1"}}]}',
      'rule-unmatched',
      'masks.py:1:17',
    ],
    ['a column', rules('"emial": "1"'), 'column-unknown', 'masks.py:2:10 public.users.emial'],
    [
      'a column of any table',
      '{"dictionary": [{"schema_mask": "*", "table_mask": "*", "fields": {"ssn": "NULL"}}]}',
      'column-unknown',
      'masks.py:1:75 ssn',
    ],
    [
      'a column in the wrong case',
      rules('"Email": "1"'),
      'column-unknown',
      'masks.py:2:10 public.users.Email',
    ],
  ])('%s', async (_, text, code, at) => {
    const { findings, kind } = await refusal(text)
    expect(kind).toBe('refused')
    expect(findings).toEqual([expect.objectContaining({ code, at })])
  })

  test('says what a view is', async () => {
    const { findings } = await refusal(
      '{"dictionary": [{"schema": "public", "table": "a_view", "fields": {"x": "1"}}]}',
    )
    expect(findings[0]?.message).toContain('is a view, which has no rows of its own')
  })

  test('is a warning where that is allowed', async () => {
    await using database = await TestDatabase.create(SCHEMA)
    await using folder = await TestFolder.create()
    const { warnings } = await dumpTo(database.target, folder.file('archive'), {
      dictionaries: [{ name: 'masks.py', text: rules('"emial": "1"') }],
      allowUnmatched: true,
    })
    expect(warnings.map(({ code, severity }) => [code, severity])).toEqual([['column-unknown', 'warning']])
  })

  test('all of them are named at once', async () => {
    const { findings } = await refusal(rules('"emial": "1", "aeg": "2", "boss": "NULL"'))
    expect(findings.map(({ at }) => at)).toEqual([
      'masks.py:2:10 public.users.emial',
      'masks.py:2:22 public.users.aeg',
    ])
  })
})

describe('a rule that PostgreSQL does not take', () => {
  test.each<[string, string, string, string]>([
    [
      'unknown column',
      rules('"email": "md5(emial)"'),
      'column "emial" does not exist',
      'masks.py:2:15 public.users.email',
    ],
    [
      'unknown function',
      rules('"email": "mask(email)"'),
      'function mask(character varying) does not exist',
      'masks.py:2:11 public.users.email',
    ],
    [
      'unknown schema',
      rules(`"email": "anon_funcs.digest(email, 'x', 'md5')"`),
      'schema "anon_funcs" does not exist',
      'masks.py:2:11 public.users.email',
    ],
    [
      'wrong type',
      rules('"age": "now()"'),
      'cannot cast type timestamp with time zone to integer',
      'masks.py:2:8 public.users.age',
    ],
    [
      'a constant that is none of its type',
      rules(`"age": "'x'"`),
      'invalid text for its type',
      'masks.py:2:9 public.users.age',
    ],
    ['aggregate', rules('"email": "max(email)"'), 'must appear in the GROUP BY', 'public.users'],
    ['a parameter', rules('"email": "$1"'), 'there is no parameter $1', 'masks.py:2:11 public.users.email'],
    [
      'a condition',
      rules('', ', "sql_condition": "WHERE nope"'),
      'column "nope" does not exist',
      'masks.py:2:21 public.users',
    ],
  ])('%s', async (_, text, message, at) => {
    const { code, findings } = await refusal(text)
    expect(code).toBe('rule-rejected')
    expect(findings.map((finding) => finding.at)).toEqual([at])
    expect(findings[0]?.message).toContain(message)
  })

  test('a rule of several lines, and several rules at once', async () => {
    const { findings } = await refusal(
      '{"dictionary": [{"schema": "public", "table": "users", "fields": {\n"age": """\n  1 +\n  nope""",\n"email": "nope2"}}]}',
    )
    expect(findings.map(({ at }) => at)).toEqual([
      'masks.py:4:3 public.users.age',
      'masks.py:5:11 public.users.email',
    ])
  })

  test('a text that does not parse is refused before the server is asked', async () => {
    const { code, findings } = await refusal(rules('"email": "md5(email", "age": "1 1"'))
    expect(code).toBe('expression-syntax')
    expect(findings.map(({ at }) => at)).toEqual(['masks.py:2:20', 'masks.py:2:33'])
  })
})

describe('a rule that would change how many rows there are', () => {
  test.each<[string, string]>([
    [
      'a set',
      '{"dictionary": [{"schema": "public", "table": "users", "fields": {"age": "generate_series(1, 3)"}}]}',
    ],
    [
      'a set behind a cast',
      '{"dictionary": [{"schema": "public", "table": "users", "fields": {"email": "unnest(tags)"}}]}',
    ],
    [
      'an aggregate over all columns',
      '{"dictionary": [{"schema": "public", "table": "by_month", "fields": {"at": "max(at)", "v": "max(v)"}}]}',
    ],
  ])('%s', async (_, text) => {
    expect((await refusal(text)).code).toBe('rows-not-preserved')
  })

  test('an aggregate in a sub-select does not', async () => {
    await using database = await TestDatabase.create(SCHEMA)
    await using folder = await TestFolder.create()
    const text = rules('"age": "(SELECT max(age) FROM public.users)"')
    const { manifest } = await dumpTo(database.target, folder.file('archive'), {
      dictionaries: [{ name: 'd', text }],
    })
    expect(manifest.tables.find(({ name }) => name === 'users')?.rows).toBe(3)
  })
})

describe('masked rows that would not restore', () => {
  test.each<[string, string, string, string]>([
    [
      'NULL into NOT NULL',
      rules(`"email": "nullif(email, 'a@x')"`),
      'NULL in a NOT NULL column, in 1 row',
      'public.users.email',
    ],
    [
      'a constant into UNIQUE',
      rules(`"email": "'same'"`),
      'would hold 1 value more than once under the unique index users_email_key',
      'public.users.email',
    ],
    [
      'a cut that makes values equal',
      rules(`"email": "left(email, 0)"`),
      'unique index users_email_key',
      'public.users.email',
    ],
    ['a CHECK', rules('"age": "-age"'), 'CHECK constraint users_age_check in 3 rows', 'public.users.age'],
    [
      'a foreign key',
      rules('"boss": "boss + 100"'),
      'foreign key users_boss_fkey would point nowhere in 2 rows',
      'public.users.boss',
    ],
    [
      'a referenced key',
      rules('"id": "id + 100"'),
      'foreign key users_boss_fkey would point nowhere in 2 rows',
      'public.users.boss',
    ],
    [
      'a filter on the referenced rows',
      rules('"age": "age"', ', "sql_condition": "id > 1"'),
      'foreign key users_boss_fkey would point nowhere in 1 row',
      'public.users.boss',
    ],
    [
      'a partition key',
      '{"dictionary": [{"schema": "public", "table": "by_month", "fields": {"at": "at + 60"}}]}',
      '1 row of the copy would not belong into the partition',
      'public.by_month_1.at',
    ],
    [
      'an exclusion constraint',
      rules(`"during": "'[2020-01-01,2021-01-01)'"`),
      'part of the exclusion constraint',
      'public.users.during',
    ],
  ])('%s', async (_, text, message, at) => {
    const { findings, kind } = await refusal(text)
    expect(kind).toBe('refused')
    expect(findings.length).toBe(1)
    expect(findings[0]?.message).toContain(message)
    expect(findings[0]?.at.endsWith(at)).toBe(true)
    expect(findings[0]?.remedy).toBeTruthy()
  })

  test('a rule that fails on a row names the condition and not the value', async () => {
    const { findings } = await refusal(rules('"age": "email::int"'))
    expect(findings.map(({ code }) => code)).toContain('rule-fails')
    expect(JSON.stringify(findings)).toContain('22P02')
    expect(JSON.stringify(findings)).not.toContain('secret@x')
  })

  test('both ends of a key masked alike hold', async () => {
    await using database = await TestDatabase.create(SCHEMA)
    await using folder = await TestFolder.create()
    const text = rules('"id": "id + 100", "boss": "boss + 100"')
    await dumpTo(database.target, folder.file('archive'), { dictionaries: [{ name: 'd', text }] })
  })

  test('without the checks the dump goes through', async () => {
    await using database = await TestDatabase.create(SCHEMA)
    await using folder = await TestFolder.create()
    const dictionaries = [{ name: 'd', text: rules('"age": "-age"') }]
    await dumpTo(database.target, folder.file('archive'), { dictionaries, checkConstraints: false })
  })
})

test('a generated column cannot be masked', async () => {
  const { code, findings } = await refusal(rules(`"shout": "'x'"`))
  expect(code).toBe('column-not-copyable')
  expect(findings[0]?.remedy).toContain('Mask the columns that it is computed from')
})

test('a query that does not give the columns of its table', async () => {
  const { code, findings } = await refusal(
    '{"dictionary": [{"schema": "public", "table": "by_month_1", "raw_sql": "SELECT \'x\' AS v, 1 AS other"}]}',
  )
  expect(code).toBe('raw-sql-columns')
  expect(findings.map(({ at }) => at)).toEqual(['masks.py:1:72 public.by_month_1.at'])
})
