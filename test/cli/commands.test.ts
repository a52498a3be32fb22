import { describe, expect, test } from 'bun:test'
import { chmodSync, existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ProgramName } from '../../src/postgres/programs.ts'
import { TestDatabase } from '../server/database.ts'
import { TestFolder } from '../server/folder.ts'
import { clientProgram } from '../server/programs.ts'
import { connectionFlags, passwordEnvironment, runCommand } from './command.ts'

const SHOP = `
  CREATE TABLE public.users (id serial PRIMARY KEY, email text NOT NULL UNIQUE, note text);
  INSERT INTO public.users (email, note) SELECT 'user' || i || '@example.org', 'n' FROM generate_series(1, 50) AS i;
  CREATE TABLE public.orders (id int PRIMARY KEY, user_id int REFERENCES public.users);
  INSERT INTO public.orders SELECT i, i FROM generate_series(1, 20) AS i;
`
const MASKS = `{"dictionary": [{"schema": "public", "table": "users", "fields": {"email": "anon_funcs.digest(email, 'salt', 'md5')"}}]}`

test('init, dump and restore, as the help shows them', async () => {
  await using source = await TestDatabase.create(SHOP)
  await using target = await TestDatabase.create()
  await using folder = await TestFolder.create()
  await Bun.write(folder.file('masks.py'), MASKS)
  const env = passwordEnvironment(source.target)
  const options = { env, cwd: folder.path }

  const init = await runCommand(['init', ...connectionFlags(source.target)], options)
  expect([init.exitCode, init.stderr]).toEqual([0, expect.not.stringContaining('error')])
  const dump = await runCommand(
    ['dump', ...connectionFlags(source.target), '--prepared-sens-dict-file=masks.py'],
    options,
  )
  expect(dump.exitCode).toBe(0)
  expect(dump.stdout).toMatch(/masks: 2 tables, 70 rows, 1 column masked, .* in .* s\.\n$/)
  const restore = await runCommand(
    ['restore', ...connectionFlags(target.target), '--input-dir=masks'],
    options,
  )
  expect(restore.exitCode).toBe(0)
  expect(restore.stdout).toContain('2 tables, 70 rows')
  expect(await target.value<string>('SELECT email FROM public.users WHERE id = 1')).toMatch(/^[0-9a-f]{32}$/)
})

describe('exit codes', () => {
  test.each<[string, string[]]>([
    ['no command', []],
    ['an unknown command', ['dmup']],
    ['an unknown option', ['dump', '--prepared-sens-dict-file=x', '--output-dri=x']],
    ['a missing option', ['dump', '--db-name=x']],
    ['a number that is none', ['init', '--db-port=x']],
    [
      'two options that exclude each other',
      ['restore', '--input-dir=x', '--clean-db', '--drop-db', '--db-name=x'],
    ],
    [
      'an option that pg_dump must not be given',
      ['dump', '--db-name=x', '--prepared-sens-dict-file=/dev/null', '--pg-dump-options=--data-only'],
    ],
  ])('2 for %s', async (_, args) => {
    const { exitCode, stdout, stderr } = await runCommand(args)
    expect(exitCode).toBe(2)
    expect(stdout).toBe('')
    expect(stderr).not.toBe('')
  })

  test('0 for help and version', async () => {
    for (const args of [['--help'], ['help', 'dump'], ['dump', '--help'], ['--version']]) {
      const { exitCode, stdout } = await runCommand(args)
      expect(exitCode).toBe(0)
      expect(stdout).not.toBe('')
    }
  })

  test('1 where the work fails', async () => {
    const { exitCode, stderr } = await runCommand(['init', '--dsn=postgresql://nobody@127.0.0.1:1/x'])
    expect(exitCode).toBe(1)
    expect(stderr).toContain('Cannot connect to nobody@127.0.0.1:1/x')
    expect(stderr).toContain('→')
  })

  test('3 where a dictionary is refused, naming file, line and column', async () => {
    await using source = await TestDatabase.create(SHOP)
    await using folder = await TestFolder.create()
    await Bun.write(
      folder.file('a.py'),
      '{"dictionary": [\n  {"schema": "public", "table": "users", "fields": {"email": md5(email)}}]}',
    )
    await Bun.write(
      folder.file('b.py'),
      '{"dictionary": [{"schema": "public", "table": "user", "fields": {"email": "NULL"}}]}',
    )
    const run = (file: string) =>
      runCommand(
        ['dump', ...connectionFlags(source.target), `--prepared-sens-dict-file=${file}`, '--output-dir=out'],
        {
          env: passwordEnvironment(source.target),
          cwd: folder.path,
        },
      )
    const [syntax, unmatched, missing] = [await run('a.py'), await run('b.py'), await run('c.py')]
    expect([syntax.exitCode, unmatched.exitCode, missing.exitCode]).toEqual([3, 3, 3])
    expect(syntax.stderr).toContain('error: a.py:2:62: md5 is not a literal.')
    expect(unmatched.stderr).toContain('error: b.py:1:17: No table answers to public.user.')
    expect(missing.stderr).toContain('error: c.py: There is no such file.')
    expect(existsSync(folder.file('out'))).toBe(false)
  })
})

