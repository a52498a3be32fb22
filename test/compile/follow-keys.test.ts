import { describe, expect, test } from 'bun:test'
import { compile } from '../../src/operations/compile.ts'
import { TestDatabase } from '../server/database.ts'
import { faultOf } from '../server/faults.ts'
import { TestFolder } from '../server/folder.ts'
import { dictionary, dumpTo, planningOf, restoreFrom, testContext } from '../server/operations.ts'

type Rules = Readonly<Record<string, Readonly<Record<string, string>>>>

const rulesOf = (rules: Rules) =>
  dictionary({
    dictionary: Object.entries(rules).map(([table, fields]) => ({ schema: 'public', table, fields })),
  })

/** Dumps with the keys followed and restores, which proves that every foreign key still holds; gives the target. */
async function copyOf(source: TestDatabase, rules: Rules): Promise<TestDatabase> {
  await using folder = await TestFolder.create()
  const target = await TestDatabase.create()
  await dumpTo(source.target, folder.file('a'), { dictionaries: [rulesOf(rules)], followKeys: true })
  await restoreFrom(folder.file('a'), target.target)
  return target
}

const compiled = async (source: TestDatabase, rules: Rules) =>
  compile(testContext(), planningOf(source.target, { dictionaries: [rulesOf(rules)], followKeys: true }))

describe('the rule of a referenced column is carried', () => {
  test('over several hops', async () => {
    await using source = await TestDatabase.create(`
      CREATE TABLE public.a (id text PRIMARY KEY);
      CREATE TABLE public.b (a_id text PRIMARY KEY REFERENCES public.a);
      CREATE TABLE public.c (n int, b_id text REFERENCES public.b);
      INSERT INTO public.a VALUES ('x'), ('y'); INSERT INTO public.b VALUES ('x'); INSERT INTO public.c VALUES (1, 'x'), (2, NULL)`)
    await using target = await copyOf(source, { a: { id: "md5(a.id || 'id''s')" } })
    expect(await target.rows('SELECT * FROM public.c ORDER BY n')).toEqual([
      { n: 1, b_id: await source.value(`SELECT md5('x' || 'id''s')`) },
      { n: 2, b_id: null },
    ])
  })

  test('through composite keys, whatever order and names their columns have', async () => {
    await using source = await TestDatabase.create(`
      CREATE TABLE public.parent (x int, "Y é" int, note text, PRIMARY KEY (x, "Y é"));
      CREATE TABLE public.child ("y ""q""" int, z int, FOREIGN KEY (z, "y ""q""") REFERENCES public.parent (x, "Y é"));
      INSERT INTO public.parent VALUES (1, 2, 'n'), (2, 1, 'm'); INSERT INTO public.child VALUES (2, 1), (1, 2)`)
    await using target = await copyOf(source, {
      parent: { x: `x * 100 + /* é */ "Y é"`, 'Y é': `"Y é" + 1000 * parent.x` },
    })
    expect(await target.rows('SELECT * FROM public.child ORDER BY z')).toEqual([
      { 'y "q"': 1002, z: 102 },
      { 'y "q"': 2001, z: 201 },
    ])
  })

  test('to the table itself, and in a circle', async () => {
    await using source = await TestDatabase.create(`
      CREATE TABLE public.staff (id int PRIMARY KEY, boss int REFERENCES public.staff);
      INSERT INTO public.staff VALUES (1, NULL), (2, 1);
      CREATE TABLE public.p (id int PRIMARY KEY); CREATE TABLE public.q (id int PRIMARY KEY REFERENCES public.p);
      ALTER TABLE public.p ADD FOREIGN KEY (id) REFERENCES public.q DEFERRABLE INITIALLY DEFERRED;
      BEGIN; INSERT INTO public.p VALUES (7); INSERT INTO public.q VALUES (7); COMMIT`)
    await using target = await copyOf(source, { staff: { id: 'id + 10' }, p: { id: 'id + 10' } })
    expect(await target.rows('SELECT * FROM public.staff ORDER BY id')).toEqual([
      { id: 11, boss: null },
      { id: 12, boss: 11 },
    ])
    expect(await target.value('SELECT id FROM public.q')).toBe(17)
  })

  test('also where the key is NOT VALID, and to tables that inherit', async () => {
    await using source = await TestDatabase.create(`
      CREATE TABLE public.p (id int PRIMARY KEY); CREATE TABLE public.t (pid int);
      CREATE TABLE public.b (y int REFERENCES public.p); CREATE TABLE public.k () INHERITS (public.b);
      INSERT INTO public.p VALUES (1); INSERT INTO public.t VALUES (1); INSERT INTO public.b VALUES (1); INSERT INTO public.k VALUES (1);
      ALTER TABLE public.t ADD FOREIGN KEY (pid) REFERENCES public.p NOT VALID`)
    await using target = await copyOf(source, { p: { id: 'id + 100' } })
    expect(await target.rows('SELECT pid FROM public.t UNION ALL SELECT y FROM public.b')).toEqual(
      Array(3).fill({ pid: 101 }),
    )
  })

  test('from and to partitioned tables', async () => {
    await using source = await TestDatabase.create(`
      CREATE TABLE public.p (id int PRIMARY KEY) PARTITION BY HASH (id);
      CREATE TABLE public.p_0 PARTITION OF public.p FOR VALUES WITH (MODULUS 1, REMAINDER 0);
      CREATE TABLE public.c (at int, p_id int REFERENCES public.p) PARTITION BY RANGE (at);
      CREATE TABLE public.c_1 PARTITION OF public.c FOR VALUES FROM (0) TO (10);
      INSERT INTO public.p VALUES (1); INSERT INTO public.c VALUES (1, 1)`)
    await using target = await copyOf(source, { p: { id: 'id + 5' } })
    expect(await target.rows('SELECT * FROM public.c')).toEqual([{ at: 1, p_id: 6 }])
  })
})

