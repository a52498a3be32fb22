import type { Sleep } from '../../../src/jobs/until-written.ts'
import type { Clock } from '../../../src/lib/clock.ts'

/** A clock that goes on only while somebody sleeps, and stands still when it has come to its end. */
export class Hands implements Clock {
  #now: number
  #until: number
  #reached: () => void = () => {}
  /** Milliseconds of every sleep. */
  readonly sleeps: number[] = []

  constructor(start: string | number) {
    this.#now = this.#until = new Date(start).getTime()
  }

  now = () => new Date(this.#now)
  elapsed = () => this.#now

  /** Sets the clock, without time passing. */
  set(to: string | number): void {
    this.#now = this.#until = new Date(to).getTime()
  }

  /** Time passes while something is at work. */
  pass(milliseconds: number): void {
    this.#now += milliseconds
  }

  /** Lets whoever sleeps go on until a moment, with all that falls on it. Resolves when nothing is left to do before it. */
  runUntil(moment: string | number): Promise<void> {
    this.#until = new Date(moment).getTime()
    const reached = new Promise<void>((resolve) => {
      this.#reached = resolve
    })
    this.#goOn()
    return reached
  }

  /** For one sleeper. */
  sleep: Sleep = (milliseconds, signal) =>
    new Promise((resolve) => {
      this.sleeps.push(milliseconds)
      const wakesAt = this.#now + milliseconds
      const end = () => {
        signal.removeEventListener('abort', end)
        this.#goOn = () => {}
        resolve()
      }
      signal.addEventListener('abort', end)
      this.#goOn = () => {
        if (wakesAt <= this.#until) {
          this.#now = Math.max(this.#now, wakesAt)
          end()
        } else {
          this.#now = Math.max(this.#now, this.#until)
          this.#reached()
        }
      }
      if (signal.aborted) end()
      else this.#goOn()
    })

  #goOn: () => void = () => {}
}