describe('--json', () => {
  test('gives one document for the result and JSON lines for the rest', async () => {
    await using source = await TestDatabase.create(SHOP)
    await using folder = await TestFolder.create()
    await Bun.write(folder.file('none.json'), '{"dictionary": []}')
    const { exitCode, stdout, stderr } = await runCommand(
      ['dump', '--json', ...connectionFlags(source.target), '--prepared-sens-dict-file=none.json'],
      { env: passwordEnvironment(source.target), cwd: folder.path },
    )
    expect(exitCode).toBe(0)
    const result = JSON.parse(stdout)
    expect(
      result.manifest.tables.map(({ name, rows }: { name: string; rows: number }) => [name, rows]),
    ).toContainEqual(['users', 50])
    const lines = stderr
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(lines.some((line) => line.progress?.stage === 'copy')).toBe(true)
  })

  test('gives faults with code, place and remedy', async () => {
    await using folder = await TestFolder.create()
    await Bun.write(folder.file('bad.json'), '{"dictionary": [,]}')
    const { exitCode, stdout } = await runCommand(
      ['dump', '--json', '--db-name=x', '--prepared-sens-dict-file=bad.json'],
      { cwd: folder.path },
    )
    expect(exitCode).toBe(3)
    expect(JSON.parse(stdout).error).toMatchObject({
      code: 'dictionary-syntax',
      findings: [{ place: { file: 'bad.json', line: 1, column: 17 } }],
    })
  })
})

test('several dictionaries, lists of tables, and a configuration file for the programs', async () => {
  await using source = await TestDatabase.create(SHOP)
  await using target = await TestDatabase.create()
  await using folder = await TestFolder.create()
  await Bun.write(
    folder.file('a.py'),
    `{"dictionary": [{"schema": "public", "table": "users", "fields": {"email": "'a' || id"}}]}`,
  )
  await Bun.write(
    folder.file('b.json'),
    `{"dictionary": [{"schema": "public", "table": "users", "fields": {"note": "'b'"}}]}`,
  )
  await Bun.write(folder.file('only.py'), `{"tables": [{"schema": "public", "table_mask": "*"}]}`)
  await Bun.write(folder.file('without.py'), `{"tables": [{"schema": "public", "table": "orders"}]}`)
  const path = async (program: ProgramName) => (await clientProgram(program)).path
  await Bun.write(
    folder.file('config.yml'),
    `pg-utils-versions:\n  default:\n    pg_dump: ${await path('pg_dump')}\n    pg_restore: ${await path('pg_restore')}\n`,
  )
  const options = { env: passwordEnvironment(source.target), cwd: folder.path }
  const dump = await runCommand(
    [
      'dump',
      ...connectionFlags(source.target),
      '--prepared-sens-dict-file',
      'a.py',
      'b.json',
      '--partial-tables-dict-file',
      'only.py',
      '--partial-tables-exclude-dict-file',
      'without.py',
      '--output-dir',
      'out',
      '--config',
      'config.yml',
      '--processes',
      '2',
      '--db-connections-per-process',
      '2',
    ],
    options,
  )
  expect([dump.exitCode, dump.stderr]).toEqual([0, expect.stringContaining('left out: TABLE public.orders')])
  const restore = await runCommand(
    ['restore', ...connectionFlags(target.target), '--input-dir=out', '--config=config.yml'],
    options,
  )
  expect(restore.exitCode).toBe(0)
  expect(await target.rows('SELECT email, note FROM public.users ORDER BY id LIMIT 1')).toEqual([
    { email: 'a1', note: 'b' },
  ])
  expect(await target.value(`SELECT to_regclass('public.orders')`)).toBeNull()
})

