import { describe, expect, test } from 'bun:test'
import { TestDatabase } from '../server/database.ts'
import { faultOf } from '../server/faults.ts'
import { TestFolder } from '../server/folder.ts'
import { dictionary, dumpTo, restoreFrom } from '../server/operations.ts'

const oneRule = (table: string, field: string, rule: string) =>
  dictionary({ dictionary: [{ schema: 'public', table, fields: { [field]: rule } }] })

/** The dump must refuse, and where it is told not to ask, the restore must fail: the refusal was right. */
async function refusedAndRight(setup: string, rules: ReturnType<typeof dictionary>) {
  await using source = await TestDatabase.create(setup)
  await using target = await TestDatabase.create()
  await using folder = await TestFolder.create()
  const fault = await faultOf(dumpTo(source.target, folder.file('a'), { dictionaries: [rules] }))
  expect(fault.kind).toBe('refused')
  await dumpTo(source.target, folder.file('b'), { dictionaries: [rules], checkConstraints: false })
  const failure = await faultOf(restoreFrom(folder.file('b'), target.target))
  expect(failure.code).toBe('restore-failed')
  return { fault, failure }
}

async function restores(setup: string, rules: ReturnType<typeof dictionary>): Promise<void> {
  await using source = await TestDatabase.create(setup)
  await using target = await TestDatabase.create()
  await using folder = await TestFolder.create()
  const { warnings } = await dumpTo(source.target, folder.file('a'), { dictionaries: [rules] })
  expect(warnings).toEqual([])
  await restoreFrom(folder.file('a'), target.target)
}

describe('functions and operators that answer NULL for arguments that are not', () => {
  test('upper() of a range without an end', async () => {
    const { fault } = await refusedAndRight(
      `CREATE TABLE public.t (r daterange NOT NULL, d date NOT NULL); INSERT INTO public.t VALUES ('[2020-01-01,)', now())`,
      oneRule('t', 'd', 'upper(r)'),
    )
    expect([fault.code, fault.place?.field]).toEqual(['constraint-broken', 'd'])
  })

  test('# of segments that do not meet', async () => {
    await refusedAndRight(
      `CREATE TABLE public.t (l lseg NOT NULL, p point NOT NULL); INSERT INTO public.t VALUES ('[(0,0),(1,1)]', '(0,0)')`,
      oneRule('t', 'p', `l # lseg '[(5,5),(6,7)]'`),
    )
  })
})

describe('the value of an SQL: rule', () => {
  const setup = `CREATE TABLE public.t (d date, c varchar(3), n numeric(4,2), a int[], j jsonb);
    INSERT INTO public.t VALUES (now(), 'abc', 1, '{1}', '{}')`

  test.each([
    ['d', `SQL:(SELECT 'no date')`, 'rule-fails'],
    ['c', `SQL:(SELECT 'abcd')`, 'constraint-broken'],
    ['n', 'SQL:(SELECT 123.4)', 'rule-fails'],
    ['a', `SQL:(SELECT '{x}')`, 'rule-fails'],
    ['j', `SQL:(SELECT 'x')`, 'rule-fails'],
  ] as const)('%s: %s', async (field, rule, code) => {
    const { fault } = await refusedAndRight(setup, oneRule('t', field, rule))
    expect([fault.code, fault.place?.field]).toEqual([code, field])
  })

  test('that its column can read goes through', async () => {
    for (const [field, rule] of [
      ['d', `SQL:(SELECT '2020-01-01')`],
      ['c', `SQL:(SELECT 'abc   ')`],
      ['a', `SQL:(SELECT ARRAY[1, 2])`],
      ['j', `SQL:(SELECT '[1]')`],
    ] as const) {
      await restores(setup, oneRule('t', field, rule))
    }
  })
})

describe('what the restore computes of masked values', () => {
  test('a generated column', async () => {
    const { fault, failure } = await refusedAndRight(
      `CREATE TABLE public.t (age text, years int GENERATED ALWAYS AS (age::int) STORED); INSERT INTO public.t VALUES ('777123')`,
      oneRule('t', 'age', `'SECRET' || age`),
    )
    expect([fault.code, fault.message]).toEqual([
      'rule-fails',
      expect.stringContaining('years cannot be computed'),
    ])
    expect(JSON.stringify(failure.findings)).not.toContain('777123')
  })

  test('the expression and the predicate of an index', async () => {
    for (const index of ['((age::int))', '(age) WHERE age::int > 1']) {
      const { failure } = await refusedAndRight(
        `CREATE TABLE public.t (age text); CREATE INDEX ON public.t ${index}; INSERT INTO public.t VALUES ('777123')`,
        oneRule('t', 'age', `'SECRET' || age`),
      )
      expect(JSON.stringify(failure.findings)).not.toContain('777123')
    }
  })

  test('that of other columns is not asked about', async () => {
    await restores(
      `CREATE TABLE public.t (age text, name text, years int GENERATED ALWAYS AS (age::int) STORED);
       CREATE INDEX ON public.t ((age::int)); INSERT INTO public.t VALUES ('7', 'x')`,
      oneRule('t', 'name', 'md5(name)'),
    )
  })
})

describe('what is equal', () => {
  test('for a unique index is what its own collation says', async () => {
    const setup = `CREATE COLLATION public.ci (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
      CREATE TABLE public.t (id int, name text); CREATE UNIQUE INDEX ON public.t (name COLLATE public.ci);
      INSERT INTO public.t VALUES (1, 'a'), (2, 'b')`
    const { fault } = await refusedAndRight(
      setup,
      oneRule('t', 'name', `CASE WHEN id = 1 THEN 'X' ELSE 'x' END`),
    )
    expect(fault.code).toBe('constraint-broken')
    await restores(setup, oneRule('t', 'name', `name || 'x'`))
  })

  test('for a foreign key is what its own operator says, wherever the type lives', async () => {
    await restores(
      `CREATE SCHEMA ext; CREATE EXTENSION citext SCHEMA ext;
       CREATE TABLE public.u (email ext.citext PRIMARY KEY); CREATE TABLE public.o (email ext.citext REFERENCES public.u);
       INSERT INTO public.u VALUES ('Alice'); INSERT INTO public.o VALUES ('ALICE')`,
      oneRule('o', 'email', 'email'),
    )
  })
})
