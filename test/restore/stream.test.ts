import { describe, expect, test } from 'bun:test'
import { readdirSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Progress } from '../../src/operations/context.ts'
import hostile from '../round-trip/hostile.sql' with { type: 'text' }
import { TestDatabase } from '../server/database.ts'
import { faultOf } from '../server/faults.ts'
import { TestFolder } from '../server/folder.ts'
import { opener, restoreStreamInto, streamOf, testContext } from '../server/operations.ts'
import { contentsOf } from '../server/programs.ts'
import { sortedRows } from '../server/rows.ts'

const ROWS = `
  CREATE TABLE public.big AS SELECT i AS id, 'person ' || i AS who FROM generate_series(1, 200000) AS i;
  ALTER TABLE public.big ADD PRIMARY KEY (id);
  CREATE TABLE public.small AS SELECT 1 AS id; ANALYZE`

/** A folder for temporary files that tests at work beside this one do not write into. */
async function ownTemporaryFolder(): Promise<AsyncDisposable> {
  const folder = await TestFolder.create()
  const before = process.env.TMPDIR
  process.env.TMPDIR = folder.path
  return {
    async [Symbol.asyncDispose]() {
      if (before === undefined) delete process.env.TMPDIR
      else process.env.TMPDIR = before
      await folder[Symbol.asyncDispose]()
    },
  }
}

const temporary = () => readdirSync(tmpdir()).filter((name) => name.startsWith('pgveil-restore-'))

describe('a restore from a stream', () => {
  test('gives a hostile database as it was', async () => {
    await using source = await TestDatabase.create(hostile)
    await using target = await TestDatabase.create()
    await using _ = await ownTemporaryFolder()
    const stream = await streamOf(source.target)
    const progress: Progress[] = []
    const context = testContext({ onProgress: (said) => progress.push(said) })
    const { rows, tables, warnings } = await restoreStreamInto(target.target, stream, {}, context)
    expect(sortedRows(await contentsOf(target.target))).toBe(sortedRows(await contentsOf(source.target)))
    expect(warnings).toEqual([])
    expect(tables).toBe(stream.manifest.tables.filter(({ file }) => file !== null).length)
    expect(rows).toBe(stream.manifest.tables.reduce((sum, table) => sum + table.rows, 0))
    expect([...new Set(progress.map(({ stage }) => stage))]).toEqual([
      'restore-structure',
      'restore',
      'restore-constraints',
    ])
    expect(temporary()).toEqual([])
  })

  test.each([1, 7, 4096])('reads it in pieces of %i bytes', async (size) => {
    await using source = await TestDatabase.create(
      'CREATE TABLE public.t (id int PRIMARY KEY, v text); INSERT INTO public.t SELECT i, i FROM generate_series(1, 500) AS i',
    )
    await using target = await TestDatabase.create()
    const stream = await streamOf(source.target)
    await restoreStreamInto(target.target, stream, { open: opener(stream.archive, size) })
    expect(await contentsOf(target.target)).toBe(await contentsOf(source.target))
  })

  test('of an empty database, of circular foreign keys, and of the structure alone', async () => {
    await using empty = await TestDatabase.create()
    await using target = await TestDatabase.create()
    await restoreStreamInto(target.target, await streamOf(empty.target))
    await using source = await TestDatabase.create(`
      CREATE TABLE public.a (id int PRIMARY KEY, b int); CREATE TABLE public.b (id int PRIMARY KEY, a int REFERENCES public.a);
      INSERT INTO public.a VALUES (1, 1); INSERT INTO public.b VALUES (1, 1);
      ALTER TABLE public.a ADD FOREIGN KEY (b) REFERENCES public.b; ALTER TABLE public.a ADD FOREIGN KEY (id) REFERENCES public.a`)
    await restoreStreamInto(target.target, await streamOf(source.target))
    expect(await contentsOf(target.target)).toBe(await contentsOf(source.target))
    await using bare = await TestDatabase.create()
    await restoreStreamInto(bare.target, await streamOf(source.target, { content: 'structure' }))
    expect(await bare.value<number>('SELECT count(*)::int FROM public.a')).toBe(0)
  })

  test('puts the structure on disk for nobody else to read, and never a row', async () => {
    await using source = await TestDatabase.create(`${ROWS}; CREATE INDEX ON public.big (who)`)
    await using target = await TestDatabase.create()
    const stream = await streamOf(source.target)
    await using _ = await ownTemporaryFolder()
    const modes = new Set<string>()
    let watching = true
    const watch = (async () => {
      while (watching) {
        for (const folder of temporary()) {
          const path = join(tmpdir(), folder)
          try {
            for (const name of readdirSync(path)) {
              const mode = (file: string) => (statSync(file).mode & 0o777).toString(8)
              modes.add(`${mode(path)} ${name} ${mode(join(path, name))}`)
              expect(await Bun.file(join(path, name)).text()).not.toContain('person 1')
            }
          } catch (error) {
            if ((error as { code?: string }).code !== 'ENOENT') throw error
          }
        }
        await Bun.sleep(1)
      }
    })()
    await restoreStreamInto(target.target, stream)
    watching = false
    await watch
    expect(modes).toEqual(new Set(['700 head.dump 600', '700 entries.list 600']))
  })
})

