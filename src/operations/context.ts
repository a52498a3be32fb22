import type { Clock } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'

/** How far an operation is. `done` and `total` are in the stage's own measure: bytes, tables or checks. */
export interface Progress {
  readonly stage: string
  readonly done: number
  readonly total: number
  /** Rows that went through so far, where the stage moves rows. */
  readonly rows?: number | undefined
  /** What is being worked on: a table's name. */
  readonly item?: string | undefined
}

/** What every operation is given: how to be stopped, how to speak, and what time it is. */
export interface Context {
  readonly signal: AbortSignal
  readonly log: Log
  readonly clock: Clock
  readonly onProgress: (progress: Progress) => void
}
