import type { Clock } from '../lib/clock.ts'

const WINDOW_MILLISECONDS = 60_000

/** More clients than this within a minute: windows that have passed are swept out at every request. */
const MANY_CLIENTS = 10_000

interface Window {
  count: number
  readonly endsAt: number
}

export interface Taken {
  readonly allowed: boolean
  /** The first request beyond the limit in its minute: one line of the audit log is enough. */
  readonly isFirstRefused: boolean
  /** Whole seconds until the next request may come. */
  readonly retryAfter: number
}

/** So many a minute for each client; a client's minute begins with its first request. */
export class RateLimit {
  readonly #limit: number
  readonly #clock: Clock
  readonly #windows = new Map<string, Window>()

  constructor(limit: number, clock: Clock) {
    this.#limit = limit
    this.#clock = clock
  }

  take(client: string): Taken {
    const now = this.#clock.elapsed()
    let window = this.#windows.get(client)
    if (!window || window.endsAt <= now) {
      if (this.#windows.size >= MANY_CLIENTS) this.#sweep(now)
      window = { count: 0, endsAt: now + WINDOW_MILLISECONDS }
      this.#windows.set(client, window)
    }
    window.count++
    return {
      allowed: window.count <= this.#limit,
      isFirstRefused: window.count === this.#limit + 1,
      retryAfter: Math.max(1, Math.ceil((window.endsAt - now) / 1000)),
    }
  }

  #sweep(now: number): void {
    for (const [client, { endsAt }] of this.#windows) if (endsAt <= now) this.#windows.delete(client)
  }
}
