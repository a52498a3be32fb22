import { expect, test } from 'bun:test'
import { writeFileSync } from 'node:fs'
import { sha256Hex } from '../../src/lib/sha256.ts'
import { figuresOf } from '../../src/storage/checksum/file-figures.ts'
import { HashingThread } from '../../src/storage/checksum/hashing-thread.ts'
import { TestFolder } from '../server/folder.ts'

const MIB = 1024 * 1024
const NEVER = new AbortController().signal

test('a file is measured to its end, here and by a thread, whatever was said of its size', async () => {
  await using folder = await TestFolder.create()
  using thread = new HashingThread()
  for (const size of [0, 1, MIB - 1, MIB, MIB + 1, 3 * MIB]) {
    const bytes = crypto.getRandomValues(new Uint8Array(Math.min(size, 65_536)))
    const content = Buffer.concat(
      Array.from({ length: Math.ceil(size / 65_536) }, () => bytes),
      size,
    )
    writeFileSync(folder.file('data'), content)
    const expected = { fileBytes: size, sha256: sha256Hex(content) }
    for (const said of [0, size, size + 1, MIB, 2 * MIB]) {
      expect(figuresOf(folder.file('data'), said)).toEqual(expected)
      expect(await thread.figuresOf(folder.file('data'), said, NEVER)).toEqual(expected)
    }
  }
})

test('a thread tells of a file that cannot be read, and goes on', async () => {
  await using folder = await TestFolder.create()
  using thread = new HashingThread()
  const missing = thread.figuresOf(folder.file('none'), 5, NEVER)
  expect(await missing.catch((error: Error) => error.message)).toContain('ENOENT')
  writeFileSync(folder.file('data'), 'x')
  expect((await thread.figuresOf(folder.file('data'), 1, NEVER)).fileBytes).toBe(1)
})

test('who is aborted waits for no thread, and one that was ended answers nobody', async () => {
  const abort = new AbortController()
  using thread = new HashingThread()
  // A file without an end.
  const endless = thread.figuresOf('/dev/zero', 5, abort.signal)
  abort.abort()
  expect(await endless.catch((error: Error) => error.name)).toBe('AbortError')
  const ended = new HashingThread()
  const waiting = ended.figuresOf('/dev/zero', 5, NEVER)
  ended[Symbol.dispose]()
  expect(await waiting.catch((error: Error) => error.message)).toContain('it ended')
})
