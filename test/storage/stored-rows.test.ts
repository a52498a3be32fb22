import { expect, test } from 'bun:test'
import { appendFile, readFile, truncate, writeFile } from 'node:fs/promises'
import { compressRows, END_OF_ROWS } from '../../src/archive/data-stream.ts'
import type { ManifestTable } from '../../src/archive/manifest.ts'
import { packHere } from '../../src/storage/compression/gzip.ts'
import { StoredRows } from '../../src/storage/stored-rows.ts'
import { faultOf } from '../server/faults.ts'
import { TestFolder } from '../server/folder.ts'

const encoder = new TextEncoder()

/** 4,000 rows of 1 kB in some sixteen members, and one of 5 MB among them, which is cut into several. */
const ROWS = Array.from(
  { length: 4000 },
  (_, at) => `${at}\t${String.fromCharCode(97 + (at % 26)).repeat(at === 1500 ? 5_000_000 : 1000)}\n`,
)

async function write(folder: TestFolder, rows: readonly string[]): Promise<ManifestTable> {
  const tally = { rows: 0, bytes: 0 }
  async function* pieces() {
    for (const row of rows) yield { bytes: encoder.encode(row), rows: 1 }
  }
  const members: Uint8Array[] = []
  for await (const { bytes } of compressRows(pieces(), tally, () => {}, packHere)) members.push(bytes)
  members.push(await packHere(END_OF_ROWS))
  const file = Buffer.concat(members)
  await writeFile(folder.file('1.dat.gz'), file)
  const name = {
    schema: 'public',
    name: 't',
    file: '1.dat.gz',
    columns: [],
    masked: [],
    rowPolicy: 'all' as const,
  }
  return {
    ...name,
    rows: tally.rows,
    bytes: tally.bytes + END_OF_ROWS.length,
    fileBytes: file.length,
    sha256: [],
  }
}

/** What each of some takers got; each takes when it has come back from the event loop, so that they mix. */
async function taken(stored: StoredRows, takers: number): Promise<string[]> {
  return Promise.all(
    Array.from({ length: takers }, async () => {
      let text = ''
      for await (const piece of stored.take()) {
        text += Buffer.from(piece).toString()
        await Bun.sleep(0)
      }
      return text
    }),
  )
}

test.each([1, 2, 5])('%i takers get each row once, and whole', async (takers) => {
  await using folder = await TestFolder.create()
  const stored = await StoredRows.open(folder.path, await write(folder, ROWS))
  const texts = await taken(stored, takers)
  stored.refuseUnlessWhole()
  expect(stored.bytesLeft).toBe(0)
  await stored.close()
  const got = texts.flatMap((text) => text.split(/(?<=\n)/)).filter(Boolean)
  expect(got.length).toBe(ROWS.length)
  expect(got.toSorted().join('') === ROWS.toSorted().join('')).toBeTrue()
  expect(texts.filter(Boolean).length).toBe(takers)
})

test('a taker that goes away leaves the rest to the others', async () => {
  await using folder = await TestFolder.create()
  const stored = await StoredRows.open(folder.path, await write(folder, ROWS))
  const first = stored.take()
  const { value } = await first.next()
  await first.return(undefined)
  const [rest = ''] = await taken(stored, 1)
  await stored.close()
  expect(Buffer.from(value ?? '').toString() + rest === ROWS.join('')).toBeTrue()
})

test('a table without rows', async () => {
  await using folder = await TestFolder.create()
  const stored = await StoredRows.open(folder.path, await write(folder, []))
  expect(await taken(stored, 2)).toEqual(['', ''])
  stored.refuseUnlessWhole()
  await stored.close()
})

const DAMAGE: [string, (path: string) => Promise<void>, RegExp][] = [
  [
    'that is cut in a member',
    async (path) => truncate(path, (await readFile(path)).length - 3),
    /ends in the middle/,
  ],
  [
    'that is cut in the description of a member',
    (path) => truncate(path, 15),
    /no member of pgveil at its byte 0/,
  ],
  [
    'with something behind its end',
    (path) => appendFile(path, 'more of what is no member'),
    /no member of pgveil at its byte/,
  ],
  [
    'with another byte in its middle',
    async (path) => {
      const bytes = await readFile(path)
      bytes[60] = 255 ^ (bytes[60] ?? 0)
      await writeFile(path, bytes)
    },
    /cannot be unpacked/,
  ],
  ['that holds nothing', (path) => truncate(path, 0), /has 0 bytes of text instead of/],
]

test.each(DAMAGE)('a file %s is damage', async (_, damage, words) => {
  await using folder = await TestFolder.create()
  const table = await write(folder, ROWS)
  await damage(folder.file('1.dat.gz'))
  const stored = await StoredRows.open(folder.path, table)
  const fault = await faultOf(
    (async () => {
      await taken(stored, 2)
      stored.refuseUnlessWhole()
    })(),
  )
  await stored.close()
  expect([fault.code, fault.message]).toEqual(['archive-damaged', expect.stringMatching(words)])
})

test('a file that is missing is damage', async () => {
  await using folder = await TestFolder.create()
  const table = { ...(await write(folder, [])), file: '2.dat.gz' }
  expect((await faultOf(StoredRows.open(folder.path, table))).code).toBe('archive-damaged')
})
