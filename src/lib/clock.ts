/** Time as an argument, so that tests turn the hands. */
export interface Clock {
  /** The date and time of day. */
  now(): Date
  /** Milliseconds on a clock that never goes back; only differences mean anything. */
  elapsed(): number
}

export const systemClock: Clock = {
  now: () => new Date(),
  elapsed: () => performance.now(),
}
