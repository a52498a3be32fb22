import { expect, test } from 'bun:test'
import { writeFileSync } from 'node:fs'
import { SUMMED_BYTES } from '../../src/archive/manifest.ts'
import { sha256Hex } from '../../src/lib/sha256.ts'
import { FileSums } from '../../src/storage/checksum/file-sums.ts'
import { HashingThread } from '../../src/storage/checksum/hashing-thread.ts'
import { sumOfPart } from '../../src/storage/checksum/part-sum.ts'
import { TestFolder } from '../server/folder.ts'
import { noise } from './streams.ts'

const MIB = 1024 * 1024
const NEVER = new AbortController().signal

test('a part is summed up, here and by a thread, as far as the file goes', async () => {
  await using folder = await TestFolder.create()
  using thread = new HashingThread()
  const path = folder.file('data')
  for (const size of [0, 1, MIB - 1, MIB, MIB + 1, 3 * MIB]) {
    const content = noise(size)
    writeFileSync(path, content)
    for (const from of [0, 1, MIB]) {
      for (const mostBytes of [0, 1, MIB, MIB + 1, 4 * MIB]) {
        const part = content.subarray(from, from + mostBytes)
        const expected = { bytes: part.length, sha256: sha256Hex(part) }
        expect(sumOfPart({ path, from, mostBytes })).toEqual(expected)
        expect(await thread.sumOfPart({ path, from, mostBytes }, NEVER)).toEqual(expected)
      }
    }
  }
})

test.each([
  ['nothing', 0, 1],
  ['less than a part', SUMMED_BYTES - 1, 1],
  ['a part', SUMMED_BYTES, 1],
  ['a byte more', SUMMED_BYTES + 1, 2],
  ['several parts', 2 * SUMMED_BYTES, 2],
])('%s has a sum for each part, however it comes', (_, size, parts) => {
  const content = noise(size)
  const expected = Array.from({ length: parts }, (_, at) =>
    sha256Hex(content.subarray(at * SUMMED_BYTES, (at + 1) * SUMMED_BYTES)),
  )
  for (const piece of [10 * MIB + 1, SUMMED_BYTES, 3 * SUMMED_BYTES]) {
    const sums = new FileSums()
    for (let at = 0; at < size; at += piece) sums.update(content.subarray(at, at + piece))
    expect(sums.figures).toEqual({ fileBytes: size, sha256: expected })
    expect(sums.figures.sha256).toEqual(expected)
  }
})

test('a thread tells of a file that cannot be read, and goes on', async () => {
  await using folder = await TestFolder.create()
  using thread = new HashingThread()
  const missing = thread.sumOfPart({ path: folder.file('none'), from: 0, mostBytes: 5 }, NEVER)
  expect(await missing.catch((error: Error) => error.message)).toContain('ENOENT')
  const path = folder.file('data')
  writeFileSync(path, 'x')
  expect((await thread.sumOfPart({ path, from: 0, mostBytes: 1 }, NEVER)).bytes).toBe(1)
})

test('who is aborted waits for no thread, and one that was ended answers nobody', async () => {
  const endless = { path: '/dev/zero', from: 0, mostBytes: Number.POSITIVE_INFINITY }
  const abort = new AbortController()
  using thread = new HashingThread()
  const aborted = thread.sumOfPart(endless, abort.signal)
  abort.abort()
  expect(await aborted.catch((error: Error) => error.name)).toBe('AbortError')
  const ended = new HashingThread()
  const waiting = ended.sumOfPart(endless, NEVER)
  ended[Symbol.dispose]()
  expect(await waiting.catch((error: Error) => error.message)).toContain('it ended')
})
