import { expect, test } from 'bun:test'
import { mkdir, open, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ArchiveFile } from '../../src/storage/archive-file.ts'
import { ArchiveFolder } from '../../src/storage/archive-folder.ts'
import { syncFiles } from '../../src/storage/sync-files.ts'
import { TestFolder } from '../server/folder.ts'
import { noise } from './streams.ts'

const MB = 1024 * 1024

const sha256 = (bytes: Uint8Array) => new Bun.CryptoHasher('sha256').update(bytes).digest('hex')

test('a file that goes to disk while it is written holds what was appended', async () => {
  await using folder = await TestFolder.create()
  const path = folder.file('rows')
  const file = new ArchiveFile(await open(path, 'w'))
  const pieces = Array.from({ length: 45 }, () => noise(MB))
  for (const piece of pieces) await file.append(piece)
  const whole = Buffer.concat(pieces)
  expect(file.figures).toEqual({
    fileBytes: 45 * MB,
    sha256: [sha256(whole.subarray(0, 32 * MB)), sha256(whole.subarray(32 * MB))],
  })
  await file.sync()
  expect((await readFile(path)).equals(whole)).toBeTrue()
})

test('what could not be brought to disk on the way is said at the end, whatever was written since', async () => {
  // It takes every byte, and refuses to be synced.
  const file = new ArchiveFile(await open('/dev/null', 'w'))
  const failure = await (async () => {
    for (let at = 0; at < 40; at++) await file.append(noise(MB))
  })().catch((error: unknown) => error)
  if (failure) expect((failure as NodeJS.ErrnoException).code).toBe('EINVAL')
  expect(await file.sync().catch((error: NodeJS.ErrnoException) => error.code)).toBe('EINVAL')
})

test.each([0, 1, 63, 64, 500])('%d closed files are brought to disk', async (number) => {
  await using folder = await TestFolder.create()
  const names = Array.from({ length: number }, (_, at) => `file ${at}'s "ö"`)
  await Promise.all(names.map((name) => writeFile(folder.file(name), name)))
  await syncFiles(folder.path, names)
  expect(await Promise.all(names.map((name) => readFile(folder.file(name), 'utf8')))).toEqual(names)
})

test('a file that is not there is an error where files go one by one', async () => {
  await using folder = await TestFolder.create()
  const error = await syncFiles(folder.path, ['missing']).catch(
    (thrown: NodeJS.ErrnoException) => thrown.code,
  )
  expect(error).toBe('ENOENT')
})

test('many files of a folder that is not there are an error', async () => {
  await using folder = await TestFolder.create()
  const names = Array.from({ length: 100 }, (_, at) => String(at))
  const error = await syncFiles(folder.file('nowhere'), names).catch(
    (thrown: NodeJS.ErrnoException) => thrown.code,
  )
  expect(error).toBe('ENOENT')
})

test('a small file is put into a folder whole, for its owner alone', async () => {
  await using folder = await TestFolder.create()
  const archive = await ArchiveFolder.begin(folder.file('archive'), { clear: false })
  const bytes = noise(5000)
  expect(await archive.put('1.dat.gz', bytes)).toEqual({ fileBytes: 5000, sha256: [sha256(bytes)] })
  const path = join(archive.path, '1.dat.gz')
  expect((await readFile(path)).equals(Buffer.from(bytes))).toBeTrue()
  expect((await Bun.file(path).stat()).mode & 0o777).toBe(0o600)
  await archive.retract()
  expect(await Bun.file(path).exists()).toBeFalse()
})

test('a small file that cannot be written is a fault of the disk', async () => {
  await using folder = await TestFolder.create()
  const archive = await ArchiveFolder.begin(folder.file('archive'), { clear: false })
  await mkdir(join(archive.path, '1.dat.gz'))
  const fault = await archive.put('1.dat.gz', noise(10)).catch((error: { code: string }) => error)
  expect(fault).toMatchObject({ code: 'disk' })
  await archive.retract()
})
