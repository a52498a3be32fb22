import { expect, test } from 'bun:test'
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Fault } from '../../src/lib/fault.ts'
import { SIDECAR_SUFFIX } from '../../src/storage/sidecar.ts'
import {
  listBackups,
  publishSidecar,
  readSidecarOf,
  removeBackup,
  setLocked,
  sweepOrphans,
} from '../../src/storage/stored-backups.ts'
import { faultOf } from '../server/faults.ts'
import { TestFolder } from '../server/folder.ts'
import { FolderDestination } from './folder-destination.ts'
import { sidecarOf } from './sidecars.ts'

const { signal } = new AbortController()

/** A folder with these files, empty ones, and the destination on it. */
async function ground(...files: readonly string[]) {
  const folder = await TestFolder.create()
  for (const file of files) {
    await mkdir(dirname(folder.file(file)), { recursive: true })
    await writeFile(folder.file(file), '')
  }
  return {
    folder,
    destination: new FolderDestination(folder.path),
    all: async () =>
      (await readdir(folder.path, { recursive: true, withFileTypes: true }))
        .filter((entry) => entry.isFile())
        .map((entry) => entry.name)
        .sort(),
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  }
}

const name = (day: number, suffix = '.dump.gz') => `shop/shop_2026-11-${day}T02-00-00Z${suffix}`

test('backups are listed with their sidecars, the newest first, and all else apart', async () => {
  const days = Array.from({ length: 30 }, (_, at) => 30 - at).filter((day) => day >= 10)
  await using made = await ground(
    ...days.map((day) => name(day)),
    name(31),
    'shop/a note.txt',
    'other/x.dump',
  )
  for (const day of days) {
    const timestamp = `2026-11-${day}T02:00:00.000Z`
    await publishSidecar(made.destination, name(day), sidecarOf({ timestamp }), signal)
  }
  await publishSidecar(made.destination, name(40), sidecarOf(), signal)
  await writeFile(made.folder.file(name(12) + SIDECAR_SUFFIX), '{"format": "something else"}')

  const listed = await listBackups(made.destination, 'shop', signal)
  expect(listed.backups.map(({ file }) => file.path)).toEqual(
    days.filter((day) => day !== 12).map((day) => name(day)),
  )
  expect(listed.backups[0]?.sidecar.timestamp).toBe('2026-11-30T02:00:00.000Z')
  expect(listed.withoutSidecar.map(({ path }) => path).sort()).toEqual(['shop/a note.txt', name(31)])
  expect(listed.withoutFile.map(({ path }) => path)).toEqual([name(40) + SIDECAR_SUFFIX])
  expect(listed.unreadable.map(({ file, fault }) => [file.path, fault.code])).toEqual([
    [name(12), 'backup-format'],
  ])
})

test('a destination that does not answer gives no empty list', async () => {
  await using made = await ground(name(10))
  await publishSidecar(made.destination, name(10), sidecarOf(), signal)
  made.destination.get = () => {
    throw new Fault('storage-failed', 'The connection broke.')
  }
  expect((await faultOf(listBackups(made.destination, '', signal))).code).toBe('storage-failed')
})

test('a backup that is removed while the list is read is not in it', async () => {
  await using made = await ground(name(10), name(11))
  for (const day of [10, 11]) await publishSidecar(made.destination, name(day), sidecarOf(), signal)
  const { get } = made.destination
  made.destination.get = async function* (path, with_) {
    await removeBackup(made.destination, name(10), signal)
    yield* get.call(made.destination, path, with_)
  }
  const listed = await listBackups(made.destination, '', signal)
  expect(listed.backups.map(({ file }) => file.path)).toEqual([name(11)])
})

test('sidecars are read a few at a time', async () => {
  const days = Array.from({ length: 40 }, (_, at) => 10 + at)
  await using made = await ground(...days.map((day) => name(day)))
  for (const day of days) await publishSidecar(made.destination, name(day), sidecarOf(), signal)
  const { get } = made.destination
  let now = 0
  let most = 0
  made.destination.get = async function* (path, with_) {
    most = Math.max(most, ++now)
    yield* get.call(made.destination, path, with_)
    now--
  }
  expect((await listBackups(made.destination, '', signal)).backups.length).toBe(40)
  expect(most).toBeGreaterThan(1)
  expect(most).toBeLessThanOrEqual(8)
})

