import { expect, test } from 'bun:test'
import { compile, compileViews } from '../../src/operations/compile.ts'
import { viewData } from '../../src/operations/view-data.ts'
import { installViews } from '../../src/operations/views/install.ts'
import { TestDatabase } from '../server/database.ts'
import { faultOf } from '../server/faults.ts'
import { TestFolder } from '../server/folder.ts'
import { Intruder } from '../server/intruder.ts'
import { dictionary, dumpTo, noRules, planningOf, scanAt, testContext, validateAt } from '../server/operations.ts'
import { found, harmless } from '../scan/found.ts'

/** What an intruder makes of a table t, and what of it the faults name. */
interface Payload {
  readonly made: string
  readonly what: string
}

const TABLE = `CREATE TABLE public.t (id int, name text);
  INSERT INTO public.t VALUES (1, 'alice@example.org')`

const PAYLOADS: Readonly<Record<string, Payload>> = {
  'an index expression': {
    made: `${TABLE}; CREATE INDEX t_i ON public.t ((id + public.pwn('ran')))`,
    what: 'the index t_i',
  },
  'an index predicate': {
    made: `${TABLE}; CREATE INDEX t_i ON public.t (id) WHERE id > public.pwn('ran')`,
    what: 'the index t_i',
  },
  'an operator in an index': {
    made: `${TABLE}; CREATE FUNCTION public.op(int, int) RETURNS int IMMUTABLE LANGUAGE plpgsql
        AS $$ BEGIN RETURN public.pwn('ran'); END $$;
      CREATE OPERATOR public.+! (LEFTARG = int, RIGHTARG = int, PROCEDURE = public.op);
      CREATE INDEX t_i ON public.t ((id + (1 OPERATOR(public.+!) 2)))`,
    what: 'the index t_i',
  },
  'the key of a partitioned table above the one above': {
    made: `CREATE TABLE public.root (id int, name text) PARTITION BY RANGE ((id + public.pwn('ran')));
      CREATE TABLE public.middle PARTITION OF public.root FOR VALUES FROM (0) TO (1000) PARTITION BY LIST (id);
      CREATE TABLE public.t PARTITION OF public.middle FOR VALUES IN (1);
      INSERT INTO public.t VALUES (1, 'alice@example.org')`,
    what: 'the partition key of public.root',
  },
  'extended statistics': {
    made: `${TABLE}; CREATE STATISTICS public.t_s ON (id + public.pwn('ran')), name FROM public.t`,
    what: 'the statistics t_s',
  },
}

const masked = dictionary({ dictionary: [{ schema: 'public', table: 't', fields: { name: "'x'" } }] })
/** Everything that makes a statement over the table of something else than its name. */
const TOUCHED = {
  masked,
  filtered: dictionary({ dictionary: [{ schema: 'public', table: 't', sql_condition: 'id > 5' }] }),
  'replaced by a query': dictionary({
    dictionary: [{ schema: 'public', table: 't', raw_sql: 'SELECT * FROM public.t' }],
  }),
  'named in a sub-select of another table': dictionary({
    dictionary: [{ schema: 'public', table: 'plain', fields: { note: '(SELECT max(name) FROM t)' } }],
  }),
  'behind a view that a query names': dictionary({
    dictionary: [{ schema: 'public', table: 'plain', raw_sql: 'SELECT id, name AS note FROM shown' }],
  }),
}

for (const [name, { made, what }] of Object.entries(PAYLOADS)) {
  test(`what ${name} calls does not run`, async () => {
    await using source = await TestDatabase.create(
      'CREATE TABLE public.plain (id int PRIMARY KEY, note text); INSERT INTO public.plain VALUES (1)',
    )
    if (name === 'extended statistics' && !(await hasStatisticsOfExpressions(source))) return
    await using intruder = await Intruder.enter(source)
    await using folder = await TestFolder.create()
    await intruder.arm()
    await intruder.run(made)
    await source.run(`CREATE VIEW public.shown AS SELECT * FROM public.t`)

    for (const [at, rules] of Object.values(TOUCHED).entries()) {
      const planning = planningOf(source.target, { dictionaries: [rules] })
      const refused = { code: 'foreign-code', message: expect.stringContaining(what) }
      const views = { ...planning, viewsSchema: 'masked', roles: [] }
      expect(await faultOf(dumpTo(source.target, folder.file(`${at}`), planning))).toMatchObject(refused)
      expect(await faultOf(compile(testContext(), planning))).toMatchObject(refused)
      expect(await faultOf(compileViews(testContext(), views))).toMatchObject(refused)
      expect(await faultOf(installViews(testContext(), views))).toMatchObject(refused)
      for (const sample of ['none', 10, 'all'] as const) {
        const { findings } = await validateAt(source.target, { ...planning, sample })
        expect(findings).toContainEqual(expect.objectContaining({ ...refused, severity: 'error' }))
      }
    }
    const view = { ...planningOf(source.target), schema: 'public', table: 't', limit: 5, offset: 0 }
    expect((await faultOf(viewData(testContext(), view))).code).toBe('foreign-code')

    // As it is, it is copied by its name, and nothing is asked of it; it is not looked at for a rule either.
    await dumpTo(source.target, folder.file('archive'))
    expect((await validateAt(source.target)).findings).toEqual([])
    for (const meta of [{ data_regex: { rules: ['@'] } }, { data_const: { constants: ['alice'] } }, undefined]) {
      const result = await scanAt(source.target, meta, meta ? { mode: 'full' } : { builtin: true })
      expect([found(result), harmless(result)]).toEqual([[], ['plain.id', 'plain.note']])
      expect(result.warnings.map(({ code, message }) => [code, message])).toContainEqual([
        'column-not-scanned',
        'Not scanned: it would run code of a role that nobody need trust.',
      ])
    }

    expect(await intruder.caught()).toEqual([])
    await source.run('EXPLAIN SELECT * FROM public.root_or_t'.replace('root_or_t', 't'))
    expect(await intruder.caught()).toEqual(['ran'])
  })
}
