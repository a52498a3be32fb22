import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { TestDatabase } from '../server/database.ts'
import { TestFolder } from '../server/folder.ts'
import { connectionFlags, passwordEnvironment, runCommand } from './command.ts'

let database: TestDatabase
let folder: TestFolder
beforeAll(async () => {
  folder = await TestFolder.create()
  database = await TestDatabase.create(`
    CREATE TABLE public.users (id int PRIMARY KEY, name text NOT NULL, "E mail 世界" varchar(20));
    CREATE TABLE public.orders (id int PRIMARY KEY, user_id int REFERENCES public.users);
    INSERT INTO public.users VALUES (1, 'Ada ' || chr(27) || '[31m', 'ada@example.org'), (2, '山田', NULL);
    INSERT INTO public.orders VALUES (1, 1)`)
  await Bun.write(
    folder.file('masks.py'),
    `{"dictionary": [{"schema": "public", "table": "users", "fields": {"name": "'User ' || id", "E mail 世界": "NULL"}}]}`,
  )
  await Bun.write(
    folder.file('bad.py'),
    `{"dictionary": [{"schema": "public", "table": "users", "fields": {"name": "NULL", "id": "id + 1"}}]}`,
  )
})
afterAll(async () => {
  await database[Symbol.asyncDispose]()
  await folder[Symbol.asyncDispose]()
})

/** The database's flags stand behind the words of the command, before its options: some of those take many values. */
function run(...args: string[]) {
  const first = args.findIndex((word) => word.startsWith('-'))
  const words = first === -1 ? args : args.slice(0, first)
  const options = first === -1 ? [] : args.slice(first)
  return runCommand([...words, ...connectionFlags(database.target), ...options], {
    env: passwordEnvironment(database.target),
    cwd: folder.path,
  })
}

describe('validate', () => {
  test('ends with 0 where nothing is wrong, with 3 where something is, and says what in words or JSON', async () => {
    const good = await run('validate', '--prepared-sens-dict-file', 'masks.py')
    expect([good.exitCode, good.stdout]).toEqual([0, '0 errors, 0 warnings (2 tables, 2 columns masked).\n'])
    const bad = await run('validate', '--prepared-sens-dict-file', 'bad.py')
    expect(bad.exitCode).toBe(3)
    expect(bad.stdout).toMatch(/^error {4}constraint-broken +bad\.py:1:\d+ public\.users\.name$/m)
    expect(bad.stdout).toContain('key-masked-differently')
    const json = await run('validate', '--prepared-sens-dict-file', 'bad.py', '--json')
    expect(json.exitCode).toBe(3)
    expect(JSON.parse(json.stdout)).toEqual(expect.objectContaining({ errors: 2, maskedColumns: 2 }))
  })

  test('a dictionary that cannot be read is a finding like others', async () => {
    await Bun.write(folder.file('broken.py'), '{"dictionary": [}')
    const broken = await run('validate', '--prepared-sens-dict-file', 'broken.py', '--json')
    expect([broken.exitCode, JSON.parse(broken.stdout).findings[0].code]).toEqual([3, 'dictionary-syntax'])
  })

  test('keeps a list of known columns, which catches a new one', async () => {
    const masks = ['--prepared-sens-dict-file', 'masks.py']
    expect((await run('validate', ...masks, '--write-baseline', 'known.json')).exitCode).toBe(0)
    const strict = [...masks, '--prepared-no-sens-dict-file', 'known.json', '--unknown-columns', 'fail']
    expect((await run('validate', ...strict)).exitCode).toBe(0)
    await database.run('ALTER TABLE public.users ADD ssn text')
    const nightly = await run('dump', ...strict, '--output-dir', 'nightly')
    expect([nightly.exitCode, nightly.stderr]).toEqual([3, expect.stringContaining('public.users.ssn')])
    await database.run('ALTER TABLE public.users DROP ssn')
  })

  test.each([
    ['--dbg-stage-1', 0],
    ['--dbg-stage-2', 0],
    ['--dbg-stage-3', 0],
  ])('%s of dump validates and makes no archive', async (stage, exitCode) => {
    const dumped = await run('dump', '--prepared-sens-dict-file', 'masks.py', '--output-dir', 'staged', stage)
    expect([dumped.exitCode, dumped.stdout]).toEqual([exitCode, expect.stringContaining('0 errors')])
    expect(await Bun.file(folder.file('staged/toc.dat')).exists()).toBe(false)
  })
})

