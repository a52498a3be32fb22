import { lastRun, readSchedule, runsBetween } from './cron.ts'

/** Something that has a schedule, as it is stored. */
export interface ScheduledEntry {
  readonly id: string
  /** A cron expression. */
  readonly schedule: string
  /** A name of the IANA time zone database. */
  readonly timeZone: string
  readonly missedRuns: MissedRuns
  /** All times of the schedule up to this one have been seen to; a change of the schedule sets it to the present. */
  readonly scheduledUntil: Date
  readonly enabled: boolean
}

/** What becomes of times that passed while nobody looked: nothing, or one run, however many they were. */
export const MISSED_RUNS = ['skip', 'run-once'] as const
export type MissedRuns = (typeof MISSED_RUNS)[number]

/** What to do about an entry. Both are written down at once, or neither: else a crash between loses a run, or doubles it. */
export interface Decision {
  /** The time that a run is to begin for; undefined: none. */
  readonly dueAt: Date | undefined
  /** What `scheduledUntil` is to become. The same as it was: nothing is to be done. */
  readonly seenUntil: Date
}

/** Milliseconds after its time that a run is still no missed one: the scheduler looks at least once a minute. */
export const GRACE_MILLISECONDS = 60_000

/**
 * How far a clock that was set back is waited for, with what has been seen to not seen to again. One that was further ahead
 * was wrong altogether: waiting for it would mean no backups for years after a start with the clock of a dead battery.
 */
export const LONGEST_SET_BACK_MILLISECONDS = 24 * 60 * 60 * 1000

/**
 * What an entry's schedule asks for at a moment: the earliest of its times that is not seen to and not missed; where there
 * is none, the last of the missed ones, by the entry's policy. Missed ones before a time that is not missed merge with it.
 * Ask again with the new `scheduledUntil` until nothing changes: two times may lie within the grace.
 *
 * The times of a disabled entry are seen to by doing nothing, so that enabling it never makes up for them. Throws
 * `schedule-invalid`.
 */
export function due(entry: ScheduledEntry, now: Date): Decision {
  const { scheduledUntil } = entry
  if (scheduledUntil.getTime() - now.getTime() > LONGEST_SET_BACK_MILLISECONDS) {
    return { dueAt: undefined, seenUntil: now }
  }
  const schedule = readSchedule(entry.schedule, entry.timeZone)
  const graceBegins = new Date(now.getTime() - GRACE_MILLISECONDS - 1)
  const after = graceBegins > scheduledUntil ? graceBegins : scheduledUntil
  const [inTime] = runsBetween(schedule, after, now, 1)
  const time = inTime ?? lastRun(schedule, now)
  if (!time || time <= scheduledUntil) return { dueAt: undefined, seenUntil: scheduledUntil }
  const runs = entry.enabled && (inTime !== undefined || entry.missedRuns === 'run-once')
  return { dueAt: runs ? time : undefined, seenUntil: time }
}
