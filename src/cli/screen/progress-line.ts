import type { Progress } from '../../operations/context.ts'
import { count, duration } from './words.ts'

/** A terminal line is drawn at most this often. */
const REDRAW_MILLISECONDS = 100

const STAGES: Readonly<Record<string, string>> = {
  init: 'installing functions',
  plan: 'reading the catalog',
  verify: 'verifying rules',
  check: 'checking constraints',
  values: 'trying rules on values',
  views: 'making views',
  structure: 'dumping structure',
  copy: 'copying rows',
  checksum: 'verifying checksums',
  restore: 'restoring',
  prepare: 'making a new database',
  'restore-structure': 'restoring the structure',
  'restore-constraints': 'making indexes and constraints',
  analyze: 'analyzing',
  swap: 'putting it in the place of the target',
  clean: 'cleaning up',
}

/** One line that says how far a stage is, how fast it goes and how long it will take. */
export class ProgressLine {
  readonly #stream: NodeJS.WriteStream
  #stage: { name: string; since: number; rowsAtStart: number } | undefined
  #drawnAt = 0
  #shown = false

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream
  }

  show(progress: Progress): void {
    const now = performance.now()
    const text = this.describe(progress)
    if (now - this.#drawnAt < REDRAW_MILLISECONDS && progress.done < progress.total) return
    this.#drawnAt = now
    this.#shown = true
    const width = Math.max(20, (this.#stream.columns ?? 80) - 1)
    this.#stream.write(`\r\x1b[2K${[...text].slice(0, width).join('')}`)
  }

  clear(): void {
    if (!this.#shown) return
    this.#shown = false
    this.#stream.write('\r\x1b[2K')
  }

  describe(progress: Progress): string {
    const now = performance.now()
    if (this.#stage?.name !== progress.stage) {
      this.#stage = { name: progress.stage, since: now, rowsAtStart: progress.rows ?? 0 }
    }
    const seconds = (now - this.#stage.since) / 1000
    const parts = [STAGES[progress.stage] ?? progress.stage]
    if (progress.total > 1) parts.push(`${Math.floor((100 * progress.done) / progress.total)} %`)
    if (progress.rows !== undefined) parts.push(`${count(progress.rows)} rows`)
    // Rates and forecasts mean something after a second of work.
    if (seconds >= 1 && progress.rows !== undefined) {
      parts.push(`${count(Math.round((progress.rows - this.#stage.rowsAtStart) / seconds))} rows/s`)
    }
    if (seconds >= 1 && progress.done > 0 && progress.done < progress.total) {
      parts.push(`${duration((seconds * (progress.total - progress.done)) / progress.done)} left`)
    }
    if (progress.item !== undefined) parts.push(progress.item)
    return parts.join('  ').replaceAll(/\p{Cc}/gu, ' ')
  }
}
