import { describe, expect, test } from 'bun:test'
import type { FaultCode, Finding } from '../../src/lib/fault.ts'
import { init } from '../../src/operations/init.ts'
import type { ValidateRequest } from '../../src/operations/validate/validate.ts'
import { TestDatabase } from '../server/database.ts'
import { faultOf } from '../server/faults.ts'
import { TestFolder } from '../server/folder.ts'
import { dictionary, dumpTo, restoreFrom, testContext, validateAt } from '../server/operations.ts'

/** Rules by table and column, all in the schema public. */
type Rules = Readonly<Record<string, Readonly<Record<string, string>>>>

function rulesOf(rules: Rules) {
  return dictionary({
    dictionary: Object.entries(rules).map(([table, fields]) => ({ schema: 'public', table, fields })),
  })
}

interface Case {
  readonly name: string
  readonly setup: string
  /** Rules that have the finding, and rules that must not. */
  readonly wrong: Rules
  readonly right: Rules
  readonly code: FaultCode
  readonly severity: Finding['severity']
  readonly at: string
  readonly sample?: ValidateRequest['sample']
  /** Where a finding of severity error is one that the restore would show. */
  readonly restoreFails?: boolean
}

const PEOPLE = `CREATE TABLE public.people (id int PRIMARY KEY, name text NOT NULL, mail varchar(20) UNIQUE, age int CHECK (age > 0));
  INSERT INTO public.people SELECT n, 'name ' || n, 'm' || n, n FROM generate_series(1, 200) AS n;`
const ORDERS = `${PEOPLE} CREATE TABLE public.orders (id int PRIMARY KEY, person int REFERENCES public.people);
  INSERT INTO public.orders SELECT n, n FROM generate_series(1, 50) AS n;`

