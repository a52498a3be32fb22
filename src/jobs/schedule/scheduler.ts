import type { Clock } from '../../lib/clock.ts'
import type { Log } from '../../lib/log.ts'
import { RETRY_MILLISECONDS, type Sleep } from '../until-written.ts'
import { nextRuns, readSchedule } from './cron.ts'
import { type Decision, due, LONGEST_SET_BACK_MILLISECONDS, type ScheduledEntry } from './due.ts'

/** A timer sleeps no longer: the clock of the machine may be set meanwhile, and a suspended one stands still. */
const LONGEST_SLEEP_MILLISECONDS = 60_000

export interface SchedulerOptions {
  readonly clock: Clock
  readonly log: Log
  readonly sleep: Sleep
  /** All that has a schedule, as it is stored now. */
  readonly entries: () => Promise<readonly ScheduledEntry[]>
  /**
   * Does what was decided: in one transaction it sets `scheduledUntil` to `seenUntil`, provided that the entry is still as
   * it was given, and writes down the run, where one is due. A crash before or after that neither loses nor doubles a run.
   * What it throws leaves the decision standing, and it is called again.
   */
  readonly fire: (entry: ScheduledEntry, decision: Decision) => Promise<void>
}

/** When an entry has to be looked at next. Worked out once for as long as the entry stays as it is. */
interface Upcoming {
  readonly entry: ScheduledEntry
  /** Milliseconds since 1970; infinite where its schedule cannot be read. */
  readonly at: number
  /** Decided in time and not yet written down: it holds however late that becomes. */
  owed?: Decision
  /** It was written down, so that the entry should not be found as it was. */
  fired?: boolean
}

/** Calls `fire` when the schedule of an entry is due. It knows nothing of what runs. */
export class Scheduler {
  readonly #options: SchedulerOptions
  /** By the entry's id. */
  #upcoming = new Map<string, Upcoming>()
  #nap = new AbortController()
  #stopped = false
  #working: Promise<void> | undefined

  constructor(options: SchedulerOptions) {
    this.#options = options
  }

  start(): void {
    this.#working ??= this.#work()
  }

  /** Entries have changed. */
  wake(): void {
    this.#nap.abort()
  }

  /** Waits for what is being written down; begins no more. */
  async stop(): Promise<void> {
    this.#stopped = true
    this.#nap.abort()
    await this.#working
  }

  async #work(): Promise<void> {
    const { log, sleep } = this.#options
    while (!this.#stopped) {
      // Made before looking: a change that comes while it looks ends the sleep after it.
      this.#nap = new AbortController()
      const pause = await this.#look().catch((error) => {
        log.error({ reason: String(error) }, 'schedules cannot be read; it is tried again')
        return RETRY_MILLISECONDS
      })
      if (!this.#stopped) await sleep(pause, this.#nap.signal)
    }
  }

  /** Sees to all that is due, and says for how many milliseconds nothing else will be. */
  async #look(): Promise<number> {
    const { clock, entries } = this.#options
    const found = await entries()
    // One moment for all: writing down a thousand runs must not make the last of them late.
    const now = clock.now()
    this.#upcoming = new Map(found.map((entry) => [entry.id, this.#upcomingOf(entry)]))
    let [changed, failed] = [false, false]
    for (const upcoming of this.#upcoming.values()) {
      if (this.#stopped) break
      if (upcoming.at > now.getTime() && !isFarAhead(upcoming.entry, now)) continue
      const outcome = await this.#see(upcoming, now)
      changed ||= outcome === 'changed'
      failed ||= outcome === 'failed'
    }
    if (failed) return RETRY_MILLISECONDS
    // What was written down is read again, with what comes after it.
    if (changed) return 0
    const next = Math.min(
      ...[...this.#upcoming.values()].map(({ at }) => at).filter((at) => at > now.getTime()),
    )
    return Math.min(LONGEST_SLEEP_MILLISECONDS, next - now.getTime())
  }

  #upcomingOf(entry: ScheduledEntry): Upcoming {
    const known = this.#upcoming.get(entry.id)
    if (known && isSame(known.entry, entry)) return known
    return { entry, at: this.#nextOf(entry) }
  }

  #nextOf(entry: ScheduledEntry): number {
    try {
      const schedule = readSchedule(entry.schedule, entry.timeZone)
      return nextRuns(schedule, entry.scheduledUntil, 1)[0]?.getTime() ?? Number.POSITIVE_INFINITY
    } catch (error) {
      this.#tell(entry, error, 'a schedule cannot be read; it is passed over until it is changed')
      return Number.POSITIVE_INFINITY
    }
  }

  /** One entry that fails stops no other. */
  async #see(upcoming: Upcoming, now: Date): Promise<'nothing' | 'changed' | 'failed'> {
    const { entry } = upcoming
    try {
      const decision = upcoming.owed ?? due(entry, now)
      if (decision.seenUntil.getTime() === entry.scheduledUntil.getTime()) return 'nothing'
      upcoming.owed = decision
      await this.#options.fire(entry, decision)
      const again = upcoming.fired === true
      upcoming.fired = true
      return again ? 'failed' : 'changed'
    } catch (error) {
      this.#tell(entry, error, 'a run that is due cannot be begun; it is tried again')
      return 'failed'
    }
  }

  #tell({ id, schedule }: ScheduledEntry, error: unknown, what: string): void {
    this.#options.log.error({ id, schedule, reason: String(error) }, what)
  }
}

function isFarAhead({ scheduledUntil }: ScheduledEntry, now: Date): boolean {
  return scheduledUntil.getTime() - now.getTime() > LONGEST_SET_BACK_MILLISECONDS
}

function isSame(left: ScheduledEntry, right: ScheduledEntry): boolean {
  return (
    left.schedule === right.schedule &&
    left.timeZone === right.timeZone &&
    left.missedRuns === right.missedRuns &&
    left.enabled === right.enabled &&
    left.scheduledUntil.getTime() === right.scheduledUntil.getTime()
  )
}
