import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { cpSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { FaultCode } from '../../src/lib/fault.ts'
import type { RestoreRequest } from '../../src/operations/restore/request.ts'
import { dropDatabase, TestDatabase } from '../server/database.ts'
import { faultOf } from '../server/faults.ts'
import { TestFolder } from '../server/folder.ts'
import { dictionary, dumpTo, restoreFrom } from '../server/operations.ts'

const SHOP = `
  CREATE TYPE public.kind AS ENUM ('a', 'b');
  CREATE FUNCTION public.is_good(i int) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT i > 0';
  CREATE TABLE public.users (id serial PRIMARY KEY, email text UNIQUE, k public.kind DEFAULT 'a', boss int REFERENCES public.users,
    CONSTRAINT good CHECK (public.is_good(id)), CONSTRAINT plain CHECK (id < 1000000));
  INSERT INTO public.users (email, boss) SELECT 'u' || i, nullif(i - 1, 0) FROM generate_series(1, 10) AS i;
  SELECT setval('public.users_id_seq', 500);
  CREATE TABLE public.orders (id int PRIMARY KEY, user_id int NOT NULL CONSTRAINT to_user REFERENCES public.users);
  INSERT INTO public.orders SELECT i, i FROM generate_series(1, 5) AS i;
  CREATE TABLE public.lines (order_id int REFERENCES public.orders, n int);
  INSERT INTO public.lines VALUES (1, 1), (2, 2);
  CREATE SCHEMA aside;
  CREATE TABLE aside.notes (v text);
  INSERT INTO aside.notes VALUES ('n');
  CREATE VIEW public.user_orders AS SELECT u.email, o.id FROM public.users u JOIN public.orders o ON o.user_id = u.id;
  CREATE TABLE public.events (at date, v int) PARTITION BY RANGE (at);
  CREATE TABLE public.events_1 PARTITION OF public.events FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');
  CREATE TABLE public.events_2 PARTITION OF public.events FOR VALUES FROM ('2026-02-01') TO ('2026-03-01');
  INSERT INTO public.events VALUES ('2026-01-10', 1), ('2026-02-10', 2);
`
const masks = dictionary({
  dictionary: [{ schema: 'public', table: 'users', fields: { email: 'md5(email)' } }],
})

let source: TestDatabase
let folder: TestFolder
beforeAll(async () => {
  source = await TestDatabase.create(SHOP)
  folder = await TestFolder.create()
  for (const content of ['full', 'structure', 'data'] as const) {
    await dumpTo(source.target, folder.file(content), { content, dictionaries: [masks] })
  }
})
afterAll(async () => {
  await source[Symbol.asyncDispose]()
  await folder[Symbol.asyncDispose]()
})

const tables = (...names: string[]) =>
  dictionary(
    { tables: names.map((name) => ({ schema: name.split('.')[0], table: name.split('.')[1] })) },
    'tables.json',
  )

async function relations(database: TestDatabase): Promise<string[]> {
  const rows = await database.rows<{ name: string }>(`
    SELECT n.nspname || '.' || c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'v') AND n.nspname IN ('public', 'aside') ORDER BY 1`)
  return rows.map(({ name }) => name)
}

const count = (database: TestDatabase, table: string) =>
  database.value<number>(`SELECT count(*)::int FROM ${table}`)

const EVERYTHING = [
  'aside.notes',
  'public.events',
  'public.events_1',
  'public.events_2',
  'public.lines',
  'public.orders',
  'public.user_orders',
  'public.users',
]

describe('what is restored', () => {
  test('structure and rows', async () => {
    await using target = await TestDatabase.create()
    const result = await restoreFrom(folder.file('full'), target.target)
    expect([result.tables, result.rows, result.leftOut, result.warnings]).toEqual([6, 20, [], []])
    expect(await relations(target)).toEqual(EVERYTHING)
    expect(await target.value<string>(`SELECT nextval('public.users_id_seq')::text`)).toBe('501')
  })

  test.each(['full', 'structure'])('the structure alone, from an archive of %s', async (archive) => {
    await using target = await TestDatabase.create()
    await restoreFrom(folder.file(archive), target.target, { content: 'structure' })
    expect(await relations(target)).toEqual(EVERYTHING)
    expect(await count(target, 'public.users')).toBe(0)
    expect(await target.value<number>(`SELECT count(*)::int FROM pg_constraint WHERE contype = 'f'`)).toBe(3)
  })

  test.each(['full', 'data'])(
    'rows into a structure that is there, from an archive of %s',
    async (archive) => {
      await using target = await TestDatabase.create()
      await restoreFrom(folder.file('structure'), target.target, { content: 'structure' })
      await restoreFrom(folder.file(archive), target.target, { content: 'data' })
      expect(await count(target, 'public.users')).toBe(10)
      expect(await count(target, 'public.events')).toBe(2)
      expect(await target.value<string>(`SELECT nextval('public.users_id_seq')::text`)).toBe('501')
    },
  )

  test('not what the archive does not hold', async () => {
    await using target = await TestDatabase.create()
    for (const [archive, content, remedy] of [
      ['structure', 'full', 'sync-struct-restore'],
      ['structure', 'data', 'sync-struct-restore'],
      ['data', 'full', 'sync-data-restore'],
      ['data', 'structure', 'sync-data-restore'],
    ] as const) {
      const fault = await faultOf(restoreFrom(folder.file(archive), target.target, { content }))
      expect([fault.code, fault.remedy]).toEqual(['archive-content', expect.stringContaining(remedy)])
    }
  })
})

describe('lists of tables', () => {
  test('an allow list takes these tables, and leaves out what cannot do without others, by name', async () => {
    await using target = await TestDatabase.create()
    const onlyTables = [tables('public.orders', 'public.lines')]
    const { leftOut } = await restoreFrom(folder.file('full'), target.target, { onlyTables })
    expect(await relations(target)).toEqual(['public.lines', 'public.orders'])
    expect(leftOut.toSorted()).toEqual([
      'FK CONSTRAINT public.orders to_user: it cannot do without TABLE public.users',
      'VIEW public.user_orders: it cannot do without TABLE public.users',
    ])
    expect(await target.value<number>(`SELECT count(*)::int FROM pg_constraint WHERE contype = 'f'`)).toBe(1)
  })

  test('a deny list leaves these tables out, and wins over an allow list', async () => {
    await using target = await TestDatabase.create()
    await restoreFrom(folder.file('full'), target.target, {
      onlyTables: [dictionary({ tables: [{ schema: 'public', table_mask: '*' }] })],
      withoutTables: [tables('public.lines'), tables('public.users')],
    })
    expect(await relations(target)).toEqual([
      'public.events',
      'public.events_1',
      'public.events_2',
      'public.orders',
    ])
  })

  test('a partitioned table stands for its partitions, a partition for itself', async () => {
    await using target = await TestDatabase.create()
    await restoreFrom(folder.file('full'), target.target, { onlyTables: [tables('public.events')] })
    expect(await relations(target)).toEqual(['public.events', 'public.events_1', 'public.events_2'])
    expect(await count(target, 'public.events')).toBe(2)
    await using single = await TestDatabase.create()
    await restoreFrom(folder.file('full'), single.target, { onlyTables: [tables('public.events_2')] })
    expect(await relations(single)).toEqual(['public.events_2'])
    expect(await count(single, 'public.events_2')).toBe(1)
  })

  test('hold for rows alone too', async () => {
    await using target = await TestDatabase.create()
    await restoreFrom(folder.file('structure'), target.target, { content: 'structure' })
    await restoreFrom(folder.file('data'), target.target, {
      content: 'data',
      onlyTables: [tables('public.users')],
    })
    expect([await count(target, 'public.users'), await count(target, 'public.orders')]).toEqual([10, 0])
  })

  test('that leave nothing are refused', async () => {
    await using target = await TestDatabase.create()
    const fault = await faultOf(
      restoreFrom(folder.file('full'), target.target, { onlyTables: [tables('public.nothing')] }),
    )
    expect(fault.code).toBe('nothing-to-restore')
  })
})

describe('a target that is not empty', () => {
  test.each<[string, string]>([
    ['a table', 'CREATE TABLE public.mine (a int)'],
    ['a view', 'CREATE VIEW public.mine AS SELECT 1 AS one'],
    ['a function', `CREATE FUNCTION public.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'`],
    ['a type', `CREATE TYPE public.mine AS ENUM ('x')`],
    ['a sequence in another schema', 'CREATE SCHEMA s; CREATE SEQUENCE s.mine'],
  ])('holding %s is refused', async (_, setup) => {
    await using target = await TestDatabase.create(setup)
    const fault = await faultOf(restoreFrom(folder.file('full'), target.target))
    expect([fault.code, fault.message]).toEqual(['target-not-empty', expect.stringContaining('mine')])
  })

  test('may hold the function library and extensions', async () => {
    await using target = await TestDatabase.create(
      'CREATE SCHEMA anon_funcs; CREATE TABLE anon_funcs.words (w text)',
    )
    await restoreFrom(folder.file('full'), target.target)
  })

  test('is cleaned of what the archive holds, and of nothing else', async () => {
    await using target = await TestDatabase.create()
    await restoreFrom(folder.file('full'), target.target)
    await target.run(
      `UPDATE public.users SET email = 'changed' || id; CREATE FUNCTION public.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'`,
    )
    await restoreFrom(folder.file('full'), target.target, { existing: 'clean' })
    expect(await count(target, `public.users WHERE email LIKE 'changed%'`)).toBe(0)
    expect(await target.value<number>('SELECT public.mine()')).toBe(1)
  })

  test('with tables of its own is not cleaned', async () => {
    await using target = await TestDatabase.create('CREATE TABLE public.mine (a int)')
    const fault = await faultOf(restoreFrom(folder.file('full'), target.target, { existing: 'clean' }))
    expect([fault.code, fault.message]).toEqual([
      'target-extra-tables',
      expect.stringContaining('public.mine'),
    ])
  })

  test('is dropped with all that is in it', async () => {
    await using target = await TestDatabase.create('CREATE TABLE public.mine (a int)')
    await target.session.close()
    await restoreFrom(folder.file('full'), target.target, { existing: 'drop' })
    await using again = await TestDatabase.create()
    expect(again.name).not.toBe(target.name)
  })

  test('is not dropped while others are connected', async () => {
    await using target = await TestDatabase.create('CREATE TABLE public.mine (a int)')
    const fault = await faultOf(restoreFrom(folder.file('full'), target.target, { existing: 'drop' }))
    expect([fault.code, fault.message]).toEqual([
      'target-busy',
      expect.stringContaining(`pid ${target.session.backendPid}`),
    ])
    expect(await count(target, 'public.mine')).toBe(0)
  })

  test('that does not exist is made where dropping was asked for', async () => {
    const name = `absent_${process.pid}`
    await restoreFrom(folder.file('full'), { ...source.target, database: name }, { existing: 'drop' })
    await dropDatabase(name)
  })

  test('has its tables emptied before rows alone come in, and not otherwise', async () => {
    await using target = await TestDatabase.create()
    await restoreFrom(folder.file('full'), target.target)
    const fault = await faultOf(restoreFrom(folder.file('full'), target.target, { content: 'data' }))
    expect([fault.code, fault.place?.relation]).toEqual(['target-not-empty', 'aside.notes'])
    await target.run('DELETE FROM public.lines; INSERT INTO public.lines VALUES (5, 99)')
    await restoreFrom(folder.file('full'), target.target, { content: 'data', existing: 'clean' })
    expect(await count(target, 'public.lines')).toBe(2)
  })
})

describe('never onto the source', () => {
  test.each(['refuse', 'clean', 'drop'] as const)('with existing: %s', async (existing) => {
    const fault = await faultOf(restoreFrom(folder.file('full'), source.target, { existing }))
    expect(fault.code).toBe('target-is-source')
    expect(await count(source, 'public.users')).toBe(10)
  })

  test('nor onto a new database under its name', async () => {
    await using other = await TestDatabase.create(SHOP)
    await using archive = await TestFolder.create()
    await dumpTo(other.target, archive.file('a'))
    await other.session.close()
    await dropDatabase(other.name)
    const again = await TestDatabase.createAs(other.name)
    const fault = await faultOf(restoreFrom(archive.file('a'), again.target))
    expect(fault.code).toBe('target-is-source')
    await again[Symbol.asyncDispose]()
  })
})

describe('a damaged archive', () => {
  async function damaged(act: (path: string) => void) {
    await using target = await TestDatabase.create()
    await using copy = await TestFolder.create()
    cpSync(folder.file('full'), copy.file('a'), { recursive: true })
    act(copy.file('a'))
    const fault = await faultOf(restoreFrom(copy.file('a'), target.target))
    expect(await relations(target)).toEqual([])
    return fault
  }
  const dataFile = (path: string) =>
    join(path, readdirSync(path).find((name) => name.endsWith('.dat.gz')) ?? '')

  test.each<[string, FaultCode, (path: string) => void]>([
    [
      'a changed byte',
      'archive-damaged',
      (path) => writeFileSync(dataFile(path), Buffer.alloc(Bun.file(dataFile(path)).size, 1)),
    ],
    ['a cut file', 'archive-damaged', (path) => truncateSync(dataFile(path), 5)],
    ['a missing file', 'archive-damaged', (path) => rmSync(dataFile(path))],
    ['a changed table of contents', 'archive-damaged', (path) => truncateSync(join(path, 'toc.dat'), 2000)],
    [
      'a manifest that is no JSON',
      'archive-damaged',
      (path) => truncateSync(join(path, 'manifest.json'), 100),
    ],
    [
      'a manifest of another kind',
      'archive-format',
      (path) => writeFileSync(join(path, 'manifest.json'), '{"format": "else"}'),
    ],
    ['no manifest', 'archive-missing', (path) => rmSync(join(path, 'manifest.json'))],
    ['nothing', 'archive-missing', (path) => rmSync(path, { recursive: true })],
  ])('%s is found before the target is touched', async (_, code, act) => {
    expect((await damaged(act)).code).toBe(code)
  })
})

describe('options', () => {
  const restored = async (overrides: Partial<RestoreRequest>) => {
    const target = await TestDatabase.create()
    await restoreFrom(folder.file('full'), target.target, overrides)
    return target
  }

  test('--seq-init-by-max-value', async () => {
    await using target = await restored({ sequencesByMaxValue: true })
    expect(await target.value<string>(`SELECT nextval('public.users_id_seq')::text`)).toBe('11')
  })

  test('--drop-custom-check-constr drops checks that call functions of the database, and those alone', async () => {
    await using target = await restored({ dropCustomChecks: true })
    const names = await target.rows<{ conname: string }>(
      `SELECT conname FROM pg_constraint WHERE contype = 'c' AND conrelid <> 0 ORDER BY 1`,
    )
    expect(names.map(({ conname }) => conname)).toEqual(['plain'])
    expect(await target.value<number>(`SELECT count(*)::int FROM pg_constraint WHERE contype = 'f'`)).toBe(3)
    expect(await count(target, 'public.users')).toBe(10)
  })

  test('--ignore-privileges', async () => {
    await using granted = await TestDatabase.create(
      `CREATE TABLE public.t (a int); GRANT SELECT ON public.t TO PUBLIC`,
    )
    await using archive = await TestFolder.create()
    await dumpTo(granted.target, archive.file('with'))
    await dumpTo(granted.target, archive.file('without'), { ignorePrivileges: true })
    const acl = async (from: string, ignorePrivileges: boolean) => {
      await using target = await TestDatabase.create()
      await restoreFrom(archive.file(from), target.target, { ignorePrivileges })
      return await target.value(`SELECT relacl::text FROM pg_class WHERE relname = 't'`)
    }
    expect(await acl('with', false)).toContain('=r/')
    expect(await acl('with', true)).toBeNull()
    expect(await acl('without', false)).toBeNull()
  })

  test('an archive of a newer major is refused', async () => {
    await using target = await TestDatabase.create()
    await using copy = await TestFolder.create()
    cpSync(folder.file('full'), copy.file('a'), { recursive: true })
    const manifest = await Bun.file(copy.file('a/manifest.json')).json()
    manifest.source.serverMajor = 99
    await Bun.write(copy.file('a/manifest.json'), JSON.stringify(manifest))
    expect((await faultOf(restoreFrom(copy.file('a'), target.target))).code).toBe('target-version')
    await restoreFrom(copy.file('a'), target.target, { disableChecks: true })
  })

  test('tables that are too large for the disk are refused', async () => {
    await using target = await TestDatabase.create()
    await using copy = await TestFolder.create()
    cpSync(folder.file('full'), copy.file('a'), { recursive: true })
    const manifest = await Bun.file(copy.file('a/manifest.json')).json()
    manifest.tableBytes = 2 ** 52
    await Bun.write(copy.file('a/manifest.json'), JSON.stringify(manifest))
    expect((await faultOf(restoreFrom(copy.file('a'), target.target))).code).toBe('disk-space')
  })
})

describe('rows alone into a structure that differs', () => {
  test('a missing table or column is named before anything is loaded', async () => {
    await using target = await TestDatabase.create()
    await restoreFrom(folder.file('structure'), target.target, { content: 'structure' })
    await target.run('DROP TABLE aside.notes; ALTER TABLE public.lines DROP COLUMN n')
    const fault = await faultOf(restoreFrom(folder.file('data'), target.target, { content: 'data' }))
    expect(fault.findings.map(({ code, place }) => [code, place?.relation]).sort()).toEqual([
      ['target-structure', 'aside.notes'],
      ['target-structure', 'public.lines'],
    ])
    expect(await count(target, 'public.users')).toBe(0)
  })

  test('a foreign key that points nowhere afterwards is found', async () => {
    await using target = await TestDatabase.create()
    await restoreFrom(folder.file('structure'), target.target, { content: 'structure' })
    const fault = await faultOf(
      restoreFrom(folder.file('data'), target.target, {
        content: 'data',
        onlyTables: [tables('public.orders')],
      }),
    )
    expect([fault.code, fault.message]).toEqual([
      'restore-failed',
      expect.stringContaining('to_user points nowhere in 5 rows'),
    ])
  })
})
