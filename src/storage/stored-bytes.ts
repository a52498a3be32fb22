/** What is stored, as it was counted and summed up on its way. */
export class StoredBytes {
  readonly #hash = new Bun.CryptoHasher('sha256')
  #size = 0
  #whole = false

  /** Lets a stream through and tells how many bytes each of its pieces has. */
  async *through(
    pieces: AsyncIterable<Uint8Array>,
    signal: AbortSignal,
    onBytes: (bytes: number) => void,
  ): AsyncGenerator<Uint8Array> {
    for await (const piece of pieces) {
      signal.throwIfAborted()
      this.#hash.update(piece)
      this.#size += piece.length
      onBytes(piece.length)
      yield piece
    }
    signal.throwIfAborted()
    this.#whole = true
  }

  /** The stream went through to its end. */
  get whole(): boolean {
    return this.#whole
  }

  /** Bytes so far. */
  get size(): number {
    return this.#size
  }

  /** SHA-256 so far, hexadecimal. */
  get checksum(): string {
    return this.#hash.copy().digest('hex')
  }
}
