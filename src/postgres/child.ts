import type { Subprocess } from 'bun'

/** How long a child may take to end after SIGTERM before it is killed. pg_restore ends its own children in that time. */
const GRACE_MILLISECONDS = 5000

/** The longest piece of a child's complaints that is kept; the end says why it failed. */
const KEPT_COMPLAINTS = 64 * 1024

/**
 * Ends a child and waits until it is gone: a polite signal first, SIGKILL after the grace. libpq's programs answer
 * SIGINT by cancelling what the server does for them, and pg_dump and pg_restore answer SIGTERM in the same way.
 */
export async function endChild(
  child: Subprocess,
  polite: 'SIGTERM' | 'SIGINT' = 'SIGTERM',
  grace = GRACE_MILLISECONDS,
): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill(polite)
  const kill = setTimeout(() => child.kill('SIGKILL'), grace)
  try {
    await child.exited
  } finally {
    clearTimeout(kill)
  }
}

/** Calls `end` when the signal aborts. Call what it returns once there is nothing left to end. */
export function endOnAbort(signal: AbortSignal, end: () => Promise<void>): () => void {
  if (signal.aborted) end()
  else signal.addEventListener('abort', end, { once: true })
  return () => signal.removeEventListener('abort', end)
}

/** Reads a stream of text line by line; hands each line on, or its end if it is too long, and keeps the last of them. */
export async function readLines(
  stream: ReadableStream<Uint8Array>,
  onLine: (line: string) => void = () => {},
  longestLine = KEPT_COMPLAINTS,
): Promise<string> {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  const kept = new Tail(KEPT_COMPLAINTS)
  const take = (line: Uint8Array) => onLine(decoder.decode(line))
  await readByteLines(stream, take, longestLine, (chunk) => kept.add(chunk))
  return decoder.decode(kept.take())
}

/**
 * Reads a stream line by line, each looked at once however long it is: lines of many megabytes come in thousands of chunks.
 * Hands each line on, or the end of it that has `longestLine` bytes.
 */
export async function readByteLines(
  stream: ReadableStream<Uint8Array>,
  onLine: (line: Uint8Array) => void,
  longestLine: number,
  onChunk: (chunk: Uint8Array) => void = () => {},
): Promise<void> {
  const line = new Tail(longestLine)
  for await (const chunk of stream) {
    onChunk(chunk)
    let begin = 0
    for (let end = chunk.indexOf(LINE_FEED); end !== -1; end = chunk.indexOf(LINE_FEED, begin)) {
      line.add(chunk.subarray(begin, end))
      onLine(line.take())
      begin = end + 1
    }
    line.add(chunk.subarray(begin))
  }
  const rest = line.take()
  if (rest.length > 0) onLine(rest)
}

const LINE_FEED = 0x0a

/** The last bytes of what is added. */
class Tail {
  readonly #most: number
  #pieces: Uint8Array[] = []
  #length = 0

  constructor(most: number) {
    this.#most = most
  }

  add(piece: Uint8Array): void {
    this.#pieces.push(piece)
    this.#length += piece.length
    // Put together again once in a while only, so that each byte is copied a few times at most.
    if (this.#length > 2 * this.#most) this.#keep(this.#joined())
  }

  /** Gives them, and begins anew. */
  take(): Uint8Array {
    const joined = this.#joined()
    this.#keep(new Uint8Array())
    return joined
  }

  #joined(): Uint8Array {
    return Buffer.concat(this.#pieces).subarray(-this.#most)
  }

  #keep(bytes: Uint8Array): void {
    this.#pieces = [bytes]
    this.#length = bytes.length
  }
}