describe('a stream that cannot be restored', () => {
  test('because it is cut off says so, wherever that is', async () => {
    await using source = await TestDatabase.create(ROWS)
    const stream = await streamOf(source.target)
    const { fileBytes } = stream.manifest.toc
    for (const [end, code] of [
      [0, 'backup-damaged'],
      [100, 'backup-damaged'],
      [fileBytes - 1, 'backup-damaged'],
      [fileBytes, 'restore-failed'],
      [fileBytes + 100, 'restore-failed'],
      [stream.archive.length - 1_000_000, 'restore-failed'],
      [stream.archive.length - 1, 'restore-failed'],
    ] as const) {
      await using target = await TestDatabase.create()
      const open = opener(stream.archive.subarray(0, end))
      expect([end, (await faultOf(restoreStreamInto(target.target, stream, { open }))).code]).toEqual([
        end,
        code,
      ])
    }
  })

  test('because whoever reads it found it damaged ends with that reason, and pg_restore with it', async () => {
    await using source = await TestDatabase.create(ROWS)
    await using target = await TestDatabase.create()
    const stream = await streamOf(source.target)
    let opened = 0
    const open = async function* () {
      opened++
      yield stream.archive.subarray(0, 1_000_000)
      if (opened === 2) throw new Error('the seal is broken')
    }
    await expect(restoreStreamInto(target.target, stream, { open })).rejects.toThrow('the seal is broken')
    await untilNobodyIsConnected(target)
  })

  test('because its end was found to be forged, when pg_restore had all it wanted', async () => {
    await using source = await TestDatabase.create(ROWS)
    await using target = await TestDatabase.create()
    const stream = await streamOf(source.target)
    let opened = 0
    const open = async function* () {
      opened++
      yield stream.archive
      if (opened === 2) throw new Error('the seal is broken')
    }
    await expect(restoreStreamInto(target.target, stream, { open })).rejects.toThrow('the seal is broken')
  })

  test('because it is another one, or becomes another one, is refused', async () => {
    await using source = await TestDatabase.create(ROWS)
    await using other = await TestDatabase.create('CREATE TABLE public.big (id int)')
    await using target = await TestDatabase.create()
    const stream = await streamOf(source.target)
    const another = await streamOf(other.target)
    const work = restoreStreamInto(target.target, { ...stream, archive: another.archive })
    expect((await faultOf(work)).code).toBe('archive-damaged')
    let opened = 0
    const open = () => opener(++opened === 1 ? stream.archive : another.archive)()
    expect((await faultOf(restoreStreamInto(target.target, stream, { open }))).code).toBe('backup-damaged')
  })

  test('into its source, into a database that holds something, or into an older server, is refused', async () => {
    await using source = await TestDatabase.create(ROWS)
    await using target = await TestDatabase.create(ROWS)
    const stream = await streamOf(source.target)
    expect((await faultOf(restoreStreamInto(source.target, stream))).code).toBe('target-is-source')
    expect((await faultOf(restoreStreamInto(target.target, stream))).code).toBe('target-not-empty')
    await using empty = await TestDatabase.create()
    const manifest = { ...stream.manifest, source: { ...stream.manifest.source, serverMajor: 99 } }
    expect((await faultOf(restoreStreamInto(empty.target, { ...stream, manifest }))).code).toBe(
      'target-version',
    )
    const rows = await streamOf(source.target, { content: 'data' })
    expect((await faultOf(restoreStreamInto(empty.target, rows))).code).toBe('archive-content')
  })

  test('because a row does not fit ends at once, without its value', async () => {
    await using source = await TestDatabase.create(
      `${ROWS}; ALTER TABLE public.big ALTER who TYPE varchar(100)`,
    )
    await using target = await TestDatabase.create()
    const stream = await streamOf(source.target)
    const text = Buffer.from(stream.archive).toString('latin1').replace('\tperson 100\n', '\t\\xff\\xffson\n')
    const archive = new Uint8Array(Buffer.from(text, 'latin1'))
    const fault = await faultOf(restoreStreamInto(target.target, { ...stream, archive }))
    expect(fault.code).toBe('restore-failed')
    expect(JSON.stringify(fault.findings)).not.toContain('son')
  })

  test('because it was interrupted, also while the stream gives nothing', async () => {
    await using source = await TestDatabase.create(ROWS)
    await using target = await TestDatabase.create()
    const stream = await streamOf(source.target)
    const interrupt = new AbortController()
    let opened = 0
    const open = async function* () {
      opened++
      yield stream.archive.subarray(0, 1_000_000)
      if (opened === 2) {
        interrupt.abort()
        await new Promise(() => {})
      }
    }
    const work = restoreStreamInto(target.target, stream, { open }, testContext({ signal: interrupt.signal }))
    await expect(work).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }))
    await untilNobodyIsConnected(target)
  })
})

async function untilNobodyIsConnected(database: TestDatabase): Promise<void> {
  const busy = `SELECT count(*)::int FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`
  while ((await database.value<number>(busy)) > 0) await Bun.sleep(20)
}
