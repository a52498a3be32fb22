import { Fault } from '../lib/fault.ts'
import type { Secret } from '../lib/secret.ts'
import { decompress } from './compression/compression.ts'
import type { Destination } from './destinations/destination.ts'
import { seal, unseal } from './sealing/streaming-aead.ts'
import type { Sidecar } from './sidecar.ts'
import { StoredBytes } from './stored-bytes.ts'

/** What a backup amounts to in its destination. */
export interface WrittenBackup {
  /** Bytes. */
  readonly size: number
  /** SHA-256, hexadecimal. */
  readonly checksum: string
}

/**
 * Writes pieces that are packed already, sealed where there is a key, and sums up what is stored. `onBytes` hears the
 * bytes of each stored piece. It is no backup before its sidecar is published. Throws `storage-failed` and what the
 * pieces throw.
 */
export async function writeBackup(
  destination: Destination,
  path: string,
  pieces: AsyncIterable<Uint8Array>,
  key: Secret | Uint8Array | undefined,
  signal: AbortSignal,
  onBytes: (bytes: number) => void,
): Promise<WrittenBackup> {
  const stored = new StoredBytes()
  await destination.put(path, stored.through(key ? seal(pieces, key) : pieces, signal, onBytes), signal)
  if (!stored.whole) {
    throw new Fault('storage-failed', 'The destination did not take the whole backup.', {
      place: { file: path },
    })
  }
  return { size: stored.size, checksum: stored.checksum }
}

/**
 * Reads a backup back, all of it, and compares it with what was written. Throws `backup-damaged`,
 * `storage-file-missing`, `storage-failed`.
 */
export async function verifyBackup(
  destination: Destination,
  path: string,
  expected: WrittenBackup,
  signal: AbortSignal,
  onBytes: (bytes: number) => void,
): Promise<void> {
  const stored = new StoredBytes()
  for await (const _ of stored.through(destination.get(path, signal), signal, onBytes)) {
    if (stored.size > expected.size) break
  }
  compare(path, stored, expected)
}

/**
 * The pg_dump archive, or the tar of several, that a backup holds. Verified segment by segment where it is sealed, and
 * against the sidecar's checksum at its end: only a stream that ends without a fault is the whole backup. Throws
 * `profile-unknown` where it is sealed and there is no key, and while it is read `sealed-with-another-key`,
 * `sealed-damaged`, `backup-damaged`, `storage-file-missing`, `storage-failed`.
 */
export function openBackup(
  destination: Destination,
  path: string,
  sidecar: Sidecar,
  key: Secret | Uint8Array | undefined,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  if (sidecar.encryption && !key) {
    throw new Fault('profile-unknown', 'The backup is sealed, and the key that opens it is not here.', {
      place: { file: path },
      remedy: `It was sealed with the encryption profile ${sidecar.encryption.profileId}.`,
    })
  }
  const packed = copyBackup(destination, path, sidecar, sidecar.encryption ? key : undefined, signal)
  return decompress(packed, sidecar.compression, path)
}

/**
 * The bytes of a backup as they are packed, opened where there is a key, as they are stored where there is none. The last
 * piece comes after the whole was compared with the sidecar: what was changed never looks complete. Throws while it is
 * read what `openBackup` throws.
 */
export async function* copyBackup(
  destination: Destination,
  path: string,
  sidecar: Sidecar,
  key: Secret | Uint8Array | undefined,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const stored = new StoredBytes()
  const pieces = stored.through(destination.get(path, signal), signal, () => {})
  let held: Uint8Array | undefined
  for await (const piece of key ? unseal(pieces, key, path) : pieces) {
    if (held) yield held
    held = piece
  }
  compare(path, stored, sidecar)
  if (held) yield held
  // Whoever aborts while the last of it is unpacked is heard, too.
  signal.throwIfAborted()
}

function compare(path: string, stored: StoredBytes, expected: WrittenBackup): void {
  if (stored.size !== expected.size) {
    const found = stored.whole ? `${stored.size}` : `more than ${expected.size}`
    throw damaged(path, `it has ${found} bytes instead of ${expected.size}`)
  }
  if (stored.checksum !== expected.checksum) throw damaged(path, 'it was changed')
}

function damaged(path: string, what: string): Fault {
  return new Fault('backup-damaged', `The backup is damaged: ${what}.`, {
    place: { file: path },
    remedy: 'Use another backup, or fetch the file again from where it was copied.',
  })
}
