import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { appendFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { MANIFEST_FILE, type Manifest, SUMMED_BYTES } from '../../src/archive/manifest.ts'
import type { Context, Progress } from '../../src/operations/context.ts'
import { verifyFiles } from '../../src/operations/restore/verify-files.ts'
import { FileSums } from '../../src/storage/checksum/file-sums.ts'
import { openArchive } from '../../src/storage/stored-archive.ts'
import { TestDatabase } from '../server/database.ts'
import { faultOf } from '../server/faults.ts'
import { TestFolder } from '../server/folder.ts'
import { dumpTo, testContext } from '../server/operations.ts'
import { noise } from '../storage/streams.ts'

const LARGE = noise(2 * SUMMED_BYTES + 1_000_000)
const SMALL = noise(1000)

describe('an archive with a large, a small and an empty file', () => {
  let folder: TestFolder
  let manifest: Manifest
  const path = (name: string) => folder.file(`a/${name}`)
  const listed = (file: string, content: Uint8Array) => {
    const sums = new FileSums()
    sums.update(content)
    return { file, ...sums.figures }
  }
  const write = () => {
    writeFileSync(path('large'), LARGE)
    writeFileSync(path('small'), SMALL)
    writeFileSync(path('empty'), '')
    writeFileSync(path(MANIFEST_FILE), JSON.stringify(manifest))
  }
  const verify = async (context: Partial<Context> = {}) =>
    verifyFiles(testContext(context), await openArchive(folder.file('a')), [])

  beforeAll(async () => {
    folder = await TestFolder.create()
    await using source = await TestDatabase.create('CREATE TABLE public.t AS SELECT 1 AS v')
    const dumped = await dumpTo(source.target, folder.file('a'))
    const files = [listed('large', LARGE), listed('small', SMALL), listed('empty', new Uint8Array())]
    manifest = { ...dumped.manifest, files }
  })
  afterAll(() => folder[Symbol.asyncDispose]())

  test('is verified, and tells how far it is with each part of the large one', async () => {
    write()
    const told: Progress[] = []
    await verify({ onProgress: (progress) => told.push(progress) })
    const total = LARGE.length + SMALL.length
    expect(told.map(({ total }) => total)).toEqual(Array.from({ length: 5 }, () => total))
    const done = told.map(({ done }) => done)
    expect(done).toEqual(done.toSorted((one, other) => one - other))
    expect(done.at(-1)).toBe(total)
  })

  test('has the sums that the documentation has everybody compute', async () => {
    write()
    const command = ['split', '-b', '32M', '--filter=sha256sum', path('large')]
    const output = await new Response(Bun.spawn(command).stdout).text()
    const sums = output.matchAll(/^[0-9a-f]{64}/gm)
    expect(manifest.files[0]?.sha256 ?? []).toEqual(Array.from(sums, ([sum]) => sum))
  })

  const flipped = (at: number) => () => {
    const content = Buffer.from(LARGE)
    content[at] = 1 ^ (content[at] ?? 0)
    writeFileSync(path('large'), content)
  }
  const between = (from: number, to: number) => `large was changed between its bytes ${from} and ${to}`
  const [one, two, end] = [SUMMED_BYTES, 2 * SUMMED_BYTES, LARGE.length]
  test.each<[string, string, () => void]>([
    ['another first byte', between(0, one), flipped(0)],
    ['another last byte of a part', between(0, one), flipped(one - 1)],
    ['another first byte of a part', between(one, two), flipped(one)],
    ['another last byte', between(two, end), flipped(end - 1)],
    [
      'parts in another order',
      'large was changed between its bytes',
      () =>
        writeFileSync(
          path('large'),
          Buffer.concat([LARGE.subarray(one, two), LARGE.subarray(0, one), LARGE.subarray(two)]),
        ),
    ],
    ['a large file that lacks a part', `large has ${two} bytes`, () => truncateSync(path('large'), two)],
    ['a large file that goes on', `large has ${end + 1} bytes`, () => appendFileSync(path('large'), 'x')],
    ['a large file that is not there', 'large is missing', () => rmSync(path('large'))],
    ['a small file that goes on', 'small has 1001 bytes', () => appendFileSync(path('small'), 'x')],
    ['a small file of one byte', 'small has 1 bytes', () => truncateSync(path('small'), 1)],
    ['another small file', 'small was changed.', () => writeFileSync(path('small'), noise(1000, 2))],
    ['an empty file that is not', 'empty has 1 bytes', () => writeFileSync(path('empty'), 'x')],
    ['an empty file that is not there', 'empty is missing', () => rmSync(path('empty'))],
  ])('%s is damage', async (_, message, damage) => {
    write()
    damage()
    const fault = await faultOf(verify())
    expect(fault.code).toBe('archive-damaged')
    expect(fault.message).toContain(`The archive is damaged: ${message}`)
  })

  test('whose manifest has a checksum too few or too many is refused', async () => {
    write()
    const [large, ...others] = manifest.files
    for (const sha256 of [large?.sha256.slice(1), [...(large?.sha256 ?? []), ''], []]) {
      const files = [{ ...large, sha256 }, ...others]
      writeFileSync(path(MANIFEST_FILE), JSON.stringify({ ...manifest, files }))
      expect((await faultOf(verify())).code).toBe('archive-format')
    }
    const tables = manifest.tables.map((table) => ({ ...table, sha256: [] }))
    expect(tables).not.toEqual([])
    writeFileSync(path(MANIFEST_FILE), JSON.stringify({ ...manifest, tables }))
    expect((await faultOf(verify())).code).toBe('archive-format')
  })

  test('is not read to its end where somebody interrupts', async () => {
    write()
    const abort = new AbortController()
    const reason = new Error('enough')
    const work = verify({ signal: abort.signal, onProgress: () => abort.abort(reason) })
    expect(await work.catch((error: unknown) => error)).toBe(reason)
  })
})