const CASES: readonly Case[] = [
  {
    name: 'NULL into NOT NULL, without a look at values',
    setup: PEOPLE,
    wrong: { people: { name: 'NULL::text' } },
    right: { people: { name: "''" } },
    code: 'null-in-not-null',
    severity: 'error',
    at: 'name',
    sample: 'none',
    restoreFails: true,
  },
  {
    name: 'a constant into UNIQUE, without a look at values',
    setup: PEOPLE,
    wrong: { people: { mail: "'x'" } },
    right: { people: { mail: 'NULL' } },
    code: 'constant-in-unique',
    severity: 'error',
    at: 'mail',
    sample: 'none',
    restoreFails: true,
  },
  {
    name: 'a constant that breaks a CHECK, without a look at values',
    setup: PEOPLE,
    wrong: { people: { age: '-1' } },
    right: { people: { age: '1' } },
    code: 'check-unsatisfiable',
    severity: 'error',
    at: 'age',
    sample: 'none',
    restoreFails: true,
  },
  {
    name: 'a constant that is longer than its column',
    setup: PEOPLE,
    wrong: { people: { name: 'name', mail: 'md5(mail)' } },
    right: { people: { mail: 'left(md5(mail), 20)' } },
    code: 'value-too-long',
    severity: 'warning',
    at: 'mail',
    sample: 'none',
  },
  {
    name: 'values that are longer than their column, counted',
    setup: PEOPLE,
    wrong: { people: { mail: "mail || repeat('x', id)" } },
    right: { people: { mail: "mail || 'x'" } },
    code: 'value-too-long',
    severity: 'warning',
    at: 'mail',
  },
  {
    name: 'a referenced column that is masked while the referencing one is not',
    setup: ORDERS,
    wrong: { people: { id: 'id + 1000' } },
    right: { people: { id: 'id + 1000' }, orders: { person: 'person + 1000' } },
    code: 'key-masked-differently',
    severity: 'error',
    at: 'person',
    sample: 'none',
    restoreFails: true,
  },
  {
    name: 'ends of a foreign key that are masked differently',
    setup: ORDERS,
    wrong: { people: { id: 'id + 1000' }, orders: { person: 'person + 2000' } },
    right: { people: { id: 'people.id + 1000' }, orders: { person: 'orders.person + 1000' } },
    code: 'key-masked-differently',
    severity: 'error',
    at: 'person',
    sample: 'none',
    restoreFails: true,
  },
  {
    name: 'a referencing column that is masked alone',
    setup: ORDERS,
    wrong: { orders: { person: 'person + 1000' } },
    right: { orders: { person: 'NULL' } },
    code: 'key-masked-differently',
    severity: 'error',
    at: 'person',
    sample: 'none',
    restoreFails: true,
  },
  {
    name: 'a random function on a column that is joined by',
    setup: ORDERS,
    wrong: { people: { id: 'id + (random() * 1000000)::int' } },
    right: { people: { name: 'random()::text' } },
    code: 'random-key',
    severity: 'error',
    at: 'id',
    sample: 'none',
    restoreFails: true,
  },
  {
    name: 'a random function on a unique column',
    setup: PEOPLE,
    wrong: { people: { mail: "'m' || random()" } },
    right: { people: { mail: "'n' || mail" } },
    code: 'random-unique',
    severity: 'warning',
    at: 'mail',
    sample: 'none',
  },
  {
    name: 'a masked column that a generated column is computed from',
    setup: `${PEOPLE} ALTER TABLE public.people ADD shout text GENERATED ALWAYS AS (upper(name)) STORED`,
    wrong: { people: { name: "'x' || id" } },
    right: { people: { mail: 'NULL' } },
    code: 'computed-from-masked',
    severity: 'warning',
    at: 'name',
    sample: 'none',
  },
  {
    name: 'a masked column in an expression index',
    setup: `${PEOPLE} CREATE INDEX ON public.people (lower(name))`,
    wrong: { people: { name: "'x' || id" } },
    right: { people: { age: '1' } },
    code: 'computed-from-masked',
    severity: 'warning',
    at: 'name',
    sample: 'none',
  },
  {
    name: 'collisions on a unique column, in the sample',
    setup: PEOPLE,
    wrong: { people: { mail: 'left(mail, 2)' } },
    right: { people: { mail: 'reverse(mail)' } },
    code: 'constraint-broken',
    severity: 'error',
    at: 'mail',
    sample: 1000,
    restoreFails: true,
  },
  {
    name: 'rows that break a CHECK, in the sample',
    setup: PEOPLE,
    wrong: { people: { age: 'age - 100' } },
    right: { people: { age: 'age + 100' } },
    code: 'constraint-broken',
    severity: 'error',
    at: 'age',
    sample: 1000,
    restoreFails: true,
  },
  {
    name: 'values that came out unchanged',
    setup: PEOPLE,
    wrong: { people: { name: "replace(name, 'name 7', 'x')" } },
    right: { people: { name: "name || 'x'" } },
    code: 'values-unchanged',
    severity: 'warning',
    at: 'name',
  },
  {
    name: 'a rule that fails on some value',
    setup: PEOPLE,
    wrong: { people: { age: '100 / (age - 7) + 1' } },
    right: { people: { age: '100 / (age + 7) + 1' } },
    code: 'rule-fails',
    severity: 'error',
    at: 'age',
  },
  {
    name: 'a rule that PostgreSQL does not take',
    setup: PEOPLE,
    wrong: { people: { age: 'no_such_function(age)' } },
    right: { people: { age: 'age + 1' } },
    code: 'rule-rejected',
    severity: 'error',
    at: 'age',
  },
  {
    name: 'a rule for a column that is not there',
    setup: PEOPLE,
    wrong: { people: { nmae: "''" } },
    right: { people: { name: "''" } },
    code: 'column-unknown',
    severity: 'error',
    at: 'nmae',
  },
]

describe('validate finds', () => {
  test.each(CASES.map((entry) => [entry.name, entry] as const))('%s', async (_, entry) => {
    await using source = await TestDatabase.create(entry.setup)
    const find = async (rules: Rules) => {
      const { findings } = await validateAt(source.target, {
        dictionaries: [rulesOf(rules)],
        sample: entry.sample ?? 'all',
      })
      return findings.filter(({ code }) => code === entry.code)
    }
    expect((await find(entry.wrong)).map(({ severity, place }) => [severity, place?.field])).toContainEqual([
      entry.severity,
      entry.at,
    ])
    expect(await find(entry.right)).toEqual([])
    if (entry.restoreFails) {
      expect((await restoreOf(source, entry.wrong))?.code).toBe('restore-failed')
      expect(await restoreOf(source, entry.right)).toBeUndefined()
    }
  })
})

