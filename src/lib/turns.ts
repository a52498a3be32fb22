/** Lets one at a time do something, in the order in which they asked. */
export class Turns {
  #last: Promise<void> = Promise.resolve()

  /** Resolves when it is one's turn. Call what it gives when done; further calls do nothing. */
  async take(): Promise<() => void> {
    const before = this.#last
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#last = promise
    await before
    return resolve
  }
}
