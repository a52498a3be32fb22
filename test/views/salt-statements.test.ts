import { expect, test } from 'bun:test'
import { fromShippedFile } from '../../src/lib/sql.ts'
import { init } from '../../src/operations/init.ts'
import { installViews } from '../../src/operations/views/install.ts'
import { Session } from '../../src/postgres/session.ts'
import { ThrowawayCluster } from '../../src/postgres/throwaway-cluster.ts'
import { TestFolder } from '../server/folder.ts'
import { dictionary, dumpTo, planningOf, salt, testContext, validateAt } from '../server/operations.ts'

test('the salt is in no statement that the server keeps', async () => {
  const cluster = await ThrowawayCluster.start({
    signal: new AbortController().signal,
    binFolder: process.env.PGVEIL_TEST_BIN,
    settings: { shared_preload_libraries: 'pg_stat_statements', 'pg_stat_statements.track': 'all' },
  })
  await using folder = await TestFolder.create()
  try {
    const source = cluster.target('postgres')
    const session = await Session.open(source)
    await session.run(
      fromShippedFile(`CREATE EXTENSION pg_stat_statements; CREATE TABLE public.t (id int, name text);
        INSERT INTO public.t VALUES (1, 'Ada')`),
    )
    await init(testContext(), source)
    const dictionaries = [
      dictionary({
        dictionary: [{ schema: 'public', table: 't', fields: { name: 'anon_funcs.fake_last_name(name)' } }],
      }),
    ]
    await dumpTo(source, folder.file('a'), { dictionaries, salt })
    await validateAt(source, { dictionaries, salt })
    await installViews(testContext(), {
      ...planningOf(source, { dictionaries, salt }),
      viewsSchema: 'anon_views',
      roles: [],
    })
    const kept = await session.rows<{ query: string }>(
      fromShippedFile('SELECT query FROM pg_stat_statements'),
    )
    await session.close()
    expect(kept.some(({ query }) => query.includes('set_config('))).toBe(true)
    expect(kept.some(({ query }) => query.includes('INSERT INTO "anon_views"."pgveil_salt"'))).toBe(true)
    expect(kept.filter(({ query }) => query.includes('of tests'))).toEqual([])
  } finally {
    await cluster.stop()
  }
})