test('--save-dicts keeps options, status and dictionaries of a run, and no password', async () => {
  await using source = await TestDatabase.create(SHOP)
  await using folder = await TestFolder.create()
  await Bun.write(folder.file('none.json'), '{"dictionary": []}')
  const password = source.target.password?.reveal() ?? ''
  const { exitCode } = await runCommand(
    [
      'dump',
      ...connectionFlags(source.target),
      `--db-user-password=${password}`,
      '--prepared-sens-dict-file=none.json',
      '--save-dicts',
      '--internal-operation-id=run-1',
    ],
    { env: { PGVEIL_HOME: folder.file('home') }, cwd: folder.path },
  )
  expect(exitCode).toBe(0)
  const files = readdirSync(folder.file('home'), { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  )
  const texts = Object.fromEntries(
    files.map((file) => [file.name, readFileSync(join(file.parentPath, file.name), 'utf8')]),
  )
  expect(Object.keys(texts).sort()).toEqual(['1_none.json', 'run_options.json', 'run_status.json'])
  expect(files[0]?.parentPath).toMatch(/runs\/\d{4}\/\d\d\/\d\d\/run-1/)
  expect(JSON.parse(texts['run_status.json'] ?? '')).toMatchObject({ status_id: 2, status: 'success' })
  expect(JSON.parse(texts['run_options.json'] ?? '')).toMatchObject({ mode: 'dump', dbName: source.name })
  for (const text of Object.values(texts)) expect(text).not.toContain(password)
})

describe('the connection comes from', () => {
  const whoami = async (args: readonly string[], env: Record<string, string>, source: TestDatabase) => {
    await source.run('DROP SCHEMA IF EXISTS anon_funcs CASCADE')
    const run = await runCommand(['init', '--json', ...args], { env })
    return run.exitCode === 0 ? JSON.parse(run.stdout).database : JSON.parse(run.stdout).error.message
  }

  test('options, a DSN of either form, the environment, a service file, a password file', async () => {
    await using source = await TestDatabase.create()
    await using folder = await TestFolder.create()
    const { host, port, user, database } = source.target
    const password = source.target.password?.reveal() ?? ''
    await Bun.write(
      folder.file('pgpass'),
      `# comment\n*:*:other:*:wrong\n${host}:${port}:*:${user}:${password.replaceAll('\\', '\\\\').replaceAll(':', '\\:')}\n`,
    )
    chmodSync(folder.file('pgpass'), 0o600)
    await Bun.write(
      folder.file('service.conf'),
      `[other]\nhost=nowhere\n[here]\nhost=${host}\nport=${port}\nuser=${user}\ndbname=${database}\n`,
    )
    const passfile = { PGPASSFILE: folder.file('pgpass') }

    expect(
      await whoami([...connectionFlags(source.target), `--db-user-password=${password}`], {}, source),
    ).toBe(database)
    expect(
      await whoami([...connectionFlags(source.target), `--db-passfile=${folder.file('pgpass')}`], {}, source),
    ).toBe(database)
    expect(
      await whoami(
        [
          `--dsn=postgresql://${user}:${encodeURIComponent(password)}@${host}:${port}/${database}?sslmode=disable`,
        ],
        {},
        source,
      ),
    ).toBe(database)
    expect(
      await whoami([`--dsn=host=${host} port=${port} user='${user}' dbname=${database}`], passfile, source),
    ).toBe(database)
    expect(
      await whoami(
        [],
        { PGHOST: host, PGPORT: String(port), PGUSER: user, PGDATABASE: database, PGPASSWORD: password },
        source,
      ),
    ).toBe(database)
    expect(
      await whoami(
        [],
        { PGSERVICE: 'here', PGSERVICEFILE: folder.file('service.conf'), ...passfile },
        source,
      ),
    ).toBe(database)
    // An option goes before the DSN, which goes before the environment.
    expect(
      await whoami(
        [`--dsn=host=nowhere dbname=nothing`, ...connectionFlags(source.target)],
        { PGDATABASE: 'x', ...passfile },
        source,
      ),
    ).toBe(database)
  })

  test('and a wrong password is said so, and not shown', async () => {
    await using source = await TestDatabase.create()
    const { stdout, stderr, exitCode } = await runCommand([
      'init',
      ...connectionFlags(source.target),
      '--db-user-password=not-the-password',
    ])
    expect(exitCode).toBe(1)
    expect(stderr).toContain('password authentication failed')
    expect(stdout + stderr).not.toContain('not-the-password')
  })

  test('a password file that others may read is refused when it is named', async () => {
    await using folder = await TestFolder.create()
    await Bun.write(folder.file('pgpass'), '*:*:*:*:x')
    chmodSync(folder.file('pgpass'), 0o644)
    const { exitCode, stderr } = await runCommand([
      'init',
      '--db-name=x',
      `--db-passfile=${folder.file('pgpass')}`,
    ])
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('chmod 600')])
  })
})
