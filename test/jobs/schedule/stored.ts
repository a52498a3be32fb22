import { readSchedule, runsBetween } from '../../../src/jobs/schedule/cron.ts'
import type { Decision, ScheduledEntry } from '../../../src/jobs/schedule/due.ts'
import { Scheduler } from '../../../src/jobs/schedule/scheduler.ts'
import { silentLog } from '../../../src/lib/log.ts'
import type { Hands } from './hands.ts'

/** One of every day, where the test says nothing else. */
export const entry = (until: string | number, changes: Partial<ScheduledEntry> = {}): ScheduledEntry => ({
  id: 'a',
  schedule: '0 2 * * *',
  timeZone: 'UTC',
  missedRuns: 'skip',
  scheduledUntil: new Date(until),
  enabled: true,
  ...changes,
})

/** What a state file holds of entries, and what was begun. */
export class Stored {
  readonly entries = new Map<string, ScheduledEntry>()
  readonly begun: { id: string; dueAt: string; at: string }[] = []

  add(id: string, until: string | number, changes: Partial<ScheduledEntry> = {}): void {
    this.entries.set(id, entry(until, { id, ...changes }))
  }

  change(id: string, changes: Partial<ScheduledEntry>): void {
    this.entries.set(id, { ...(this.entries.get(id) as ScheduledEntry), ...changes })
  }

  /** Both, or neither. */
  commit({ id }: ScheduledEntry, { dueAt, seenUntil }: Decision, now: Date): void {
    this.change(id, { scheduledUntil: seenUntil })
    if (dueAt) this.begun.push({ id, dueAt: dueAt.toISOString(), at: now.toISOString() })
  }

  dueOf(id: string): string[] {
    return this.begun.filter((run) => run.id === id).map((run) => run.dueAt)
  }
}

/** A scheduler of what is stored, by the clock of a test. It does not run yet. */
export function schedulerOf(
  stored: Stored,
  hands: Hands,
  fire = async (entry: ScheduledEntry, decision: Decision) => stored.commit(entry, decision, hands.now()),
  log = silentLog,
): Scheduler {
  const entries = async () => [...stored.entries.values()]
  return new Scheduler({ clock: hands, log, sleep: hands.sleep, entries, fire })
}

/** The times of an entry after one moment, up to another. */
export const timesOf = (entry: ScheduledEntry, after: string, until: string) =>
  runsBetween(
    readSchedule(entry.schedule, entry.timeZone),
    new Date(after),
    new Date(until),
    Number.POSITIVE_INFINITY,
  ).map((at) => at.toISOString())
