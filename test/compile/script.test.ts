import { expect, test } from 'bun:test'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fromShippedFile } from '../../src/lib/sql.ts'
import { compile, compileViews } from '../../src/operations/compile.ts'
import { clientEnvironment, type Target } from '../../src/postgres/connection/target.ts'
import { Session } from '../../src/postgres/session.ts'
import { ThrowawayCluster } from '../../src/postgres/throwaway-cluster.ts'
import { TestDatabase } from '../server/database.ts'
import { TestFolder } from '../server/folder.ts'
import { dictionary, dumpTo, planningOf, testContext } from '../server/operations.ts'
import { clientProgram } from '../server/programs.ts'

const SETUP = `
  CREATE TABLE public.people (id int PRIMARY KEY, name text, "E mail" text, kind regclass);
  CREATE TABLE public.orders (id int PRIMARY KEY, person int REFERENCES public.people, at date);
  CREATE TABLE public.log (line text);
  INSERT INTO public.people VALUES (1, 'Ada', 'a\\b', 'public.log'); INSERT INTO public.orders VALUES (1, 1, '2026-01-01')`

const masks = dictionary({
  dictionary: [
    {
      schema: 'public',
      table: 'people',
      fields: { name: "'it''s' || id", 'E mail': 'pg_catalog.md5("E mail")' },
    },
    { schema: 'public', table: 'orders', sql_condition: "at > '2000-01-01' -- recent" },
  ],
  dictionary_exclude: [{ schema: 'public', table: 'log' }],
})

test('the script is what a dump runs, word for word, as the server saw it', async () => {
  await using folder = await TestFolder.create()
  let script = ''
  const spoken = await statementsOf(SETUP, async (source) => {
    script = (await compile(testContext(), planningOf(source, { dictionaries: [masks] }))).text
    await dumpTo(source, folder.file('a'), { dictionaries: [masks] })
  })
  const written = script
    .split(/;\n/)
    .map((statement) => statement.replaceAll(/^(--.*)?\n/gm, '').trim())
    .filter((statement) => statement !== '' && statement !== 'ROLLBACK')
  const copies = (statements: readonly string[]) =>
    statements.filter((text) => text.startsWith('COPY')).sort()
  expect(copies(written).length).toBe(2)
  expect(copies(spoken)).toEqual(copies(written))
  // Settings travel as one text of several statements.
  const said = spoken.join('\n').replaceAll(/\s+/g, ' ')
  for (const statement of written) expect(said).toContain(statement.replaceAll(/\s+/g, ' '))
})

test('psql runs it and gives the masked rows', async () => {
  await using source = await TestDatabase.create(SETUP)
  const { text } = await compile(testContext(), planningOf(source.target, { dictionaries: [masks] }))
  const psql = Bun.spawn([(await clientProgram('psql')).path, '-qAtX', '-v', 'ON_ERROR_STOP=1'], {
    env: clientEnvironment(source.target, process.env),
    stdin: new TextEncoder().encode(text),
    stdout: 'pipe',
    stderr: 'pipe',
  })
  const [output, complaints] = await Promise.all([
    new Response(psql.stdout).text(),
    new Response(psql.stderr).text(),
  ])
  expect([await psql.exited, complaints]).toEqual([0, ''])
  expect(output).toContain("1\tit's1\t")
  expect(output).not.toContain('Ada')
})

test('the same dictionaries and tables give the same text, whatever was done to the rows', async () => {
  await using source = await TestDatabase.create(SETUP)
  const write = async () =>
    (await compile(testContext(), planningOf(source.target, { dictionaries: [masks] }))).text
  const before = await write()
  await source.run('INSERT INTO public.orders SELECT n, 1, now() FROM generate_series(2, 5000) AS n; ANALYZE')
  expect(await write()).toBe(before)
  expect(before).toContain('--   name: masks.json:1:')
})

test('the views of the script are those that are installed', async () => {
  await using source = await TestDatabase.create(SETUP)
  const { text } = await compileViews(testContext(), {
    ...planningOf(source.target, { dictionaries: [masks] }),
    viewsSchema: 'anon_views',
  })
  await source.run(text)
  expect(await source.rows('SELECT id, name FROM anon_views.people')).toEqual([{ id: 1, name: "it's1" }])
  expect(await source.rows('SELECT * FROM anon_views.log')).toEqual([])
})

/** The statements that a server of its own wrote into its log while some work was done in a database of it. */
async function statementsOf(setup: string, work: (source: Target) => Promise<void>): Promise<string[]> {
  const cluster = await ThrowawayCluster.start({
    signal: new AbortController().signal,
    binFolder: process.env.PGVEIL_TEST_BIN,
    settings: {
      logging_collector: 'on',
      log_destination: 'csvlog',
      log_statement: 'all',
      log_min_messages: 'log',
    },
  })
  try {
    const source = cluster.target('postgres')
    const session = await Session.open(source)
    await session.run(fromShippedFile(setup))
    await work(source)
    const { folder } = await session.row<{ folder: string }>(
      fromShippedFile("SELECT current_setting('data_directory') || '/log' AS folder"),
    )
    await session.close()
    const logs = readdirSync(folder).filter((file) => file.endsWith('.csv'))
    const text = logs.map((file) => readFileSync(join(folder, file), 'utf8')).join('')
    return [...text.matchAll(/"statement: ((?:[^"]|"")*)"/g)].map(([, statement = '']) =>
      statement.replaceAll('""', '"').replace(/;$/, '').trim(),
    )
  } finally {
    await cluster.stop()
  }
}
