import { describe, expect, test } from 'bun:test'
import { gunzipSync, zstdDecompressSync } from 'node:zlib'
import { TAR_END } from '../../src/archive/tar/format.ts'
import { archiveInTar, tarMembers } from '../../src/archive/tar/read.ts'
import { tarMember } from '../../src/archive/tar/write.ts'
import { readHead, readToc } from '../../src/archive/toc/toc.ts'
import { clientEnvironment, type Target } from '../../src/postgres/connection/target.ts'
import { packPiece } from '../../src/storage/compression/compression.ts'
import hostile from '../round-trip/hostile.sql' with { type: 'text' }
import { TestDatabase } from '../server/database.ts'
import { faultOf } from '../server/faults.ts'
import { TestFolder } from '../server/folder.ts'
import { dictionary, dumpTo, restoreFrom, streamOf, testContext } from '../server/operations.ts'
import { clientProgram, contentsOf, runClient } from '../server/programs.ts'
import { sortedRows } from '../server/rows.ts'

/** Runs pg_restore with an archive on its standard input, which is a pipe. */
async function restoreFromPipe(target: Target, archive: Uint8Array, ...options: string[]): Promise<void> {
  const program = await clientProgram('pg_restore')
  const child = Bun.spawn([program.path, `--dbname=${target.database}`, ...options], {
    env: clientEnvironment(target, process.env),
    stdin: new Blob([archive as Uint8Array<ArrayBuffer>]).stream(),
    stdout: 'ignore',
    stderr: 'pipe',
  })
  const complaints = await new Response(child.stderr).text()
  expect([await child.exited, complaints]).toEqual([0, ''])
}

