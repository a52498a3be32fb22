import type { Clock } from '../../lib/clock.ts'
import type { Log } from '../../lib/log.ts'
import { RETRY_MILLISECONDS, type Sleep } from '../until-written.ts'
import { nextRun, readSchedule } from './cron.ts'
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
  entry: ScheduledEntry
  /** Milliseconds since 1970; infinite where its schedule cannot be read. */
  at: number
  /** Decided in time and not yet written down: it holds however late that becomes. */
  owed: Decision | undefined
}

/** Calls `fire` when the schedule of an entry is due. It knows nothing of what runs. */
export class Scheduler {
  readonly #options: SchedulerOptions
  /** By the entry's id. */
  readonly #upcoming = new Map<string, Upcoming>()
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
    this.#note(found)
    let next = now.getTime() + LONGEST_SLEEP_MILLISECONDS
    for (const upcoming of this.#upcoming.values()) {
      if (this.#stopped) break
      const seen = isDue(upcoming, now) ? await this.#see(upcoming, now) : true
      if (!seen) next = Math.min(next, now.getTime() + RETRY_MILLISECONDS)
      if (upcoming.at > now.getTime()) next = Math.min(next, upcoming.at)
    }
    return Math.max(0, next - clock.now().getTime())
  }

  #note(entries: readonly ScheduledEntry[]): void {
    for (const entry of entries) {
      const known = this.#upcoming.get(entry.id)
      if (!known || !isSame(known.entry, entry)) {
        this.#upcoming.set(entry.id, { entry, at: this.#nextOf(entry), owed: undefined })
      }
    }
    if (this.#upcoming.size === entries.length) return
    const ids = new Set(entries.map(({ id }) => id))
    for (const id of this.#upcoming.keys()) if (!ids.has(id)) this.#upcoming.delete(id)
  }

  #nextOf(entry: ScheduledEntry): number {
    try {
      const schedule = readSchedule(entry.schedule, entry.timeZone)
      return nextRun(schedule, entry.scheduledUntil)?.getTime() ?? Number.POSITIVE_INFINITY
    } catch (error) {
      this.#tell(entry, error, 'a schedule cannot be read; it is passed over until it is changed')
      return Number.POSITIVE_INFINITY
    }
  }

  /** Whether all that is due of an entry was written down. One that fails stops no other. */
  async #see(upcoming: Upcoming, now: Date): Promise<boolean> {
    const { fire } = this.#options
    try {
      while (isDue(upcoming, now)) {
        const { entry } = upcoming
        const decision = upcoming.owed ?? due(entry, now)
        if (decision.seenUntil.getTime() === entry.scheduledUntil.getTime()) break
        upcoming.owed = decision
        await fire(entry, decision)
        // What the next look should find. If it does not, the entry was changed, and counts as it is found.
        upcoming.entry = { ...entry, scheduledUntil: decision.seenUntil }
        upcoming.at = this.#nextOf(upcoming.entry)
        upcoming.owed = undefined
      }
      return true
    } catch (error) {
      this.#tell(upcoming.entry, error, 'a run that is due cannot be begun; it is tried again')
      return false
    }
  }

  #tell({ id, schedule }: ScheduledEntry, error: unknown, what: string): void {
    this.#options.log.error({ id, schedule, reason: String(error) }, what)
  }
}

/** Its time has come, or the clock was set so far back that it never would. */
function isDue({ at, entry }: Upcoming, now: Date): boolean {
  return at <= now.getTime() || entry.scheduledUntil.getTime() - now.getTime() > LONGEST_SET_BACK_MILLISECONDS
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