test('a lock is written into the sidecar and nothing else of it changes', async () => {
  await using made = await ground(name(10))
  const before = sidecarOf({ jobName: 'größe "x"' })
  await publishSidecar(made.destination, name(10), before, signal)
  expect((await setLocked(made.destination, name(10), true, signal)).locked).toBeTrue()
  expect(await readSidecarOf(made.destination, name(10), signal)).toEqual({ ...before, locked: true })
  await setLocked(made.destination, name(10), true, signal)
  await setLocked(made.destination, name(10), false, signal)
  expect(await readSidecarOf(made.destination, name(10), signal)).toEqual(before)
})

test('what is not there, or goes meanwhile, cannot be locked, and no sidecar is left behind', async () => {
  await using made = await ground(name(10))
  expect((await faultOf(setLocked(made.destination, name(10), true, signal))).code).toBe(
    'storage-file-missing',
  )
  await publishSidecar(made.destination, name(10), sidecarOf(), signal)
  const { put } = made.destination
  made.destination.put = async (...args) => {
    await removeBackup(made.destination, name(10), signal)
    await put.apply(made.destination, args)
  }
  expect((await faultOf(setLocked(made.destination, name(10), true, signal))).code).toBe(
    'storage-file-missing',
  )
  expect(await made.all()).toEqual([])
})

test('a removal that is interrupted leaves no backup', async () => {
  await using made = await ground(name(10))
  await publishSidecar(made.destination, name(10), sidecarOf(), signal)
  const { remove } = made.destination
  let calls = 0
  made.destination.remove = async (...args) => {
    if (++calls === 2) throw new Fault('storage-failed', 'The connection broke.')
    await remove.apply(made.destination, args)
  }
  expect((await faultOf(removeBackup(made.destination, name(10), signal))).code).toBe('storage-failed')
  expect((await listBackups(made.destination, '', signal)).backups).toEqual([])
  made.destination.remove = remove
  await removeBackup(made.destination, name(10), signal)
  expect(await made.all()).toEqual([])
})

test('a sweep removes what killed runs left and nothing of others', async () => {
  const left = [
    name(11),
    name(12, '.dump'),
    name(13, '.tar.zst'),
    `${name(14)}.partial`,
    name(15) + SIDECAR_SUFFIX,
  ]
  const others = [
    'shop/by hand.dump',
    'shop/notes.txt',
    'shop/notes.txt.meta.json.bak',
    'shop/x.json.meta.json',
  ]
  const elsewhere = 'shop2/shop2_2026-11-11T02-00-00Z.dump'
  await using made = await ground(name(10), name(16), ...left, ...others, elsewhere)
  await publishSidecar(made.destination, name(10), sidecarOf(), signal)
  await writeFile(made.folder.file(name(16) + SIDECAR_SUFFIX), 'of a later version')
  const kept = [
    name(10),
    name(16),
    name(10) + SIDECAR_SUFFIX,
    name(16) + SIDECAR_SUFFIX,
    ...others,
    elsewhere,
  ]

  const removed = await sweepOrphans(made.destination, 'shop', signal)
  expect(removed.sort()).toEqual(left.filter((path) => !path.endsWith('.partial')).sort())
  expect(await made.all()).toEqual(kept.map((path) => path.split('/')[1] ?? '').sort())
  expect(await sweepOrphans(made.destination, 'shop', signal)).toEqual([])
  expect(await sweepOrphans(made.destination, 'no such folder', signal)).toEqual([])
})

test('a sidecar of any size is not read into memory', async () => {
  await using made = await ground(name(10))
  let read = 0
  made.destination.get = async function* () {
    for (;;) {
      read++
      yield new Uint8Array(8 * 1024 * 1024)
    }
  }
  expect((await faultOf(readSidecarOf(made.destination, name(10), signal))).code).toBe('backup-format')
  expect(read).toBe(9)
})

test('a description that says of a sealed backup that it is not is refused', async () => {
  await using made = await ground(name(10, '.dump.sealed'))
  await publishSidecar(made.destination, name(10, '.dump.sealed'), sidecarOf(), signal)
  const fault = await faultOf(readSidecarOf(made.destination, name(10, '.dump.sealed'), signal))
  expect([fault.code, fault.message]).toEqual([
    'backup-format',
    'The description says of a sealed backup that it is not.',
  ])
})
