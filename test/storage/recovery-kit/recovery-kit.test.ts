import { describe, expect, test } from 'bun:test'
import { mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { newKey } from '../../../src/storage/sealing/key.ts'
import { SEGMENT_BYTES, seal } from '../../../src/storage/sealing/streaming-aead.ts'
import { TestFolder } from '../../server/folder.ts'
import { gather, noise, streamOf } from '../streams.ts'
import { programOf, run, unzipKit } from './kit.ts'

const FIRST = SEGMENT_BYTES - 40 - 16
const plain = noise(5_000_000)
const key = newKey()
const hex = key.reveal()
const sealed = await gather(seal(streamOf(plain), key))

/** A kit, and beside it a folder with one sealed backup in it, whose name is none of the easy ones. */
async function ground(file: Uint8Array = sealed, name = `shop's "größe" $HOME.dump.gz.sealed`) {
  const folder = await TestFolder.create()
  const kit = await unzipKit(folder.path, key)
  const backups = folder.file('the backups')
  await mkdir(backups)
  await writeFile(join(backups, name), file)
  return {
    kit,
    name,
    opened: name.slice(0, -'.sealed'.length),
    path: (file: string) => join(backups, file),
    bytes: (file: string) => readFile(join(backups, file)),
    files: async () => (await readdir(backups)).sort(),
    decrypt: (...args: string[]) =>
      run([programOf('node'), join(kit, 'decrypt_backup.js'), ...args], backups),
    launch: (...args: string[]) => run(['sh', join(kit, 'decrypt_linux_mac.sh'), ...args], backups),
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  }
}

test('the kit holds the five files, the key for its owner alone', async () => {
  await using made = await ground()
  expect((await readdir(made.kit)).sort()).toEqual([
    'README.txt',
    'decrypt_backup.js',
    'decrypt_drag_drop_windows.bat',
    'decrypt_linux_mac.sh',
    'master.key',
  ])
  expect(await readFile(join(made.kit, 'master.key'), 'utf8')).toBe(`${hex}\n`)
  expect((await stat(join(made.kit, 'master.key'))).mode & 0o777).toBe(0o600)
  expect((await stat(join(made.kit, 'decrypt_linux_mac.sh'))).mode & 0o111).toBe(0o111)
  const batch = await readFile(join(made.kit, 'decrypt_drag_drop_windows.bat'), 'latin1')
  expect(batch.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/)
  expect(await readFile(join(made.kit, 'README.txt'), 'utf8')).toContain('Production "key" (profile-1)')
  for (const file of ['README.txt', 'decrypt_backup.js', 'decrypt_linux_mac.sh']) {
    expect(await readFile(join(made.kit, file), 'utf8')).not.toContain(hex)
  }
})

test('a name of a profile breaks no line of the description', async () => {
  await using folder = await TestFolder.create()
  const kit = await unzipKit(folder.path, key, 'a\nb\r\u0000$& $1 {{profile}}')
  expect(await readFile(join(kit, 'README.txt'), 'utf8')).toContain('    a b $& $1 {{profile}} (profile-1)\n')
})

test('the script opens a backup beside itself', async () => {
  await using made = await ground()
  const { exitCode, output, complaints } = await made.decrypt(made.name)
  expect(complaints).toBe('')
  expect(exitCode).toBe(0)
  expect(output).toContain('5000000 bytes')
  expect((await made.bytes(made.opened)).equals(plain)).toBeTrue()
  expect(await made.files()).toEqual([made.opened, made.name].sort())
})

test('the launcher of Linux and macOS does, also by a path, and hands on how it ended', async () => {
  await using made = await ground()
  expect((await made.launch(made.path(made.name))).exitCode).toBe(0)
  expect((await made.bytes(made.opened)).equals(plain)).toBeTrue()
  const again = await made.launch(made.path(made.name))
  expect(again.exitCode).toBe(1)
  expect(again.complaints).toContain('exists already')
})

test('the output and the file of the key are of the caller’s choice', async () => {
  await using made = await ground(sealed, 'no suffix')
  await writeFile(made.path('a key'), `\uFEFF${hex.toUpperCase()}\r\n`)
  await writeFile(join(made.kit, 'master.key'), '0'.repeat(64))
  const refused = await made.decrypt('no suffix')
  expect(refused.exitCode).toBe(1)
  expect(refused.complaints).toContain('say where the output shall go')
  const { exitCode } = await made.decrypt('--key-file', 'a key', '--', 'no suffix', '-out')
  expect(exitCode).toBe(0)
  expect((await made.bytes('-out')).equals(plain)).toBeTrue()
})

test('all lengths around the border of a segment come back', async () => {
  for (const size of [0, 1, FIRST - 1, FIRST, FIRST + 1, FIRST + SEGMENT_BYTES - 16]) {
    const part = plain.subarray(0, size)
    await using made = await ground(await gather(seal(streamOf(part), key)), 'x.sealed')
    expect((await made.decrypt('x.sealed')).exitCode).toBe(0)
    expect((await made.bytes('x')).equals(part)).toBeTrue()
  }
})

describe('nothing is written, and the message says why,', () => {
  const flipped = (at: number) => {
    const changed = Buffer.from(sealed)
    changed[at] = (changed[at] ?? 0) ^ 1
    return changed
  }
  test.each([
    ['the first byte is another', flipped(0), 'does not begin as a sealed backup does'],
    ['the salt is another', flipped(5), 'the key is not the one'],
    ['a byte of the first segment is another', flipped(5000), 'the key is not the one'],
    ['a byte of a later segment is another', flipped(3_000_000), 'from byte 2097152 on'],
    ['the last byte is another', flipped(sealed.length - 1), 'it was changed or cut'],
    ['it is cut', sealed.subarray(0, -1), 'it was changed or cut'],
    ['it is cut at a border', sealed.subarray(0, 2 * SEGMENT_BYTES), 'it is cut, its end is missing'],
    ['it is cut in its header', sealed.subarray(0, 30), 'it is cut, or is no sealed backup'],
    ['it is empty', sealed.subarray(0, 0), 'it is cut, or is no sealed backup'],
    ['something stands behind it', Buffer.concat([sealed, sealed]), 'something stands behind its end'],
    ['it was never sealed', Buffer.from(plain), 'damaged'],
  ])('when %s', async (_, file, message) => {
    await using made = await ground(file)
    const { exitCode, complaints, output } = await made.decrypt(made.name)
    expect(exitCode).toBe(1)
    expect(complaints).toContain(message)
    expect(complaints).not.toMatch(/\n\s+at /)
    expect(output).toBe('')
    expect(await made.files()).toEqual([made.name])
  })

  test('when the key is another one, or none, or missing', async () => {
    await using made = await ground()
    const master = join(made.kit, 'master.key')
    for (const [text, message] of [
      [newKey().reveal(), 'the key is not the one'],
      [hex.slice(1), 'holds no key'],
      ['', 'holds no key'],
    ] as const) {
      await writeFile(master, text)
      const { exitCode, complaints } = await made.decrypt(made.name)
      expect(exitCode).toBe(1)
      expect(complaints).toContain(message)
      if (text !== '') expect(complaints).not.toContain(text)
    }
    const missing = await made.decrypt('--key-file', 'nowhere', made.name)
    expect(missing.exitCode).toBe(1)
    expect(missing.complaints).toContain('nowhere cannot be read')
    expect(await made.files()).toEqual([made.name])
  })

  test('when the call is wrong', async () => {
    await using made = await ground()
    for (const args of [
      [],
      ['a', 'b', 'c'],
      ['--key', hex, made.name],
      ['--key-file'],
      ['.sealed'],
      ['gone.sealed'],
    ]) {
      const { exitCode, complaints } = await made.decrypt(...args)
      expect(exitCode).toBe(1)
      expect(complaints).not.toMatch(/\n\s+at /)
    }
    expect((await made.decrypt('--help')).exitCode).toBe(0)
    expect(await made.files()).toEqual([made.name])
  })
})

test('what stands under the output’s name stays as it is', async () => {
  await using made = await ground()
  await writeFile(made.path(made.opened), 'precious')
  const { exitCode, complaints } = await made.decrypt(made.name)
  expect(exitCode).toBe(1)
  expect(complaints).toContain('exists already')
  expect(await readFile(made.path(made.opened), 'utf8')).toBe('precious')
  expect((await made.decrypt(made.name, made.name)).complaints).toContain('exists already')

  await symlink('nowhere', made.path('a link'))
  expect((await made.decrypt(made.name, 'a link')).exitCode).toBe(1)
  expect(await made.files()).toEqual(['a link', made.name, made.opened].sort())
})

test('a partial file of another run is neither used nor removed', async () => {
  await using made = await ground()
  await writeFile(made.path(`${made.opened}.partial`), 'of another run')
  const { exitCode, complaints } = await made.decrypt(made.name)
  expect(exitCode).toBe(1)
  expect(complaints).toContain('another run is writing it')
  expect(await readFile(made.path(`${made.opened}.partial`), 'utf8')).toBe('of another run')
})

test('a project of ES modules around the kit is told from a damaged backup', async () => {
  await using made = await ground()
  await writeFile(join(made.kit, '..', 'package.json'), '{"type": "module"}')
  const { exitCode, complaints } = await made.decrypt(made.name)
  expect(exitCode).toBe(1)
  expect(complaints).toContain('Move the kit elsewhere')
  expect(await made.files()).toEqual([made.name])
})