const TWO = `
  CREATE TABLE public.a (id int PRIMARY KEY, name text); CREATE TABLE public.b (id int PRIMARY KEY);
  CREATE TABLE public.c (r int REFERENCES public.a, CONSTRAINT c_b FOREIGN KEY (r) REFERENCES public.b)`

describe('two rules that disagree are an error that names both', () => {
  test('one of the column and one carried', async () => {
    await using source = await TestDatabase.create(TWO)
    const fault = await faultOf(
      compiled(source, { a: { id: 'id + 1' }, c: { r: 'r + 2' }, b: { id: 'id + 2' } }),
    )
    expect([fault.code, fault.place?.relation, fault.place?.field]).toEqual([
      'key-masked-differently',
      'public.c',
      'r',
    ])
    expect(fault.message).toContain('public.a.id (masks.json:1:')
  })

  test('two carried', async () => {
    await using source = await TestDatabase.create(TWO)
    const fault = await faultOf(compiled(source, { a: { id: 'id + 1' }, b: { id: 'id + 2' } }))
    expect([fault.code, fault.message]).toEqual([
      'key-masked-differently',
      expect.stringContaining('public.b.id (masks.json:1:'),
    ])
  })

  test('the same in both tables, or NULL, is fine', async () => {
    await using source = await TestDatabase.create(TWO)
    await compiled(source, { a: { id: 'id + 1' }, b: { id: 'b.id + 1' }, c: { r: 'c.r + 1' } })
    await compiled(source, { a: { id: 'id + 1' }, b: { id: 'id + 2' }, c: { r: 'NULL::int' } })
  })

  test('a rule that speaks of more than the key cannot be carried, and says so', async () => {
    await using source = await TestDatabase.create(TWO)
    for (const rule of [
      'id + length(name)',
      '(SELECT max(id) FROM public.b) + id',
      'id + row_to_json(a)::text::int',
    ]) {
      expect((await faultOf(compiled(source, { a: { id: rule } }))).code).toBe('key-not-carried')
    }
  })
})