describe('a dump as a stream', () => {
  test('restores from a pipe, by jobs from a file, and gives what the directory dump gives', async () => {
    await using source = await TestDatabase.create(hostile)
    await using folder = await TestFolder.create()
    await using piped = await TestDatabase.create()
    await using byJobs = await TestDatabase.create()
    await using fromFolder = await TestDatabase.create()
    const { archive, manifest } = await streamOf(source.target)
    const directory = await dumpTo(source.target, folder.file('directory'))
    await Bun.write(folder.file('archive'), archive)

    await restoreFrom(folder.file('directory'), fromFolder.target)
    await restoreFromPipe(piped.target, archive)
    await runClient('pg_restore', undefined, ['--list', folder.file('archive')])
    await runClient('pg_restore', byJobs.target, [
      '--jobs=4',
      `--dbname=${byJobs.name}`,
      folder.file('archive'),
    ])
    const expected = sortedRows(await contentsOf(source.target))
    for (const { target } of [piped, byJobs, fromFolder])
      expect(sortedRows(await contentsOf(target))).toBe(expected)

    const rows = (of: typeof manifest) =>
      of.tables.map(({ schema, name, rows, bytes }) => [schema, name, rows, bytes])
    expect(rows(manifest)).toEqual(rows(directory.manifest))
    const head = archive.subarray(0, manifest.toc.fileBytes)
    expect(new Bun.CryptoHasher('sha256').update(head).digest('hex')).toBe(manifest.toc.sha256)
    expect(readToc(head).header).toMatchObject({ format: 'custom', compression: 0 })
  })

  test('holds for a table the bytes that pg_dump writes, but for the chunks that they are cut into', async () => {
    await using source = await TestDatabase.create(`
      CREATE TABLE public.t (a int, b text);
      INSERT INTO public.t VALUES (1, E'a\\tb\\n\\\\'), (2, NULL), (3, ''), (4, '\\.');
      CREATE TABLE public.empty (a int);
      CREATE TABLE public.bare ();
      INSERT INTO public.bare DEFAULT VALUES;`)
    await using folder = await TestFolder.create()
    await runClient('pg_dump', source.target, ['-Fc', '-Z0', `--file=${folder.file('theirs')}`])
    const theirs = await Bun.file(folder.file('theirs')).bytes()
    const ours = (await streamOf(source.target)).archive
    expect(blocksOf(ours)).toEqual(blocksOf(theirs))
    expect(blocksOf(ours).get('t')).toBe('1\ta\\tb\\n\\\\\n2\t\\N\n3\t\n4\t\\\\.\n\\.\n\n\n')
  })

  test.each([
    ['GZIP', (bytes: Uint8Array) => gunzipSync(bytes)],
    ['ZSTD', (bytes: Uint8Array) => zstdDecompressSync(bytes)],
  ] as const)('packed by %s unpacks as one stream', async (name, unpack) => {
    await using source = await TestDatabase.create(
      `CREATE TABLE public.t AS SELECT i, repeat('x', i % 100) AS v FROM generate_series(1, 20000) AS i`,
    )
    await using target = await TestDatabase.create()
    const { archive } = await streamOf(source.target, { pack: packPiece(name) })
    await restoreFromPipe(target.target, unpack(archive))
    expect(await target.value<number>('SELECT count(*)::int FROM public.t')).toBe(20_000)
  })

  test('of 300 tables on two and on eight lanes gets through when hardly a byte may wait', async () => {
    const tables = [...Array(300).keys()].map(
      (n) =>
        `CREATE TABLE public.t${n} AS SELECT i, repeat('v', ${n}) AS v FROM generate_series(1, ${n % 7 === 0 ? 2000 : n % 5}) AS i;`,
    )
    await using source = await TestDatabase.create(tables.join('\n'))
    const expected = await contentsOf(source.target)
    for (const [jobs, waitingBytes] of [
      [2, 0],
      [8, 1],
      [8, 3000],
      [2, undefined],
    ] as const) {
      await using target = await TestDatabase.create()
      const { archive } = await streamOf(source.target, { jobs, waitingBytes })
      await restoreFromPipe(target.target, archive)
      expect(sortedRows(await contentsOf(target.target))).toBe(sortedRows(expected))
    }
  })

  test('carries wide rows and parts of one large table that several lanes copy at once', async () => {
    await using source = await TestDatabase.create(`
      CREATE TABLE public.wide (id int, v text);
      ALTER TABLE public.wide ALTER v SET STORAGE EXTERNAL;
      INSERT INTO public.wide SELECT i, repeat(md5(i::text), 100000) FROM generate_series(1, 8) AS i;
      CREATE TABLE public.big AS SELECT i AS id, repeat(md5(i::text), 8) AS v FROM generate_series(1, 200000) AS i;
      ANALYZE;`)
    const digest = `SELECT (SELECT count(*) || md5(string_agg(md5(v), '' ORDER BY id)) FROM public.wide) AS w,
      (SELECT count(*) || md5(string_agg(v, '' ORDER BY id)) FROM public.big) AS b`
    await using target = await TestDatabase.create()
    const { archive } = await streamOf(source.target, { jobs: 4, waitingBytes: 100_000 })
    await restoreFromPipe(target.target, archive)
    expect(await target.rows(digest)).toEqual(await source.rows(digest))
  })

  test('of an empty database, and of the structure or the rows alone', async () => {
    await using empty = await TestDatabase.create()
    await using target = await TestDatabase.create()
    await restoreFromPipe(target.target, (await streamOf(empty.target)).archive)
    await using source = await TestDatabase.create(`
      CREATE TABLE public.b (id int PRIMARY KEY); CREATE TABLE public.a (id int REFERENCES public.b);
      INSERT INTO public.b VALUES (1); INSERT INTO public.a SELECT 1 FROM generate_series(1, 1000);`)
    await restoreFromPipe(target.target, (await streamOf(source.target, { content: 'structure' })).archive)
    expect(await target.value<number>('SELECT count(*)::int FROM public.a')).toBe(0)
    await restoreFromPipe(
      target.target,
      (await streamOf(source.target, { content: 'data' })).archive,
      '--data-only',
    )
    expect(await target.value<number>('SELECT count(*)::int FROM public.a')).toBe(1000)
  })

  test('tells how many large objects it leaves out', async () => {
    await using source = await TestDatabase.create(`SELECT lo_from_bytea(4711, 'a text')`)
    const { manifest } = await streamOf(source.target)
    expect(manifest.leftOut[0]).toContain('1 large objects')
  })
})

describe('a stream that fails', () => {
  const ROWS = `CREATE TABLE public.big AS SELECT i AS id, 'person ' || i AS who FROM generate_series(1, 300000) AS i;
    CREATE TABLE public.small AS SELECT 1 AS id; ANALYZE`

  test('in a rule names the column', async () => {
    await using source = await TestDatabase.create(ROWS)
    const masks = dictionary({
      dictionary: [
        {
          schema: 'public',
          table: 'big',
          fields: { who: `CASE WHEN id > 250000 THEN (who::int)::text ELSE '' END` },
        },
      ],
    })
    const fault = await faultOf(streamOf(source.target, { dictionaries: [masks] }))
    expect(fault.code).toBe('copy-failed')
    expect(fault.place?.field).toBe('who')
  })

  test('because nobody takes it ends with that reason, also where lanes wait for their turn', async () => {
    await using source = await TestDatabase.create(ROWS)
    let pieces = 0
    const work = streamOf(source.target, { jobs: 4, waitingBytes: 0 }, testContext(), async () => {
      if (++pieces === 4) throw new Error('the destination is full')
    })
    await expect(work).rejects.toThrow('the destination is full')
    expect(pieces).toBe(4)
  })

  test('because it was interrupted ends at once, also where nobody takes a piece', async () => {
    await using source = await TestDatabase.create(ROWS)
    const interrupt = new AbortController()
    let pieces = 0
    const never = new Promise<void>(() => {})
    const context = testContext({ signal: interrupt.signal })
    const work = streamOf(source.target, { jobs: 2, waitingBytes: 0 }, context, async () => {
      if (++pieces < 4) return
      interrupt.abort()
      await never
    })
    await expect(work).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }))
    await untilNobodyCopies(source)
  })
})

