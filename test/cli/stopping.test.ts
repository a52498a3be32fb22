import { describe, expect, test } from 'bun:test'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { TestDatabase } from '../server/database.ts'
import { TestFolder } from '../server/folder.ts'
import { connectionFlags, passwordEnvironment, runCommand, startCommand } from './command.ts'

const ROWS = `
  CREATE TABLE public.big AS SELECT i AS id, md5(i::text) AS who, repeat('x', 300) AS filler FROM generate_series(1, 200000) AS i;
  CREATE TABLE public.other AS SELECT * FROM public.big LIMIT 1000;
  ANALYZE;
`
const SLOW_MASK = JSON.stringify({
  dictionary: [
    {
      schema: 'public',
      table: 'big',
      fields: {
        who: `md5(who) || CASE WHEN id % 1000 = 0 THEN substr(pg_sleep(0.1)::text, 1, 0) ELSE '' END`,
      },
    },
  ],
})

/** Waits until something is so; the state is asked for, time only ends a test that would hang. */
async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const giveUp = performance.now() + 30_000
  while (!(await holds())) {
    if (performance.now() > giveUp) throw new Error(`after thirty seconds it is still not so: ${what}`)
    await Bun.sleep(10)
  }
}

/** Processes of this machine that were started for a database: their environment names it. Linux only. */
function processesFor(database: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`PGDATABASE=${database}\0`)
      } catch {
        return false
      }
    })
    .map(Number)
}

async function sessions(database: TestDatabase): Promise<number> {
  return database.value<number>(
    `SELECT count(*)::int FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`,
  )
}

async function startSlowDump(source: TestDatabase, folder: TestFolder) {
  await Bun.write(folder.file('slow.json'), SLOW_MASK)
  const args = [
    'dump',
    ...connectionFlags(source.target),
    '--prepared-sens-dict-file=slow.json',
    '--output-dir=out',
  ]
  const options = { env: passwordEnvironment(source.target), cwd: folder.path }
  const child = startCommand(args, options)
  const written = () => {
    try {
      return readdirSync(folder.file('out')).some(
        (name) => name.endsWith('.dat.gz') && Bun.file(join(folder.file('out'), name)).size > 0,
      )
    } catch {
      return false
    }
  }
  await until('rows are written', written)
  return {
    child,
    again: () =>
      runCommand(
        args.map((word) =>
          word === '--prepared-sens-dict-file=slow.json' ? '--prepared-sens-dict-file=none.json' : word,
        ),
        options,
      ),
  }
}

describe('a dump', () => {
  test('that is killed in the middle leaves no process, no session and no archive, and the next one cleans up', async () => {
    await using source = await TestDatabase.create(ROWS)
    await using target = await TestDatabase.create()
    await using folder = await TestFolder.create()
    const { child, again } = await startSlowDump(source, folder)
    expect(await sessions(source)).toBeGreaterThan(0)

    child.kill('SIGKILL')
    await child.exited
    await until('no process is left', () => processesFor(source.name).length === 0)
    await until('no session is left', async () => (await sessions(source)) === 0)

    const left = readdirSync(folder.file('out'))
    expect(left).toContain('pgveil.unfinished')
    expect(left).not.toContain('toc.dat')
    expect(left).not.toContain('manifest.json')
    const restore = ['restore', ...connectionFlags(target.target), '--input-dir=out']
    const env = passwordEnvironment(target.target)
    const refused = await runCommand(restore, { env, cwd: folder.path })
    expect([refused.exitCode, refused.stderr]).toEqual([1, expect.stringContaining('never finished')])

    await Bun.write(folder.file('none.json'), '{"dictionary": []}')
    expect((await again()).exitCode).toBe(0)
    expect(readdirSync(folder.file('out')).sort()).toEqual([
      expect.stringMatching(/^\d+\.dat\.gz$/),
      expect.stringMatching(/^\d+\.dat\.gz$/),
      'manifest.json',
      'toc.dat',
    ])
    expect((await runCommand(restore, { env, cwd: folder.path })).exitCode).toBe(0)
  })

  test.each(['SIGINT', 'SIGTERM'] as const)(
    'that gets %s ends its children, removes its files and exits with 130',
    async (signal) => {
      await using source = await TestDatabase.create(ROWS)
      await using folder = await TestFolder.create()
      const { child } = await startSlowDump(source, folder)
      child.kill(signal)
      expect(await child.exited).toBe(130)
      expect(await new Response(child.stderr).text()).toContain('Interrupted.')
      expect(readdirSync(folder.file('out'))).toEqual([])
      expect(processesFor(source.name)).toEqual([])
      await until('no session is left', async () => (await sessions(source)) === 0)
    },
  )
})

describe('a restore', () => {
  test.each(['SIGKILL', 'SIGTERM'] as const)(
    'that gets %s leaves no process and no session',
    async (signal) => {
      await using source = await TestDatabase.create('CREATE TABLE public.t AS SELECT 1 AS i')
      await using target = await TestDatabase.create()
      await using folder = await TestFolder.create()
      await Bun.write(folder.file('none.json'), '{"dictionary": []}')
      const options = { env: passwordEnvironment(source.target), cwd: folder.path }
      const dump = [
        'dump',
        ...connectionFlags(source.target),
        '--prepared-sens-dict-file=none.json',
        '--output-dir=out',
      ]
      expect((await runCommand(dump, options)).exitCode).toBe(0)

      // The table of this open transaction keeps pg_restore waiting when it makes its own of the same name.
      await target.run('BEGIN; CREATE TABLE public.t (i int)')
      const child = startCommand(['restore', ...connectionFlags(target.target), '--input-dir=out'], options)
      const waiting = `SELECT count(*)::int FROM pg_stat_activity WHERE datname = '${target.name}' AND wait_event_type = 'Lock'`
      await until('pg_restore waits', async () => (await source.value<number>(waiting)) > 0)
      child.kill(signal)
      await child.exited
      await until('no process is left', () => processesFor(target.name).length === 0)
      await target.run('ROLLBACK')
      await until('no session is left', async () => (await sessions(target)) === 0)
    },
  )
})
