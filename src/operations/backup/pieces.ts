/** Pieces that may wait between who makes them and who takes them: a megabyte or two, since one has up to 256 kB packed. */
const PIECES_WAITING = 8

/**
 * A pipe from one who writes to one who reads, both in this process, with back pressure: `write` waits while too much
 * waits to be read.
 */
export class PieceStream {
  readonly #stream = new TransformStream<Uint8Array, Uint8Array>(
    undefined,
    new CountQueuingStrategy({ highWaterMark: PIECES_WAITING }),
  )
  readonly #writer = this.#stream.writable.getWriter()

  readonly write = async (piece: Uint8Array): Promise<void> => {
    await this.#writer.ready
    // What fails here is heard by `ready`, by `end`, and by whoever reads.
    this.#writer.write(piece).catch(() => {})
  }

  async end(): Promise<void> {
    await this.#writer.close()
  }

  /** Whoever reads gets the error. */
  async fail(error: unknown): Promise<void> {
    await this.#writer.abort(error).catch(() => {})
  }

  get pieces(): AsyncIterable<Uint8Array> {
    return this.#stream.readable
  }
}
