import { describe, expect, test } from 'bun:test'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { openBackup, verifyBackup, type WrittenBackup, writeBackup } from '../../src/storage/backup-file.ts'
import { packPiece } from '../../src/storage/compression/compression.ts'
import { newKey } from '../../src/storage/sealing/key.ts'
import { COMPRESSIONS, type Compression } from '../../src/storage/sidecar.ts'
import { faultOf } from '../server/faults.ts'
import { TestFolder } from '../server/folder.ts'
import { FolderDestination } from './folder-destination.ts'
import { sidecarOf } from './sidecars.ts'
import { cut, gather, noise, streamOf } from './streams.ts'

const PATH = 'nightly "shop"/größe 2026.dump'
const SEALED = { profileId: 'profile-1', algorithm: 'AES256_GCM_HKDF_1MB' } as const
const plain = Buffer.concat([noise(1_500_000), new Uint8Array(1_500_000)])
const key = newKey()
const { signal } = new AbortController()
const nobody = () => {}

async function* packedPieces(compression: Compression) {
  for await (const block of cut(plain, 256 * 1024)) yield packPiece(compression)(block)
}

/** A backup of `plain` in a folder of its own. */
async function backup(compression: Compression, sealed: boolean) {
  const folder = await TestFolder.create()
  const destination = new FolderDestination(folder.path)
  const written = await writeBackup(
    destination,
    PATH,
    packedPieces(compression),
    sealed ? key : undefined,
    signal,
    nobody,
  )
  const sidecar = sidecarOf({ compression, encryption: sealed ? SEALED : null, ...written })
  return {
    folder,
    destination,
    written,
    sidecar,
    file: folder.file(PATH),
    open: (with_ = sealed ? key : undefined) => gather(openBackup(destination, PATH, sidecar, with_, signal)),
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  }
}

describe.each(
  COMPRESSIONS.flatMap((compression) => [true, false].map((sealed) => ({ compression, sealed }))),
)('$compression, sealed: $sealed', ({ compression, sealed }) => {
  test('what was written comes back, and is what it is said to be', async () => {
    await using made = await backup(compression, sealed)
    const stored = await readFile(made.file)
    expect(made.written).toEqual({
      size: stored.length,
      checksum: new Bun.CryptoHasher('sha256').update(stored).digest('hex'),
    })
    let bytes = 0
    await verifyBackup(made.destination, PATH, made.written, signal, (more) => {
      bytes += more
    })
    expect(bytes).toBe(stored.length)
    expect((await made.open()).equals(plain)).toBeTrue()
  })

  test('a byte that is another is found by reading it back, and by opening it', async () => {
    await using made = await backup(compression, sealed)
    const stored = await readFile(made.file)
    for (const at of [0, 100, stored.length >> 1, stored.length - 1]) {
      const changed = Buffer.from(stored)
      changed[at] = (changed[at] ?? 0) ^ 4
      await writeFile(made.file, changed)
      const verified = await faultOf(verifyBackup(made.destination, PATH, made.written, signal, nobody))
      expect(verified.code).toBe('backup-damaged')
      expect(verified.message).toContain('was changed')
      const opened = await faultOf(made.open())
      expect(['backup-damaged', 'sealed-damaged', 'sealed-with-another-key']).toContain(opened.code)
    }
  })

  test('a file that is cut or longer is found by reading it back, and by opening it', async () => {
    await using made = await backup(compression, sealed)
    const stored = await readFile(made.file)
    for (const other of [
      stored.subarray(0, 0),
      stored.subarray(0, -1),
      Buffer.concat([stored, Uint8Array.of(0)]),
      Buffer.concat([stored, stored]),
    ]) {
      await writeFile(made.file, other)
      const verified = await faultOf(verifyBackup(made.destination, PATH, made.written, signal, nobody))
      expect(verified.code).toBe('backup-damaged')
      expect(verified.message).toContain(`instead of ${stored.length}`)
      expect(['backup-damaged', 'sealed-damaged']).toContain((await faultOf(made.open())).code)
    }
  })
})

