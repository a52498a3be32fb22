import { readHead, type Toc } from '../../archive/toc/toc.ts'
import { Fault } from '../../lib/fault.ts'

/** The table of contents that an archive begins with, read and as bytes. */
export interface ArchiveHead {
  readonly toc: Toc
  readonly bytes: Uint8Array
}

/** A custom archive that comes as a stream: its head, and all of it from its first byte. */
export interface ArchiveStream {
  readonly head: ArchiveHead
  whole(): AsyncIterable<Uint8Array>
}

/** No table of contents is longer: 2,000 tables of 20 columns take 4 MB. */
const MOST_HEAD_BYTES = 256 * 1024 * 1024

const FIRST_LOOK_BYTES = 64 * 1024

/**
 * Reads the head of a stream that can be opened again, and opens it anew for the whole: what is between may take longer
 * than a storage waits. Throws what the stream throws, `backup-damaged`, `archive-format`.
 */
export async function reopenedStream(
  open: () => AsyncIterable<Uint8Array>,
  mostBytes = MOST_HEAD_BYTES,
): Promise<ArchiveStream> {
  // How long it is says the description beside the backup, which others may have written.
  const { head, pieces } = await readBegin(open(), Math.min(mostBytes, MOST_HEAD_BYTES))
  await pieces.return?.()
  return { head, whole: () => withSameHead(head, open()) }
}

/** Reads the head of a stream that comes once; the whole of it can be had once too. Throws as `reopenedStream` does. */
export async function continuedStream(stream: AsyncIterable<Uint8Array>): Promise<ArchiveStream> {
  const { head, begin, pieces } = await readBegin(stream, MOST_HEAD_BYTES)
  return {
    head,
    whole: async function* () {
      yield begin
      yield* { [Symbol.asyncIterator]: () => pieces }
    },
  }
}

async function readBegin(
  stream: AsyncIterable<Uint8Array>,
  mostBytes: number,
): Promise<{ head: ArchiveHead; begin: Uint8Array; pieces: AsyncIterator<Uint8Array> }> {
  const pieces = stream[Symbol.asyncIterator]()
  const gathered: Uint8Array[] = []
  let bytes = 0
  let look = FIRST_LOOK_BYTES
  for (;;) {
    const { value, done } = await pieces.next()
    if (!done) {
      gathered.push(value)
      bytes += value.length
    }
    // Each look reads from the beginning, so that each is at twice the length of the one before.
    if (!done && bytes < Math.min(look, mostBytes)) continue
    look = 2 * bytes
    const begin = new Uint8Array(Buffer.concat(gathered))
    const found = readHead(begin)
    if (found) return { head: checked(found.toc, begin.subarray(0, found.length)), begin, pieces }
    if (done || bytes > 2 * mostBytes) throw endsEarly()
  }
}

function checked(toc: Toc, bytes: Uint8Array): ArchiveHead {
  if (toc.header.format === 'custom' && toc.header.compression === 0) return { toc, bytes }
  throw new Fault('archive-format', 'The stream is no custom archive of pgveil.', {
    remedy: 'Restore it with pg_restore.',
  })
}

/** What was checked must be what is restored. */
async function* withSameHead(
  head: ArchiveHead,
  stream: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  let at = 0
  for await (const piece of stream) {
    const expected = head.bytes.subarray(at, at + piece.length)
    if (!Buffer.from(expected).equals(piece.subarray(0, expected.length))) {
      throw new Fault('backup-damaged', 'The backup is another one than a moment ago.', {
        remedy: 'Somebody replaced it. Try again.',
      })
    }
    at += piece.length
    yield piece
  }
}

function endsEarly(): Fault {
  return new Fault('backup-damaged', 'The backup ends in its table of contents.', {
    remedy: 'Fetch it again from where it was copied, or take another one.',
  })
}
