import type { SFTPWrapper } from 'ssh2'
import { orAborted } from '../../lib/or-aborted.ts'
import { fromSource } from './source.ts'
import { underway } from './underway.ts'

/** Of one request; OpenSSH takes up to 256 KiB, and ssh2 cuts it for servers that take less. */
const PIECE = 128 * 1024
/** Requests on their way at once: 2 MiB, which at 100 ms to the server and back are 20 MB/s. */
const REQUESTS = 16

/** A call of ssh2 that answers by a callback, as a promise. */
export function asked<T = void>(
  call: (done: (error: Error | null | undefined, value: T) => void) => void,
): Promise<T> {
  return new Promise((resolve, reject) => {
    call((error, value) => (error ? reject(error) : resolve(value)))
  })
}

/** Writes a stream into a file that is open. All requests have been answered, or the connection is gone, when it ends. */
export async function writeStream(
  sftp: SFTPWrapper,
  handle: Buffer,
  pieces: AsyncIterable<Uint8Array>,
  aborted: AbortSignal,
): Promise<void> {
  const failed = new AbortController()
  const signal = AbortSignal.any([aborted, failed.signal])
  const writing = underway((error) => failed.abort(error))
  let position = 0
  try {
    for await (const piece of fromSource(pieces, signal)) {
      const bytes = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength)
      for (let offset = 0; offset < bytes.length; offset += PIECE) {
        const length = Math.min(PIECE, bytes.length - offset)
        const at = position
        writing.begin(asked((done) => sftp.write(handle, bytes, offset, length, at, done)))
        position += length
        await orAborted(writing.room(REQUESTS), signal)
      }
    }
  } finally {
    if (!aborted.aborted) await writing.settled()
  }
  signal.throwIfAborted()
}

/** The bytes of a file that is open, from `start` to `size`. */
export async function* readStream(
  sftp: SFTPWrapper,
  handle: Buffer,
  start: number,
  size: number,
): AsyncGenerator<Uint8Array> {
  const asking: Promise<Buffer>[] = []
  try {
    for (let position = start; ; ) {
      while (asking.length < REQUESTS && position < size) {
        const length = Math.min(PIECE, size - position)
        const reading = readWhole(sftp, handle, position, length)
        // It is waited for in its turn; until then a failure is nobody's.
        reading.catch(() => {})
        asking.push(reading)
        position += length
      }
      const next = asking.shift()
      if (!next) return
      yield await next
    }
  } finally {
    await Promise.allSettled(asking)
  }
}

/** A server may answer with fewer bytes than were asked for. */
async function readWhole(
  sftp: SFTPWrapper,
  handle: Buffer,
  position: number,
  length: number,
): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(length)
  for (let read = 0; read < length; ) {
    const got = await asked<number>((done) =>
      sftp.read(handle, bytes, read, length - read, position + read, done as never),
    )
    if (got === 0) throw new Error('the file became shorter while it was read')
    read += got
  }
  return bytes
}
