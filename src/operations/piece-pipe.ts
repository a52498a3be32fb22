/** A stream from one who writes to one who reads, with no more than so many bytes in between. */
export class PiecePipe {
  readonly #most: number
  readonly #pieces: Uint8Array[] = []
  #bytes = 0
  #ended: { readonly error?: unknown } | undefined
  #changed = Promise.withResolvers<void>()

  constructor(mostBytes: number) {
    this.#most = mostBytes
  }

  /** Waits until there is room; then takes a piece, however large. Throws the signal's reason. */
  async write(piece: Uint8Array, signal: AbortSignal): Promise<void> {
    const tell = () => this.#tell()
    signal.addEventListener('abort', tell, { once: true })
    try {
      while (this.#bytes >= this.#most && !signal.aborted) await this.#changed.promise
      signal.throwIfAborted()
    } finally {
      signal.removeEventListener('abort', tell)
    }
    this.#pieces.push(piece)
    this.#bytes += piece.length
    this.#tell()
  }

  /** Does the work that writes, and tells the reader how it ended. Gives and throws what the work does. */
  async during<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      const result = await work()
      this.end()
      return result
    } catch (error) {
      this.fail(error)
      throw error
    }
  }

  /** Nothing more will come. */
  end(): void {
    this.#ended ??= {}
    this.#tell()
  }

  /** The stream is no good: whoever reads it gets the error, whatever still lies in between. */
  fail(error: unknown): void {
    this.#ended = { error }
    this.#tell()
  }

  async *read(): AsyncGenerator<Uint8Array> {
    for (;;) {
      if (this.#ended && 'error' in this.#ended) throw this.#ended.error
      const piece = this.#pieces.shift()
      if (piece) {
        this.#bytes -= piece.length
        this.#tell()
        yield piece
      } else if (this.#ended) return
      else await this.#changed.promise
    }
  }

  #tell(): void {
    this.#changed.resolve()
    this.#changed = Promise.withResolvers()
  }
}