describe('view-fields', () => {
  test('gives fields as pg_anon does', async () => {
    const { stdout } = await run('view-fields', '--prepared-sens-dict-file', 'masks.py', '--json')
    expect(JSON.parse(stdout).slice(2)).toEqual([
      { schema: 'public', table: 'users', field: 'id', type: 'integer', dict_file_name: '---', rule: '---' },
      {
        schema: 'public',
        table: 'users',
        field: 'name',
        type: 'text',
        dict_file_name: 'masks.py',
        rule: "'User ' || id",
      },
      {
        schema: 'public',
        table: 'users',
        field: 'E mail 世界',
        type: 'character varying(20)',
        dict_file_name: 'masks.py',
        rule: 'NULL',
      },
    ])
  })

  test('narrows them by name, mask, sensitivity and number', async () => {
    const fields = async (...args: string[]) => {
      const { stdout } = await run('view-fields', '--prepared-sens-dict-file', 'masks.py', '--json', ...args)
      return (JSON.parse(stdout) as { table: string; field: string }[]).map(
        ({ table, field }) => `${table}.${field}`,
      )
    }
    expect(await fields('--table-name', 'orders')).toEqual(['orders.id', 'orders.user_id'])
    expect(await fields('--table-mask', '^u', '--schema-mask', 'blic$')).toHaveLength(3)
    expect(await fields('--schema-name', 'nowhere')).toEqual([])
    expect(await fields('--view-only-sensitive-fields')).toEqual(['users.name', 'users.E mail 世界'])
    const few = await run('view-fields', '--fields-count', '2')
    expect(few.stdout.trim().split('\n')).toHaveLength(4)
    expect(few.stderr).toContain('first 2 of 5 fields')
    expect((await run('view-fields', '--table-mask', '(')).exitCode).toBe(2)
  })

  test('shows an application its own names', async () => {
    await Bun.write(
      folder.file('orm.json'),
      '[{"schema": "public", "table_name": "users", "table_alias": "Member", "fields": {"name": "fullName"}}]',
    )
    const { stdout } = await run(
      'view-fields',
      '--orm-dict-file',
      'orm.json',
      '--table-name',
      'users',
      '--json',
    )
    expect(
      JSON.parse(stdout).map(({ table, field }: { table: string; field: string }) => [table, field]),
    ).toEqual([
      ['Member', 'id'],
      ['Member', 'fullName'],
      ['Member', 'E mail 世界'],
    ])
  })
})

describe('view-data', () => {
  const users = ['--schema-name', 'public', '--table-name', 'users']

  test('shows before and after side by side, says that it is real data, and lets no value rule the terminal', async () => {
    const { stdout, stderr } = await run('view-data', '--prepared-sens-dict-file', 'masks.py', ...users)
    expect(stderr).toContain('real data')
    expect(stdout).toMatch(/^ +\* name +Ada \[31m +User 1$/m)
    expect(stdout).toMatch(/^ +\* name +山田 +User 2$/m)
    expect(stdout).toContain('2 rows in all.')
  })

  test('pairs each row with itself, also where the choice of rows is random', async () => {
    await database.run('CREATE TABLE public.many AS SELECT n FROM generate_series(1, 40) AS n')
    await Bun.write(
      folder.file('random.py'),
      `{"dictionary": [{"schema": "public", "table": "many", "sql_condition": "random() < 0.5"},
        {"schema": "public", "table": "many", "fields": {"n": "n * 10"}}]}`,
    )
    const { stdout } = await run(
      ...[
        'view-data',
        '--prepared-sens-dict-file',
        'random.py',
        '--schema-name',
        'public',
        '--table-name',
        'many',
        '--json',
      ],
    )
    const { rows_before: before, rows_after: after } = JSON.parse(stdout)
    expect(after).toEqual(before.map(([n]: [string]) => [String(Number(n) * 10)]))
    await database.run('DROP TABLE public.many')
  })

  test('pages, and gives JSON', async () => {
    const args = ['view-data', '--prepared-sens-dict-file', 'masks.py', ...users, '--json']
    const { stdout } = await run(...args, '--limit', '1', '--offset', '1')
    expect(JSON.parse(stdout)).toEqual({
      schema_name: 'public',
      table_name: 'users',
      field_names: ['id', '* name', '* E mail 世界'],
      total_rows_count: 2,
      rows_before: [['2', '山田', null]],
      rows_after: [['2', 'User 2', null]],
    })
    expect((await run(...args, '--offset', '-1')).exitCode).toBe(2)
    expect((await run('view-data', '--schema-name', 'public', '--table-name', 'nothing')).exitCode).toBe(2)
  })
})

test('compile prints SQL, and views come and go', async () => {
  const masks = ['--prepared-sens-dict-file', 'masks.py']
  expect((await run('compile', ...masks)).stdout).toContain('COPY public.orders (id, user_id) TO STDOUT;')
  expect((await run('compile', ...masks, '--views')).stdout).toContain('CREATE VIEW "anon_views"."users"')
  expect((await run('views', 'status', ...masks)).exitCode).toBe(1)
  expect((await run('views', 'install', ...masks)).stdout).toContain('2 made')
  expect((await run('views', 'status', ...masks)).exitCode).toBe(0)
  expect((await run('views', 'drop')).stdout).toContain('2 views dropped')
  expect((await run('views', 'install', ...masks, '--views-schema', 'public')).exitCode).toBe(2)
})

test('the salt comes from a file or the environment, and nowhere else', async () => {
  await run('init')
  await Bun.write(
    folder.file('salted.py'),
    `{"dictionary": [{"schema": "public", "table": "users", "fields": {"name": "anon_funcs.fake_last_name(name)"}}]}`,
  )
  await Bun.write(folder.file('salt'), 'a very secret salt\n')
  const args = [
    'dump',
    '--prepared-sens-dict-file',
    'salted.py',
    '--clear-output-dir',
    '--output-dir',
    'salted',
  ]
  const without = await run(...args)
  expect([without.exitCode, without.stderr]).toEqual([3, expect.stringContaining('there is no salt')])
  const salted = await run(...args, '--salt-file', 'salt', '--verbose', 'debug')
  expect(salted.exitCode).toBe(0)
  expect(salted.stdout + salted.stderr).not.toContain('very secret')
  for await (const file of new Bun.Glob('**/*').scan(folder.file('salted'))) {
    const bytes = await Bun.file(folder.file(`salted/${file}`)).bytes()
    const text = file.endsWith('.gz')
      ? new TextDecoder().decode(Bun.gunzipSync(bytes))
      : new TextDecoder('latin1').decode(bytes)
    expect([file, text.includes('very secret')]).toEqual([file, false])
  }
  expect((await run(...args, '--salt-file', 'nowhere')).exitCode).toBe(2)
})