/** What the restore of an archive ends with that was made without asking. */
async function restoreOf(source: TestDatabase, rules: Rules) {
  await using target = await TestDatabase.create()
  await using folder = await TestFolder.create()
  await dumpTo(source.target, folder.file('a'), { dictionaries: [rulesOf(rules)], checkConstraints: false })
  try {
    await restoreFrom(folder.file('a'), target.target)
    return undefined
  } catch (error) {
    return faultOf(Promise.reject(error))
  }
}

describe('with a look at all rows', () => {
  test.each([
    [
      'a constant in a unique column of one row',
      `${PEOPLE} DELETE FROM public.people WHERE id > 1`,
      { people: { mail: "'x'" } },
    ],
    [
      'NULL in a NOT NULL column without rows',
      `${PEOPLE} DELETE FROM public.people`,
      { people: { name: 'NULL' } },
    ],
    [
      'ends of a foreign key that do the same in other words',
      ORDERS,
      { people: { id: 'id + 1000' }, orders: { person: '1000 + person' } },
    ],
  ] as const)('%s is no error, and restores', async (_, setup, rules) => {
    await using source = await TestDatabase.create(setup)
    const { findings } = await validateAt(source.target, { dictionaries: [rulesOf(rules)] })
    expect(findings.map(({ severity }) => severity)).toEqual(['warning'])
    expect(await restoreOf(source, rules)).toBeUndefined()
  })

  test('no value of a row is told', async () => {
    await using source = await TestDatabase.create(`
      CREATE TABLE public.t (id int PRIMARY KEY, secret text UNIQUE, n text);
      INSERT INTO public.t VALUES (1, 'Ada Lovelace', '1'), (2, 'Ada Byron', 'eleventy')`)
    const rules = { t: { id: 'id', secret: 'left(secret, 3)', n: 'n::int::text' } }
    const validation = await validateAt(source.target, { dictionaries: [rulesOf(rules)] })
    expect(validation.findings.map(({ code }) => code).sort()).toEqual([
      'constraint-broken',
      'rule-fails',
      'values-unchanged',
    ])
    expect(JSON.stringify(validation)).not.toMatch(/Ada|eleventy/)
  })

  test('nothing is found where all is well', async () => {
    await using source = await TestDatabase.create(ORDERS)
    await init(testContext(), source.target)
    const rules = {
      people: { id: 'id + 1000', name: "'Person ' || id", mail: "'p' || id", age: 'age + 200' },
      orders: { person: 'person + 1000' },
    }
    const { findings, tables, maskedColumns } = await validateAt(source.target, {
      dictionaries: [rulesOf(rules)],
    })
    expect([findings, maskedColumns]).toEqual([[], 5])
    expect(tables).toBeGreaterThanOrEqual(2)
  })
})

test.each([
  ['a condition', { sql_condition: '10 / x > 1' }],
  ['a query', { raw_sql: 'SELECT 10 / x AS x FROM public.t' }],
])('%s that fails on a row is found', async (_, rule) => {
  await using source = await TestDatabase.create(
    'CREATE TABLE public.t (x int); INSERT INTO public.t VALUES (0)',
  )
  const rules = dictionary({ dictionary: [{ schema: 'public', table: 't', ...rule }] })
  const { findings } = await validateAt(source.target, { dictionaries: [rules] })
  expect(findings.map(({ code, place }) => [code, place?.relation])).toEqual([['rule-fails', 'public.t']])
})

describe('a sample', () => {
  test('looks at no more rows than it was told, from all over the table', async () => {
    await using source = await TestDatabase.create(`
      CREATE TABLE public.t (id int, v text); INSERT INTO public.t SELECT n, 'x' FROM generate_series(1, 100000) AS n; ANALYZE`)
    const count = async (sample: ValidateRequest['sample']) => {
      const { findings } = await validateAt(source.target, {
        dictionaries: [rulesOf({ t: { v: 'v' } })],
        sample,
      })
      return findings.map(({ message }) => message)
    }
    expect(await count(500)).toEqual(['500 of 500 values come out as they were.'])
    expect(await count('all')).toEqual(['100000 of 100000 values come out as they were.'])
    expect(await count('none')).toEqual([])
    const { findings } = await validateAt(source.target, {
      dictionaries: [rulesOf({ t: { v: "CASE WHEN id > 50000 THEN v ELSE 'y' END" } })],
      sample: 500,
    })
    expect(findings.length).toBe(1)
  })
})
