import { constants } from 'node:fs'
import { type FileHandle, lstat, mkdir, open, readdir, rename, rm, rmdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { placeWithin } from '../../lib/contained-path.ts'
import { Fault } from '../../lib/fault.ts'
import type { LocalFsConfig } from './config.ts'
import type { Destination, StoredFile } from './destination.ts'
import { fileMissing, storageFailed } from './faults.ts'
import { fileNames, folderNames, isPartial, isPlain, partialName } from './names.ts'
import { untilAborted } from './source.ts'

const READ_BYTES = 256 * 1024

const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EACCES: 'permission was denied',
  EPERM: 'permission was denied',
  EROFS: 'the file system is read-only',
  ENOTDIR: 'there is a file where a folder must be',
  EEXIST: 'there is a file where a folder must be',
  ELOOP: 'there is a link on the way',
  ENOENT: 'the folder vanished meanwhile',
}

/** A folder of this machine. Files are for their owner alone. */
export function localFs({ basePath }: LocalFsConfig): Destination {
  return {
    async put(path, pieces, signal) {
      const names = fileNames(path)
      const folders = names.slice(0, -1)
      const onDisk = <T>(work: () => Promise<T>) => told('Writing', path, work)
      signal.throwIfAborted()
      const [partial, handle] = await onDisk(() => openPartial(basePath, names))
      try {
        try {
          for await (const piece of untilAborted(pieces, signal))
            await onDisk(() => writeWhole(handle, piece))
          await onDisk(() => handle.sync())
        } finally {
          await handle.close()
        }
        signal.throwIfAborted()
        await onDisk(async () => rename(partial, await placeWithin(basePath, names, 'file')))
      } catch (error) {
        await rm(partial, { force: true }).catch(() => {})
        await removeEmptyFolders(basePath, folders)
        throw error
      }
      await onDisk(() => syncFolders(basePath, folders))
    },

    async *get(path, signal, start = 0) {
      const names = fileNames(path)
      const handle = await told('Reading', path, async () => {
        signal.throwIfAborted()
        return openToRead(await placeIfThere(basePath, names), path)
      })
      try {
        for (let position = start; ; ) {
          signal.throwIfAborted()
          const { bytesRead, buffer } = await told('Reading', path, () =>
            handle.read(Buffer.allocUnsafe(READ_BYTES), 0, READ_BYTES, position),
          )
          if (bytesRead === 0) return
          position += bytesRead
          yield buffer.subarray(0, bytesRead)
        }
      } finally {
        await handle.close()
      }
    },

    async find(path, signal) {
      const names = fileNames(path)
      signal.throwIfAborted()
      return told('Looking', path, async () => {
        const place = await placeIfThere(basePath, names)
        return place === undefined ? undefined : stored(place, path)
      })
    },

    async *list(folder, signal) {
      for await (const path of filesBelow(basePath, folderNames(folder), signal)) {
        if (!isPlain(path)) continue
        const file = await told('Listing', folder, () => stored(join(basePath, path), path))
        if (file) yield file
      }
    },

    async remove(path, signal) {
      const names = fileNames(path)
      signal.throwIfAborted()
      await told('Removing', path, async () => {
        const place = await placeIfThere(basePath, names)
        if (place === undefined) return
        await rm(place, { force: true })
        await syncFolder(dirname(place))
        await removeEmptyFolders(basePath, names.slice(0, -1))
      })
    },

    async sweep(folder, signal) {
      for await (const path of filesBelow(basePath, folderNames(folder), signal)) {
        const names = path.split('/')
        if (!isPartial(names.at(-1) ?? '')) continue
        await told('Sweeping', folder, () => rm(join(basePath, path), { force: true }))
        await removeEmptyFolders(basePath, names.slice(0, -1))
      }
    },

    async [Symbol.asyncDispose]() {},
  }
}

/** Another run may take the folder away, as an empty one, between its making and the opening: then once more. */
async function openPartial(basePath: string, names: readonly string[]): Promise<[string, FileHandle]> {
  for (let attempt = 1; ; attempt += 1) {
    await mkdir(basePath, { recursive: true, mode: 0o700 })
    const place = await placeWithin(basePath, names, 'file')
    const partial = partialName(place)
    try {
      await mkdir(dirname(place), { recursive: true, mode: 0o700 })
      return [partial, await open(partial, 'wx', 0o600)]
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || attempt === 5) throw error
    }
  }
}

async function writeWhole(handle: FileHandle, piece: Uint8Array): Promise<void> {
  for (let written = 0; written < piece.length; ) {
    const { bytesWritten } = await handle.write(piece, written, piece.length - written)
    written += bytesWritten
  }
}

async function openToRead(place: string | undefined, path: string): Promise<FileHandle> {
  if (place === undefined) throw fileMissing(path)
  try {
    return await open(place, constants.O_RDONLY | constants.O_NOFOLLOW)
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'ENOENT' ? fileMissing(path) : error
  }
}

/** Undefined where there is nothing, or a folder. Throws `path-refused` where a link is on the way. */
async function placeIfThere(basePath: string, names: readonly string[]): Promise<string | undefined> {
  try {
    const place = await placeWithin(basePath, names, 'either')
    return (await lstat(place)).isFile() ? place : undefined
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

async function stored(place: string, path: string): Promise<StoredFile | undefined> {
  try {
    const { size, mtime } = await lstat(place)
    return { path, size, modifiedAt: mtime }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** Paths of all files, partial ones too; links are neither files nor folders. */
async function* filesBelow(
  basePath: string,
  names: readonly string[],
  signal: AbortSignal,
): AsyncGenerator<string> {
  signal.throwIfAborted()
  const entries = await told('Listing', names.join('/'), async () => {
    try {
      const place = await placeWithin(basePath, names, 'folder')
      return await readdir(place, { withFileTypes: true })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
      throw error
    }
  })
  for (const entry of entries) {
    const path = [...names, entry.name].join('/')
    if (entry.isFile()) yield path
    else if (entry.isDirectory()) yield* filesBelow(basePath, [...names, entry.name], signal)
  }
}

/** From the innermost up; the root stays. One that is in use, or gone, is no error. */
async function removeEmptyFolders(basePath: string, names: readonly string[]): Promise<void> {
  for (let depth = names.length; depth > 0; depth -= 1) {
    const removed = await rmdir(join(basePath, ...names.slice(0, depth))).then(
      () => true,
      () => false,
    )
    if (!removed) return
  }
}

/** A rename is safe on disk once its folder is, and a new folder once the one above is. */
async function syncFolders(basePath: string, names: readonly string[]): Promise<void> {
  for (let depth = names.length; depth >= 0; depth -= 1) {
    await syncFolder(join(basePath, ...names.slice(0, depth)))
  }
}

/** Some file systems refuse to sync a folder; they need none. */
async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, 'r')
  try {
    await handle.sync().catch(() => {})
  } finally {
    await handle.close()
  }
}

/** The errors of the file system, as faults; what the source of a file throws stays as it is. */
async function told<T>(act: string, path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const { code, syscall } = error as NodeJS.ErrnoException
    if (error instanceof Fault || syscall === undefined || code === undefined) throw error
    throw storageFailed(
      act,
      path,
      REASONS[code] ?? code,
      'Look at basePath: its disk, its owner and its permissions.',
    )
  }
}
