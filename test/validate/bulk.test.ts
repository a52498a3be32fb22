import { expect, test } from 'bun:test'
import { compile } from '../../src/operations/compile.ts'
import type { Target } from '../../src/postgres/connection/target.ts'
import { TestDatabase } from '../server/database.ts'
import { dictionary, planningOf, scanAt, testContext, validateAt } from '../server/operations.ts'
import { RecordingProxy } from '../server/recording-proxy.ts'

const dictionaries = [
  dictionary({ dictionary: [{ schema: 'public', table_mask: '^t_', fields: { name: 'md5(name)' } }] }),
]

/** How often each work waits for the server of a database of so many tables. */
async function roundTrips(tables: number, work: (target: Target) => Promise<unknown>): Promise<number> {
  await using source = await TestDatabase.create(
    `DO $$ BEGIN FOR n IN 1..${tables} LOOP
       EXECUTE format('CREATE TABLE public.t_%s (id int PRIMARY KEY, name text CHECK (name <> '''')); INSERT INTO public.t_%1$s VALUES (1, ''a'')', n);
     END LOOP; END $$`,
  )
  await using proxy = await RecordingProxy.before(source.target)
  await work(proxy.target)
  return proxy.roundTrips
}

const [FEW, MANY] = [4, 324]

test.each<[string, number, (target: Target) => Promise<unknown>]>([
  // 32 tables stand in one message.
  ['compile', 1 / 32, (target) => compile(testContext(), planningOf(target, { dictionaries }))],
  ['validate without rows', 1 / 32, (target) => validateAt(target, { dictionaries, sample: 'none' })],
  // The rows of each table are asked for by themselves: by the rules, and by the constraints.
  ['validate of all rows', 2 + 1 / 32, (target) => validateAt(target, { dictionaries })],
  ['scan', 1 + 1 / 32, (target) => scanAt(target, { data_const: { constants: ['secret'] } })],
])('the questions of %s grow by %d a table at most', async (_, most, work) => {
  const [few, many] = [await roundTrips(FEW, work), await roundTrips(MANY, work)]
  expect(few).toBeGreaterThan(10)
  expect((many - few) / (MANY - FEW)).toBeLessThanOrEqual(most)
})
