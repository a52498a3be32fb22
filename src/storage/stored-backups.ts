import pLimit from 'p-limit'
import { Fault } from '../lib/fault.ts'
import type { Destination, StoredFile } from './destinations/destination.ts'
import { readSidecar, SIDECAR_SUFFIX, type Sidecar, writeSidecar } from './sidecar.ts'

/** A backup of a destination: its file, and what its sidecar says. */
export interface StoredBackup {
  readonly file: StoredFile
  readonly sidecar: Sidecar
}

export interface StoredBackups {
  /** The newest first. */
  readonly backups: readonly StoredBackup[]
  /** Files that no sidecar stands beside: unfinished backups, or what others put there. */
  readonly withoutSidecar: readonly StoredFile[]
  /** Sidecars of files that are not there. */
  readonly withoutFile: readonly StoredFile[]
  /** Files whose sidecar cannot be read, and why. */
  readonly unreadable: readonly { readonly file: StoredFile; readonly fault: Fault }[]
}

/** Sidecars read at once: over a network the time goes into waiting. */
const READS_AT_ONCE = 8

/** One of 5,000 tables with 20 columns each has about 4 MB. */
const MAX_SIDECAR_BYTES = 64 * 1024 * 1024

/**
 * The names that backups have; `sweepOrphans` removes nothing else, as a folder may hold files of others, and a pg_dump
 * somebody keeps there by hand has no sidecar either.
 */
const BACKUP_NAME = /_\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d(\.\d+)?Z[^/]*\.(dump|tar)(\.(gz|zst))?(\.sealed)?$/

/** Throws `storage-file-missing` where there is none, `backup-format`, `storage-failed`. */
export async function readSidecarOf(
  destination: Destination,
  path: string,
  signal: AbortSignal,
): Promise<Sidecar> {
  const place = path + SIDECAR_SUFFIX
  const pieces: Uint8Array[] = []
  let size = 0
  try {
    for await (const piece of destination.get(place, signal)) {
      size += piece.length
      if (size > MAX_SIDECAR_BYTES) {
        throw new Fault('backup-format', 'The description beside the backup is too large to be one.', {
          place: { file: place },
        })
      }
      pieces.push(piece)
    }
  } catch (error) {
    if (!(error instanceof Fault && error.code === 'storage-file-missing')) throw error
    // Whoever asks has named the backup, and not what lies beside it.
    throw new Fault('storage-file-missing', 'There is no such backup in the destination.', {
      place: { file: path },
      remedy: 'List its files; what has no description beside it is no backup.',
      cause: error,
    })
  }
  const sidecar = readSidecar(Buffer.concat(pieces).toString('utf8'), place)
  // Who can write here and has no key must not make us take a file of theirs for one that was sealed.
  if (sidecar.encryption !== null || !path.endsWith('.sealed')) return sidecar
  throw new Fault('backup-format', 'The description says of a sealed backup that it is not.', {
    place: { file: place },
    remedy: 'Somebody changed it. Use another backup, or fetch the description from where it was copied.',
  })
}

/** Makes the file a backup, or describes it anew. Throws `storage-failed`. */
export async function publishSidecar(
  destination: Destination,
  path: string,
  sidecar: Sidecar,
  signal: AbortSignal,
): Promise<void> {
  await destination.put(path + SIDECAR_SUFFIX, once(Buffer.from(writeSidecar(sidecar))), signal)
}

/** Everything below a folder ('' for all). Throws `storage-failed`: a list that could not be read is never an empty one. */
export async function listBackups(
  destination: Destination,
  folder: string,
  signal: AbortSignal,
): Promise<StoredBackups> {
  const { pairs, withoutSidecar, withoutFile } = await pair(destination, folder, signal)
  const backups: StoredBackup[] = []
  const gone: StoredFile[] = []
  const unreadable: { file: StoredFile; fault: Fault }[] = []
  const limit = pLimit(READS_AT_ONCE)
  const read = async (file: StoredFile) => {
    try {
      backups.push({ file, sidecar: await readSidecarOf(destination, file.path, signal) })
    } catch (error) {
      if (!(error instanceof Fault)) throw error
      // Retracted since it was listed.
      if (error.code === 'storage-file-missing') gone.push(file)
      else if (error.code === 'backup-format') unreadable.push({ file, fault: error })
      else throw error
    }
  }
  try {
    await Promise.all(pairs.map((file) => limit(read, file)))
  } finally {
    limit.clearQueue()
  }
  return {
    backups: backups.sort(newestFirst),
    withoutSidecar: [...withoutSidecar, ...gone],
    withoutFile,
    unreadable,
  }
}

/**
 * Locks a backup against retention, or unlocks it, and gives its sidecar. Throws `storage-file-missing` where the backup
 * is not there, or is removed meanwhile.
 */
export async function setLocked(
  destination: Destination,
  path: string,
  locked: boolean,
  signal: AbortSignal,
): Promise<Sidecar> {
  const found = await readSidecarOf(destination, path, signal)
  if (found.locked === locked) return found
  const sidecar = { ...found, locked }
  await publishSidecar(destination, path, sidecar, signal)
  if (await destination.find(path, signal)) return sidecar
  await destination.remove(path + SIDECAR_SUFFIX, signal)
  throw new Fault('storage-file-missing', 'The backup is not there any more.', { place: { file: path } })
}

/** Removes a backup: first its sidecar, so that what is half removed is none. Whether it is locked, the caller asks. */
export async function removeBackup(
  destination: Destination,
  path: string,
  signal: AbortSignal,
): Promise<void> {
  await destination.remove(path + SIDECAR_SUFFIX, signal)
  await destination.remove(path, signal)
}

/**
 * Removes what killed runs left below a folder: partial files, files of backups without a sidecar, sidecars without a
 * file. Gives the paths of the latter two. Nobody may be writing there: a backup has no sidecar before it is whole.
 */
export async function sweepOrphans(
  destination: Destination,
  folder: string,
  signal: AbortSignal,
): Promise<string[]> {
  await destination.sweep(folder, signal)
  const { withoutSidecar, withoutFile } = await pair(destination, folder, signal)
  const orphans = [...withoutSidecar, ...withoutFile]
    .map(({ path }) => path)
    .filter((path) => BACKUP_NAME.test(withoutSuffix(path)))
  for (const path of orphans) await destination.remove(path, signal)
  return orphans
}

/** By names alone. */
async function pair(destination: Destination, folder: string, signal: AbortSignal) {
  const files = new Map<string, StoredFile>()
  for await (const file of destination.list(folder, signal)) files.set(file.path, file)
  const all = [...files.values()]
  const sidecars = all.filter(({ path }) => path.endsWith(SIDECAR_SUFFIX))
  const others = all.filter(({ path }) => !path.endsWith(SIDECAR_SUFFIX))
  return {
    pairs: others.filter(({ path }) => files.has(path + SIDECAR_SUFFIX)),
    withoutSidecar: others.filter(({ path }) => !files.has(path + SIDECAR_SUFFIX)),
    withoutFile: sidecars.filter(({ path }) => !files.has(withoutSuffix(path))),
  }
}

function withoutSuffix(path: string): string {
  return path.endsWith(SIDECAR_SUFFIX) ? path.slice(0, -SIDECAR_SUFFIX.length) : path
}

function newestFirst(left: StoredBackup, right: StoredBackup): number {
  const byTime = Date.parse(right.sidecar.timestamp) - Date.parse(left.sidecar.timestamp)
  return byTime || (left.file.path < right.file.path ? 1 : -1)
}

async function* once(piece: Uint8Array): AsyncGenerator<Uint8Array> {
  yield piece
}
