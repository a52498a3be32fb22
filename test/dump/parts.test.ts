import { describe, expect, test } from 'bun:test'
import { compressRows } from '../../src/archive/data-stream.ts'
import { fromShippedFile } from '../../src/lib/sql.ts'
import { Session } from '../../src/postgres/session.ts'
import { packByLibdeflate, packHere, packOnPool } from '../../src/storage/compression/gzip.ts'
import { TestDatabase } from '../server/database.ts'
import { TestFolder } from '../server/folder.ts'
import { dictionary, dumpTo, restoreFrom, testContext } from '../server/operations.ts'

/** Rows of many sizes, NULLs, escapes, some so long that they are cut into several members; about 60 MB. */
const SETUP = `
  CREATE TABLE public.big (id int, note text, body text);
  ALTER TABLE public.big ALTER body SET STORAGE EXTERNAL;
  INSERT INTO public.big SELECT n, CASE WHEN n % 7 = 0 THEN NULL ELSE E'\\\\.\\n\\t' || repeat(n::text, n % 40) END, NULL
  FROM generate_series(1, 400000) AS n;
  INSERT INTO public.big SELECT n, 'long', repeat(md5(n::text), 100000) FROM generate_series(400001, 400012) AS n;
  ANALYZE public.big`

const digest = "SELECT count(*), sum(id), md5(string_agg(md5(big::text), '' ORDER BY id)) FROM public.big"

describe('a large table is copied by ranges of its pages', () => {
  test('and is the same whatever the number of connections', async () => {
    await using source = await TestDatabase.create(SETUP)
    const expected = await source.rows(digest)
    const rules = dictionary({ dictionary: [{ schema: 'public', table: 'big', sql_condition: 'id > 0' }] })
    for (const [jobs, dictionaries] of [
      [1, []],
      [4, []],
      [3, [rules]],
    ] as const) {
      await using target = await TestDatabase.create()
      await using folder = await TestFolder.create()
      const { manifest } = await dumpTo(source.target, folder.file('a'), {
        jobs,
        dictionaries: dictionaries.length > 0 ? dictionaries : [dictionary({ dictionary: [] })],
      })
      expect(manifest.tables[0]?.rows).toBe(400012)
      await restoreFrom(folder.file('a'), target.target)
      expect(await target.rows(digest)).toEqual(expected)
    }
  }, 120_000)

  test('also while it is being changed', async () => {
    await using source = await TestDatabase.create(SETUP)
    await using target = await TestDatabase.create()
    await using folder = await TestFolder.create()
    const expected = await source.rows(digest)
    const other = await Session.open(source.target)
    let churn: Promise<void> | undefined
    const context = testContext({
      onProgress: ({ stage }) => {
        if (stage !== 'copy') return
        churn ??= other.run(
          fromShippedFile(`UPDATE public.big SET note = 'changed' WHERE id % 3 = 0; DELETE FROM public.big WHERE id % 5 = 0;
            INSERT INTO public.big SELECT n, 'new' FROM generate_series(1, 50000) AS n`),
        )
      },
    })
    try {
      await dumpTo(source.target, folder.file('a'), { jobs: 4 }, context)
      expect(churn).toBeDefined()
      await churn
    } finally {
      await other.close()
    }
    await restoreFrom(folder.file('a'), target.target)
    expect(await target.rows(digest)).toEqual(expected)
    expect(await source.rows(digest)).not.toEqual(expected)
  }, 120_000)
})

test.each([
  ['on the spot', packHere],
  ['by libdeflate', packByLibdeflate],
  ['on the thread pool', packOnPool],
])('members end with a row, but for rows too long to be held: %s', async (_, pack) => {
  const rows = [...Array(20_000).keys()].map((n) => `${n}\t${'x'.repeat(n % 90)}\n`).join('')
  const long = `${'y'.repeat(5_000_000)}\n`
  const text = new TextEncoder().encode(rows + long + rows)
  async function* chunks() {
    for (let at = 0; at < text.length; at += 65_536) {
      const bytes = text.subarray(at, at + 65_536)
      yield { bytes, rows: bytes.filter((byte) => byte === 10).length }
    }
  }
  const tally = { rows: 0, bytes: 0 }
  const pieces: Uint8Array[] = []
  const ends: boolean[] = []
  for await (const { bytes, endsRow } of compressRows(chunks(), tally, () => {}, pack)) {
    const piece = Bun.gunzipSync(new Uint8Array(bytes))
    expect(endsRow).toBe(piece.at(-1) === 10)
    pieces.push(piece)
    ends.push(endsRow)
  }
  expect(Buffer.concat(pieces).equals(text)).toBe(true)
  expect([tally, ends.at(-1), ends.includes(false)]).toEqual([
    { rows: 40_001, bytes: text.length },
    true,
    true,
  ])
})
