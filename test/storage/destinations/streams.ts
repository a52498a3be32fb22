/** Bytes that look random and are the same for the same seed. */
export function pseudoRandom(size: number, seed = 1): Buffer {
  const words = new Uint32Array(Math.ceil(size / 4))
  let state = seed
  for (let index = 0; index < words.length; index += 1) {
    // xorshift32 (Marsaglia 2003)
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    words[index] = state
  }
  return Buffer.from(words.buffer, 0, size)
}

/** A stream of some bytes in pieces of odd sizes, empty ones among them. */
export async function* inOddPieces(bytes: Buffer): AsyncGenerator<Uint8Array> {
  const sizes = [1, 0, 4_096, 65_537, 3, 1_048_577, 131_071, 7_000_001]
  for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
    const size = sizes[turn % sizes.length] as number
    yield bytes.subarray(at, at + size)
    at += size
  }
}

/** As many megabytes as asked for, one after the other; `onPiece` hears of each. */
export async function* megabytes(
  count: number,
  onPiece: (number: number) => void | Promise<void> = () => {},
) {
  const piece = pseudoRandom(1024 * 1024)
  for (let number = 1; number <= count; number += 1) {
    await onPiece(number)
    yield piece
  }
}

export async function* text(content: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(content)
}

export async function bytesOf(pieces: AsyncIterable<Uint8Array>): Promise<Buffer> {
  return Buffer.concat(await Array.fromAsync(pieces))
}
