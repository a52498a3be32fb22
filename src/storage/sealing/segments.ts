/** A segment of a stream. Its bytes are good until the next one is asked for. */
export interface Segment {
  readonly bytes: Uint8Array
  /** Nothing follows it. */
  readonly last: boolean
}

/**
 * Cuts a stream into a first segment of `first` bytes and others of `rest`, whatever the sizes of its pieces. The last
 * one is shorter or full, and empty only where the whole stream is. A full segment waits until a byte behind it is seen,
 * since only then is it known not to be the last.
 */
export async function* inSegments(
  pieces: AsyncIterable<Uint8Array>,
  first: number,
  rest: number,
): AsyncGenerator<Segment> {
  const buffer = new Uint8Array(Math.max(first, rest))
  let size = 0
  let full = first
  for await (const piece of pieces) {
    for (let at = 0; at < piece.length; ) {
      if (size === full) {
        yield { bytes: buffer.subarray(0, size), last: false }
        size = 0
        full = rest
      }
      const part = piece.subarray(at, at + full - size)
      buffer.set(part, size)
      size += part.length
      at += part.length
    }
  }
  yield { bytes: buffer.subarray(0, size), last: true }
}
