import { expect, test } from 'bun:test'
import { contentOf, type Serving } from '../../api/serving.ts'
import { RefreshedDatabase } from '../../refresh/target.ts'
import { TestDatabase } from '../../server/database.ts'
import { TestFolder } from '../../server/folder.ts'
import { beginRun, ended, execution, made, servingJobs, sourceConfig, storedIn } from './job-at-work.ts'

const ROWS = 60_000

/** Moments of a run at which it is killed, as parts of how long it takes. */
const MOMENTS = [0.05, 0.2, 0.35, 0.5, 0.6, 0.7, 0.8, 0.9, 0.97]

const SETUP = `
  CREATE TABLE public.person (id int PRIMARY KEY, email text NOT NULL);
  INSERT INTO public.person SELECT i, 'person' || i || '@example.org' FROM generate_series(1, ${ROWS}) AS i;
  CREATE TABLE public.visit (id int PRIMARY KEY, person int REFERENCES public.person);
  INSERT INTO public.visit SELECT i, i FROM generate_series(1, ${ROWS}) AS i`

async function nightly(serving: Serving, source: TestDatabase, target: string, basePath: string) {
  const server = await made(serving, 'adapters', {
    name: 'shop',
    type: 'database',
    adapterId: 'postgres',
    config: sourceConfig(source.target),
  })
  const destination = await made(serving, 'adapters', {
    name: 'backups',
    type: 'storage',
    adapterId: 'local-fs',
    config: { basePath },
  })
  const { content: text } = contentOf({
    dictionary: [{ schema: 'public', table: 'person', fields: { email: "md5(email) || '@masked.example'" } }],
  })
  const dictionary = await made(serving, 'dictionaries', { name: 'masks', kind: 'sensitive', text })
  const profile = await made(serving, 'encryption-profiles', { name: 'vault' })
  return made(serving, 'jobs', {
    name: 'nightly',
    schedule: '0 2 * * *',
    sourceId: server,
    destinationId: destination,
    dictionaryIds: [dictionary],
    encryptionProfileId: profile,
    retention: { mode: 'SIMPLE', simple: { keepCount: 2 } },
    targets: [{ targetSourceId: server, targetDatabaseName: target }],
  })
}

/** The target answers, and holds either what it held before any run or a whole masked copy. */
async function expectWhole(target: RefreshedDatabase): Promise<void> {
  const [row] = await target.rows<{ rows: number; raw: number }>(
    "SELECT count(*)::int AS rows, count(*) FILTER (WHERE email LIKE 'person%')::int AS raw FROM public.person",
  )
  expect(row).toEqual({ rows: ROWS, raw: 0 })
}

test('a server that is killed at any moment of a job leaves the target whole, and the next run leaves no orphan', async () => {
  await using source = await TestDatabase.create(SETUP)
  await using target = await RefreshedDatabase.create(
    `${source.name}_copy`,
    `CREATE TABLE public.person AS SELECT i AS id, 'old ' || i AS email FROM generate_series(1, ${ROWS}) AS i`,
  )
  await using folder = await TestFolder.create()
  await using serving = await servingJobs()
  const basePath = folder.file('backups')
  const job = await nightly(serving, source, target.name, basePath)

  const begun = performance.now()
  expect(await ended(serving, await beginRun(serving, job))).toMatchObject({ status: 'Success', error: null })
  const usual = performance.now() - begun
  await expectWhole(target)

  const stages = new Set<string | null>()
  for (const moment of MOMENTS) {
    const id = await beginRun(serving, job)
    const at = performance.now() + usual * moment
    while (performance.now() < at) {
      stages.add((await execution(serving, id)).stage)
      await Bun.sleep(5)
    }
    await serving.end('SIGKILL')
    await expectWhole(target)

    await serving.start()
    const settled = await execution(serving, id)
    expect(['Success', 'Failed']).toContain(settled.status)
    if (settled.status === 'Failed') expect(settled.error).toContain('Interrupted')

    expect(await ended(serving, await beginRun(serving, job))).toMatchObject({
      status: 'Success',
      error: null,
    })
    await expectWhole(target)
    expect(await target.standing()).toEqual(['old', 'target'])
    const { backups, others } = storedIn(basePath)
    expect(others).toEqual([])
    expect(backups).toHaveLength(2)
  }
  // The moments met what they were spread for.
  expect([...stages]).toEqual(expect.arrayContaining(['Anonymizing', 'Restoring']))
}, 300_000)
