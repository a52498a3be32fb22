import { archiveInTar } from '../../archive/tar/read.ts'
import type { Secret } from '../../lib/secret.ts'
import { openBackup } from '../../storage/backup-file.ts'
import type { Destination } from '../../storage/destinations/destination.ts'
import type { Sidecar } from '../../storage/sidecar.ts'

/** A backup where it is stored, with what opens it. */
export interface StoredCopy {
  readonly destination: Destination
  readonly path: string
  readonly sidecar: Sidecar
  readonly key?: Secret | undefined
}

/** The archive of one database in a backup, read from its destination anew each time. Throws as `openBackup` does. */
export function openDatabase(
  { destination, path, sidecar, key }: StoredCopy,
  database: string,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const pieces = openBackup(destination, path, sidecar, key, signal)
  return sidecar.databases.length > 1 ? archiveInTar(pieces, database) : pieces
}
