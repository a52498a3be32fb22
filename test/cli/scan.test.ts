import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { TestDatabase } from '../server/database.ts'
import { TestFolder } from '../server/folder.ts'
import { connectionFlags, passwordEnvironment, runCommand } from './command.ts'

const SHOP = `
  CREATE TABLE public.users (id serial PRIMARY KEY, email text NOT NULL UNIQUE, code varchar(20));
  INSERT INTO public.users (email, code) SELECT 'user' || i || '@example.org', 'c' || i FROM generate_series(1, 50) AS i;
  CREATE TABLE public.goods (id serial PRIMARY KEY, title text);
  INSERT INTO public.goods (title) VALUES ('Anvil <b>'), ('Rope');
  ANALYZE`

test('create-dict, dump and the next scan, as the help shows them', async () => {
  await using source = await TestDatabase.create(SHOP)
  await using folder = await TestFolder.create()
  const env = { ...passwordEnvironment(source.target), PGVEIL_SALT: 'salt' }
  const run = async (command: string, ...args: string[]) => {
    const result = await runCommand([command, ...connectionFlags(source.target), ...args], {
      env,
      cwd: folder.path,
    })
    expect([command, result.exitCode, result.stderr]).toEqual([
      command,
      0,
      expect.not.stringContaining('error'),
    ])
    return result.stdout
  }
  const said = await run('create-dict', '--report=found')
  expect(said).toContain('1 of 3 columns hold personal data')
  expect(said).toContain('anon_funcs.fake_email("email")')
  expect(await Bun.file(folder.file('sens_dict.json')).json()).toEqual({
    dictionary: [{ schema: 'public', table: 'users', fields: { email: 'anon_funcs.fake_email("email")' } }],
  })
  expect(await Bun.file(folder.file('no_sens_dict.json')).json()).toEqual({
    no_sens_dictionary: [
      { schema: 'public', table: 'goods', fields: ['title'] },
      { schema: 'public', table: 'users', fields: ['code'] },
    ],
  })

  await run('init')
  await run('dump', '--prepared-sens-dict-file=sens_dict.json', '--output-dir=copy')

  const known = ['--prepared-sens-dict-file=sens_dict.json', '--prepared-no-sens-dict-file=no_sens_dict.json']
  await source.run('ALTER TABLE public.users ADD second_email text')
  const again = JSON.parse(await run('scan', ...known, '--output-sens-dict-file=next.py', '--json'))
  const looked = again.report.tables.flatMap(
    (table: { columns: { name: string; evidence: { kind: string }[] }[] }) =>
      table.columns
        .filter(({ evidence }) => evidence.some(({ kind }) => kind !== 'dictionary'))
        .map(({ name }) => name),
  )
  expect(looked).toEqual(['second_email'])
  expect(await Bun.file(folder.file('next.py')).json()).toMatchObject({
    dictionary: [{ table: 'users', fields: { email: expect.any(String), second_email: expect.any(String) } }],
  })
  await run('validate', '--prepared-sens-dict-file=next.py', '--sample=all')
})

test('the report tells names and counts, also when the next scan goes by it', async () => {
  await using source = await TestDatabase.create(SHOP)
  await using folder = await TestFolder.create()
  const options = { env: passwordEnvironment(source.target), cwd: folder.path }
  const flags = connectionFlags(source.target)
  const scan = async (...args: string[]) => {
    const { exitCode, stdout } = await runCommand(['scan', ...flags, '--json', ...args], options)
    expect(exitCode).toBe(0)
    return JSON.parse(stdout).report.tables as { table: string; columns: object[]; fingerprint: string }[]
  }
  const first = await scan('--report=first.html')
  const page = await Bun.file(folder.file('first.html')).text()
  expect(page).toContain('of 50 distinct values')
  expect(page).not.toContain('Anvil')
  expect(page).not.toContain('user1@')
  expect(page).not.toMatch(/<script|https?:/)
  expect((await Bun.file(folder.file('first.json')).json()).tables).toEqual(first)

  const unchanged = await scan('--since=first.json')
  expect(unchanged.map(({ columns }) => columns)).toEqual(first.map(({ columns }) => columns))
  await source.run(
    `SELECT pg_stat_force_next_flush(); INSERT INTO public.goods (title) SELECT 'g' || n || '@example.org' FROM generate_series(1, 200) AS n`,
  )
  const changed = await scan('--since=first.json')
  expect(changed.find(({ table }) => table === 'goods')?.columns).toMatchObject([
    { name: 'id' },
    { name: 'title', status: 'sensitive', entity: 'EMAIL' },
  ])
  const users = ({ table }: { table: string }) => table === 'users'
  expect(changed.find(users)).toEqual(first.find(users))

  await Bun.write(folder.file('no.json'), '{"tables": []}')
  const refused = await runCommand(['scan', ...flags, '--since=no.json'], options)
  expect([refused.exitCode, refused.stderr]).toEqual([3, expect.stringContaining('no report of a scan')])
})

test('all of a long result comes through a pipe, however slowly it is read', async () => {
  const columns = Array.from({ length: 1500 }, (_, at) => `column_with_a_rather_long_name_${at} int`)
  await using source = await TestDatabase.create(
    `CREATE TABLE public.a (${columns.join(', ')}); CREATE TABLE public.b (LIKE public.a)`,
  )
  const env = {
    ...process.env,
    ...passwordEnvironment(source.target),
    FLAGS: connectionFlags(source.target).join(' '),
  }
  const main = join(import.meta.dir, '../../src/main.ts')
  const reader = Bun.spawn(
    [
      '/bin/sh',
      '-c',
      `"${process.execPath}" "${main}" view-fields $FLAGS --json | { dd bs=1 count=1 2>/dev/null; cat; }`,
    ],
    { env, stdout: 'pipe', stderr: 'ignore' },
  )
  const text = await new Response(reader.stdout).text()
  expect(text.length).toBeGreaterThan(200_000)
  expect(JSON.parse(text)).toHaveLength(3000)
})
