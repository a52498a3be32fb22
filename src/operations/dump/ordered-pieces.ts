import { orAborted } from '../../lib/or-aborted.ts'

/**
 * Puts into one stream what several lanes make side by side: all pieces of the first place, then all of the second.
 * Pieces of later places wait in memory up to a bound; beyond it their lane waits until it is their place's turn. Lanes
 * must take up work in the order of the places: then the place whose turn it is always has a lane that never waits for
 * the bound, so that somebody always gets on.
 */
export class OrderedPieces {
  readonly #write: (piece: Uint8Array) => Promise<void>
  readonly #begin: (place: number) => Promise<Uint8Array>
  readonly #places: number
  readonly #most: number
  readonly #early = new Map<number, Uint8Array[]>()
  readonly #ended = new Set<number>()
  #place = -1
  #waitingBytes = 0
  #turn = Promise.withResolvers<void>()
  #written: Promise<void> = Promise.resolve()
  #stopped = false

  /** `begin` makes what stands before the pieces of a place; `most` is the bound in bytes. */
  constructor(options: {
    readonly write: (piece: Uint8Array) => Promise<void>
    readonly begin: (place: number) => Promise<Uint8Array>
    readonly places: number
    readonly most: number
  }) {
    this.#write = options.write
    this.#begin = options.begin
    this.#places = options.places
    this.#most = options.most
    this.#advance()
  }

  /** Takes a piece. Wait for it before the next one of the same place. Throws what a write before threw. */
  async put(place: number, piece: Uint8Array, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    if (place !== this.#place && this.#waitingBytes + piece.length <= this.#most) {
      this.#waitingBytes += piece.length
      this.#early.set(place, [...(this.#early.get(place) ?? []), piece])
      return
    }
    while (place !== this.#place) await orAborted(this.#turn.promise, signal)
    await orAborted(
      this.#send(async () => piece),
      signal,
    )
  }

  /** No more pieces of a place will come. */
  end(place: number): void {
    this.#ended.add(place)
    while (this.#ended.has(this.#place)) this.#advance()
  }

  /** Waits until everything is written. */
  async finish(): Promise<void> {
    await this.#written
  }

  /** Nothing more is written but what is being written now. */
  stop(): void {
    this.#stopped = true
    this.#early.clear()
  }

  /** What has waited goes before anything that comes now, since both are put at the end of one chain. */
  #advance(): void {
    const place = ++this.#place
    if (place < this.#places) this.#send(() => this.#begin(place))
    for (const piece of this.#early.get(place) ?? []) {
      this.#send(async () => {
        this.#waitingBytes -= piece.length
        return piece
      })
    }
    this.#early.delete(place)
    this.#turn.resolve()
    this.#turn = Promise.withResolvers()
  }

  #send(make: () => Promise<Uint8Array>): Promise<void> {
    const sent = this.#written.then(async () => {
      const piece = await make()
      if (this.#stopped) throw new DOMException('The stream was given up.', 'AbortError')
      await this.#write(piece)
    })
    // Whoever writes next, or finishes, hears of a failure.
    sent.catch(() => {})
    this.#written = sent
    return sent
  }
}
