import { describe, expect, test } from 'bun:test'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Secret } from '../../src/lib/secret.ts'
import { fromShippedFile, sql } from '../../src/lib/sql.ts'
import { init } from '../../src/operations/init.ts'
import { clientEnvironment, type Target } from '../../src/postgres/connection/target.ts'
import { Session } from '../../src/postgres/session.ts'
import { spawnSupervised } from '../../src/postgres/supervised.ts'
import { freePort } from '../../src/postgres/throwaway-cluster.ts'
import { testCluster } from '../server/cluster.ts'
import { administer, TestDatabase } from '../server/database.ts'
import { faultOf } from '../server/faults.ts'
import { TestFolder } from '../server/folder.ts'
import { dictionary, dumpTo, restoreFrom, testContext } from '../server/operations.ts'
import { clientProgram } from '../server/programs.ts'

const TABLES = `
  CREATE TABLE public.users (id serial PRIMARY KEY, email text);
  INSERT INTO public.users (email) VALUES ('a@example.org'), ('b@example.org');
  CREATE TABLE public.private (v text);
  CREATE TABLE public.secured (owner name);
  INSERT INTO public.secured VALUES ('x'), ('y');
`
const masks = dictionary({
  dictionary: [{ schema: 'public', table: 'users', fields: { email: 'md5(email)' } }],
})

/** A role without any right of its own, for the time of a test. */
async function roleFor(database: TestDatabase): Promise<Target> {
  const name = `plain_${process.pid}`
  await administer(
    fromShippedFile(`
    DO $$ BEGIN CREATE ROLE ${name} LOGIN PASSWORD 'plain'; EXCEPTION WHEN duplicate_object THEN NULL; END $$`),
  )
  return { ...database.target, user: name, password: new Secret('plain') }
}

describe('a role that is no superuser', () => {
  test('dumps what it may read, and needs nothing more', async () => {
    await using source = await TestDatabase.create(TABLES)
    await using target = await TestDatabase.create()
    await using folder = await TestFolder.create()
    const plain = await roleFor(source)
    await source.run(
      `GRANT SELECT ON ALL TABLES IN SCHEMA public TO ${plain.user}; GRANT SELECT ON ALL SEQUENCES IN SCHEMA public TO ${plain.user}`,
    )
    const { manifest } = await dumpTo(plain, folder.file('archive'), { dictionaries: [masks] })
    expect(manifest.tables.map(({ name, rows }) => [name, rows]).sort()).toEqual([
      ['private', 0],
      ['secured', 2],
      ['users', 2],
    ])
    await restoreFrom(folder.file('archive'), target.target)
    expect(await target.value<number>('SELECT count(*)::int FROM public.users')).toBe(2)
  })

  test('is told which table it may not read', async () => {
    await using source = await TestDatabase.create(TABLES)
    await using folder = await TestFolder.create()
    const plain = await roleFor(source)
    await source.run(`GRANT SELECT ON public.users, public.secured TO ${plain.user}`)
    const fault = await faultOf(dumpTo(plain, folder.file('archive'), { dictionaries: [masks] }))
    expect(fault.code).toBe('privilege-missing')
    expect(fault.message).toContain('permission denied for table private')
    expect(fault.remedy).toContain('GRANT SELECT')
  })

  test('is told when row security would hide rows from it, instead of losing them', async () => {
    await using source = await TestDatabase.create(TABLES)
    await using folder = await TestFolder.create()
    const plain = await roleFor(source)
    await source.run(`
      GRANT SELECT ON ALL TABLES IN SCHEMA public TO ${plain.user}; GRANT SELECT ON ALL SEQUENCES IN SCHEMA public TO ${plain.user};
      ALTER TABLE public.secured ENABLE ROW LEVEL SECURITY;
      CREATE POLICY own ON public.secured USING (owner = current_user)`)
    const fault = await faultOf(dumpTo(plain, folder.file('archive'), { dictionaries: [masks] }))
    expect(fault.code).toBe('copy-failed')
    expect(fault.place?.relation).toBe('public.secured')
    expect(fault.remedy).toContain('BYPASSRLS')
  })

  test('installs the functions where it may create a schema, and is told where it may not', async () => {
    await using source = await TestDatabase.create(TABLES)
    const plain = await roleFor(source)
    const fault = await faultOf(init(testContext(), plain))
    expect([fault.code, fault.remedy]).toEqual([
      'init-failed',
      expect.stringContaining('CREATE on the database'),
    ])
    await source.run(`GRANT CREATE ON DATABASE "${source.name}" TO ${plain.user}`)
    await init(testContext(), plain)
    await init(testContext(), plain)
    expect(await source.value<string>(`SELECT anon_funcs.partial('123456789', 1, '***', 3)`)).toBe('1***789')
    await source.run(`DROP OWNED BY ${plain.user} CASCADE`)
  })

  test('restores into a database of its own; owners it may not become are left to it, with a warning', async () => {
    await using source = await TestDatabase.create(TABLES)
    await using target = await TestDatabase.create()
    await using folder = await TestFolder.create()
    const plain = await roleFor(target)
    await target.run(
      `GRANT CREATE ON DATABASE "${target.name}" TO ${plain.user}; GRANT CREATE ON SCHEMA public TO ${plain.user}`,
    )
    await dumpTo(source.target, folder.file('archive'), { dictionaries: [masks] })
    const { warnings } = await restoreFrom(folder.file('archive'), {
      ...target.target,
      user: plain.user,
      password: plain.password,
    })
    expect(warnings.map(({ code }) => code)).toContain('owners-not-restored')
    expect(
      await target.value<string>(`SELECT tableowner::text FROM pg_tables WHERE tablename = 'users'`),
    ).toBe(plain.user)
    await target.run(`DROP OWNED BY ${plain.user} CASCADE`)
  })
})