describe('several databases in one file', () => {
  test.each([['NONE'], ['GZIP']] as const)(
    'are members that GNU tar gives to pg_restore: %s',
    async (pack) => {
      const names = [`shop "é" 'x' ${process.pid}`, `per%cent/../slash\\${process.pid}`]
      await using folder = await TestFolder.create()
      const pieces: Uint8Array[] = []
      const expected: string[] = []
      for (const name of names) {
        await using source = await TestDatabase.createAs(name)
        await source.run(
          `CREATE TABLE public.t AS SELECT i, '${names.indexOf(name)}' AS v FROM generate_series(1, 50000) AS i`,
        )
        const wrap = tarMember(name, 1_700_000_000)
        pieces.push((await streamOf(source.target, { pack: packPiece(pack), wrap })).archive)
        expected.push(await contentsOf(source.target))
      }
      pieces.push(await packPiece(pack)(TAR_END))
      const file = folder.file('f.tar')
      const bytes = Buffer.concat(pieces)
      await Bun.write(file, pack === 'GZIP' ? gunzipSync(bytes) : bytes)

      const folders = [`shop "é" 'x' ${process.pid}.dump`, `per%25cent%2F..%2Fslash%5C${process.pid}.dump`]
      for (const [at, name] of names.entries()) {
        const tar = Bun.spawnSync(['tar', '-xOf', file, folders[at] ?? ''])
        expect([tar.exitCode, tar.stderr.toString()]).toEqual([0, ''])
        await using target = await TestDatabase.create()
        await restoreFromPipe(target.target, tar.stdout)
        expect(await contentsOf(target.target)).toBe(expected[at] ?? '')
        const read = await Array.fromAsync(archiveInTar(Bun.file(file).stream(), name))
        expect(Buffer.concat(read).equals(tar.stdout)).toBe(true)
      }
      const listed = Bun.spawnSync(['tar', '-tf', file])
      expect([listed.exitCode, listed.stderr.toString()]).toEqual([0, ''])
    },
  )

  test('are refused where the tar was changed, cut off or is none', async () => {
    const member = tarMember('shop', 0)(new Uint8Array(1000).fill(7))
    const whole = Buffer.concat([member, TAR_END])
    const read = (bytes: Uint8Array, size = 100) =>
      Array.fromAsync(
        tarMembers(
          (async function* () {
            for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
          })(),
        ),
      )
    for (const size of [1, 511, 512, 4096]) {
      const pieces = await read(whole, size)
      expect(Buffer.concat(pieces.map(({ bytes }) => bytes)).equals(Buffer.alloc(1000, 7))).toBe(true)
      expect(new Set(pieces.map(({ database }) => database))).toEqual(new Set(['shop']))
    }
    for (const end of [0, 1, 512, 1000, 1536, whole.length - 512, whole.length - 1]) {
      expect((await faultOf(read(whole.subarray(0, end)))).code).toBe('backup-damaged')
    }
    const changed = Uint8Array.from(whole)
    changed[130] = 0x37
    expect((await faultOf(read(changed))).code).toBe('backup-damaged')
    expect((await faultOf(read(Buffer.alloc(2048, 1)))).code).toBe('backup-damaged')
    expect((await faultOf(Array.fromAsync(archiveInTar(new Blob([whole]).stream(), 'other')))).code).toBe(
      'backup-format',
    )
  })
})

async function untilNobodyCopies(database: TestDatabase): Promise<void> {
  const busy = `SELECT count(*)::int FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`
  while ((await database.value<number>(busy)) > 0) await Bun.sleep(20)
}

/** By table the data of a custom archive without compression, its chunks put together. */
function blocksOf(archive: Uint8Array): Map<string, string> {
  const head = readHead(archive)
  if (!head) throw new Error('the archive has no head')
  const names = new Map(head.toc.entries.map((entry) => [entry.dumpId, entry.tag ?? '']))
  const blocks = new Map<string, string>()
  let at = head.length
  const int = () => {
    const value = Buffer.from(archive).readInt32LE(at + 1)
    at += 5
    return value
  }
  while (at < archive.length) {
    expect(archive[at++]).toBe(1)
    const name = names.get(int()) ?? ''
    let text = ''
    for (let length = int(); length > 0; length = int()) {
      text += Buffer.from(archive.subarray(at, at + length)).toString()
      at += length
    }
    blocks.set(name, text)
  }
  return blocks
}