test('whole members that are missing at the end are found by the checksum', async () => {
  await using made = await backup('GZIP', false)
  const members: Uint8Array[] = []
  for await (const member of packedPieces('GZIP')) members.push(member)
  await writeFile(made.file, Buffer.concat(members.slice(0, -1)))
  const fault = await faultOf(made.open())
  expect(fault.code).toBe('backup-damaged')
  expect(fault.message).toContain('instead of')
})

test('another whole sealed file under the same key is found by the checksum', async () => {
  await using made = await backup('NONE', true)
  await using other = await backup('NONE', true)
  await writeFile(made.file, await readFile(other.file))
  expect((await faultOf(made.open())).message).toContain('was changed')
})

test('a sealed backup without a key, or with another one, says so', async () => {
  await using made = await backup('GZIP', true)
  const open = () => openBackup(made.destination, PATH, made.sidecar, undefined, signal)
  expect(open).toThrow('the key that opens it is not here')
  expect((await faultOf((async () => gather(open()))())).remedy).toContain('profile-1')
  const fault = await faultOf(made.open(newKey()))
  expect(fault.code).toBe('sealed-with-another-key')
  expect(fault.place?.file).toBe(PATH)
})

test('no plain byte is stored where a key is given', async () => {
  await using folder = await TestFolder.create()
  const marker = 'a value that must not be read'
  const pieces = streamOf(new TextEncoder().encode(marker.repeat(100)))
  await writeBackup(new FolderDestination(folder.path), 'x.sealed', pieces, key, signal, nobody)
  expect((await readFile(folder.file('x.sealed'))).includes(marker)).toBeFalse()
})

test('a file that is missing is said to be missing', async () => {
  await using made = await backup('NONE', false)
  const expected: WrittenBackup = made.written
  const gone = verifyBackup(made.destination, 'elsewhere.dump', expected, signal, nobody)
  expect((await faultOf(gone)).code).toBe('storage-file-missing')
})

test('pieces that fail, and an abort, leave nothing', async () => {
  await using folder = await TestFolder.create()
  const destination = new FolderDestination(folder.path)
  async function* failing() {
    yield plain
    throw new Error('the dump failed')
  }
  const failed = writeBackup(destination, 'a', failing(), key, signal, nobody)
  expect((await failed.catch((error) => error)).message).toBe('the dump failed')

  const abort = new AbortController()
  const reason = new Error('the run was cancelled')
  let ended = false
  async function* endless() {
    try {
      for (;;) yield plain
    } finally {
      ended = true
    }
  }
  const cancelled = writeBackup(destination, 'b', endless(), key, abort.signal, () => abort.abort(reason))
  expect(await cancelled.catch((error) => error)).toBe(reason)
  expect(ended).toBeTrue()
  expect(await readdir(folder.path)).toEqual([])
})

test('an abort ends reading back and opening', async () => {
  await using made = await backup('ZSTD', true)
  const reason = new Error('the run was cancelled')
  const verifying = new AbortController()
  const verified = verifyBackup(made.destination, PATH, made.written, verifying.signal, () =>
    verifying.abort(reason),
  )
  expect(await verified.catch((error) => error)).toBe(reason)
  const opening = new AbortController()
  const drain = async () => {
    for await (const _ of openBackup(made.destination, PATH, made.sidecar, key, opening.signal)) {
      opening.abort(reason)
    }
  }
  expect(await drain().catch((error) => error)).toBe(reason)
})

test('a destination that takes only a part is not believed', async () => {
  await using folder = await TestFolder.create()
  class Lazy extends FolderDestination {
    override async put(_path: string, pieces: AsyncIterable<Uint8Array>) {
      for await (const _ of pieces) break
    }
  }
  const work = writeBackup(new Lazy(folder.path), 'a', cut(plain, 1000), undefined, signal, nobody)
  expect((await faultOf(work)).code).toBe('storage-failed')
})