test('a dump changes nothing in the source', async () => {
  await using source = await TestDatabase.create(TABLES)
  await using folder = await TestFolder.create()
  await source.run(`ALTER DATABASE "${source.name}" SET default_transaction_read_only = on`)
  await dumpTo(source.target, folder.file('archive'), { dictionaries: [masks] })
  const write = dictionary({
    dictionary: [
      { schema: 'public', table: 'users', fields: { email: `nextval('public.users_id_seq')::text` } },
    ],
  })
  const fault = await faultOf(dumpTo(source.target, folder.file('other'), { dictionaries: [write] }))
  expect([fault.code, fault.message]).toEqual(['copy-failed', expect.stringContaining('read-only')])
})

test('a standby can be dumped', async () => {
  await using source = await TestDatabase.create(TABLES)
  await using folder = await TestFolder.create()
  await using standby = await startStandby(source)
  const { manifest } = await dumpTo(standby.target, folder.file('archive'), { dictionaries: [masks] })
  expect(manifest.tables.find(({ name }) => name === 'users')?.rows).toBe(2)
  const fault = await faultOf(init(testContext(), standby.target))
  expect([fault.code, fault.remedy]).toEqual(['init-failed', expect.stringContaining('primary')])
})

/** A standby of the server under test, from a base backup, by streaming. */
async function startStandby(source: TestDatabase): Promise<AsyncDisposable & { target: Target }> {
  const cluster = await testCluster()
  const folder = await mkdtemp(join(tmpdir(), 'pgveil-standby-'))
  const data = join(folder, 'data')
  const basebackup = await clientProgram('pg_basebackup')
  const backup = Bun.spawn(
    [basebackup.path, '--pgdata', data, '--write-recovery-conf', '--checkpoint=fast', '--wal-method=stream'],
    {
      env: clientEnvironment({ ...source.target, database: 'postgres' }, process.env),
      stdout: 'ignore',
      stderr: 'pipe',
    },
  )
  const complaints = await new Response(backup.stderr).text()
  if ((await backup.exited) !== 0) throw new Error(`pg_basebackup failed: ${complaints}`)
  const user = process.getuid?.() === 0 ? await ownerOf(cluster.folder) : undefined
  if (user) {
    const chown = Bun.spawnSync(['chown', '-R', `${user.uid}:${user.gid}`, folder])
    if (chown.exitCode !== 0) throw new Error('chown failed')
  }
  const port = await freePort()
  const child = spawnSupervised(
    [cluster.server.path, '-D', data, '-p', String(port), '-c', `unix_socket_directories=${folder}`],
    { PATH: process.env.PATH ?? '', LC_ALL: 'C' },
    new AbortController().signal,
    { endBy: 'QUIT', removeAfter: folder, cwd: folder, ...user },
  )
  const target = { ...source.target, port }
  const giveUp = performance.now() + 30_000
  for (;;) {
    try {
      const session = await Session.open(target)
      const { recovery } = await session.row<{ recovery: boolean }>(
        sql`SELECT pg_is_in_recovery() AS recovery`,
      )
      await session.close()
      if (recovery) break
    } catch (error) {
      if (performance.now() > giveUp) throw error
      await Bun.sleep(50)
    }
  }
  return {
    target,
    [Symbol.asyncDispose]: async () => {
      await child.end()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function ownerOf(path: string): Promise<{ uid: number; gid: number }> {
  const { uid, gid } = await stat(path)
  return { uid, gid }
}
