import type { ManifestFile, ManifestTable } from '../../archive/manifest.ts'
import { HashingThread } from '../../storage/checksum/hashing-thread.ts'
import { sumOfPart } from '../../storage/checksum/part-sum.ts'
import {
  type ListedPart,
  listedFiles,
  partsOf,
  refuseChanged,
  refuseOtherSize,
  type StoredArchive,
} from '../../storage/stored-archive.ts'
import type { Context } from '../context.ts'
import { both, defaultLanes, runLanes } from '../lanes.ts'

/** What takes 3 ms to read again; to begin a thread takes 7. */
const LARGE_BYTES = 4 * 1024 * 1024

/** Small files that are read before anything else has its turn. */
const FILES_AT_ONCE = 32

/**
 * Reads the files of some tables, and those of no table, again and compares them with the manifest's checksums. The parts
 * of large ones are read by threads: one alone would keep 64 cores waiting for 9 minutes at 800 GB. Throws
 * `archive-damaged`.
 */
export async function verifyFiles(
  context: Context,
  archive: StoredArchive,
  tables: readonly ManifestTable[],
): Promise<void> {
  const wanted = new Set(tables.map((table) => table.file))
  const others = new Set(archive.manifest.files.map((file) => file.file))
  const files = listedFiles(archive.manifest).filter(({ file }) => wanted.has(file) || others.has(file))
  const total = files.reduce((sum, file) => sum + file.fileBytes, 0)
  let done = 0
  const tell = ({ bytes }: ListedPart) => {
    done += bytes
    context.onProgress({ stage: 'checksum', done, total })
  }
  const large = files.filter(({ fileBytes }) => fileBytes >= LARGE_BYTES)
  const small = files.filter(({ fileBytes }) => fileBytes < LARGE_BYTES)
  // Before hours of reading.
  for (const file of large) refuseOtherSize(archive, file)
  await both(
    context.signal,
    (signal) => verifyByThreads(archive, large, signal, tell),
    (signal) => verifyHere(archive, small, signal, tell),
  )
}

async function verifyByThreads(
  archive: StoredArchive,
  files: readonly ManifestFile[],
  signal: AbortSignal,
  tell: (part: ListedPart) => void,
): Promise<void> {
  await runLanes(files.flatMap(partsOf), {
    lanes: defaultLanes(),
    signal,
    open: async () => new HashingThread(),
    work: async (thread, part, aborted) => {
      await refuseChanged(archive, part, aborted, (where) => thread.sumOfPart(where, aborted))
      tell(part)
    },
    close: async (thread) => thread[Symbol.dispose](),
  })
}

async function verifyHere(
  archive: StoredArchive,
  files: readonly ManifestFile[],
  signal: AbortSignal,
  tell: (part: ListedPart) => void,
): Promise<void> {
  for (const [at, file] of files.entries()) {
    // Lets an interrupt be heard between small files.
    if (at % FILES_AT_ONCE === 0) await Bun.sleep(0)
    signal.throwIfAborted()
    for (const part of partsOf(file)) {
      await refuseChanged(archive, part, signal, sumOfPart)
      tell(part)
    }
  }
}
