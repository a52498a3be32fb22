import { Cron } from 'croner'
import { Fault } from '../../lib/fault.ts'

/** When a job is due: a cron expression in a time zone, read. */
export interface Schedule {
  /** Five fields with one blank between them. */
  readonly expression: string
  readonly timeZone: string
  readonly cron: Cron
  /** The last two answers of `nextRun`. */
  known: readonly Known[]
}

/** What follows any moment from the one up to the other. */
interface Known {
  readonly from: number
  readonly next: Date
}

const LONGEST_EXPRESSION = 200
const MINUTES = 60
const HOURS = 24

/** Reading takes 0.17 ms and its result 45 kB (croner lists all years); a thousand jobs have few different ones. */
const READ_KEPT = 256
const read = new Map<string, Schedule>()

/** Before anything that is ever scheduled; an expression that never comes is told by asking from here. */
const LONG_AGO = new Date(0)

/**
 * Reads a cron expression of five fields (minute, hour, day of month, month, day of week) in a time zone of the IANA
 * database. Lists, ranges, steps and names are those of Vixie cron, where a day of the month and a day of the week are
 * both given either is enough; croner's `L`, `W`, `#` and `+` are understood in the fields of days. Seconds are refused:
 * a run is a dump, of minutes, and expressions of six fields mean other things elsewhere (Quartz).
 *
 * What happens when clocks change, which croner 11 does by its rule for jobs of fixed times, made to hold for lists,
 * ranges and steps too (by itself it takes every list, range and step for an interval: every quarter of an hour from two to
 * three would not run at all on the day that has no two o'clock, and `30 2,14 * * *` twice on the day that has two):
 * - where the hours are all hours, runs follow each other as time passes: also in both passes of an hour that comes twice;
 * - else each time of the day is had once: one that comes twice at its first coming, one that does not exist at the first
 *   instant after the gap, several of them there as one. Of a day that a zone leaves out (Samoa, 2011) nothing is run.
 *
 * Throws `schedule-invalid`.
 */
export function readSchedule(expression: string, timeZone: string): Schedule {
  const key = JSON.stringify([timeZone, expression])
  const schedule = read.get(key) ?? parse(expression, timeZone)
  // The one asked for last stands last.
  read.delete(key)
  read.set(key, schedule)
  const [oldest = ''] = read.size > READ_KEPT ? read.keys() : []
  read.delete(oldest)
  return schedule
}

function parse(expression: string, timeZone: string): Schedule {
  refuseUnknownTimeZone(timeZone)
  if (expression.length > LONGEST_EXPRESSION) {
    throw invalid(`A schedule has at most ${LONGEST_EXPRESSION} characters.`)
  }
  const fields = expression.match(/\S+/g) ?? []
  if (fields.length !== 5) throw invalid(`A schedule has five fields, and not ${fields.length}.`)
  const normal = fields.join(' ')
  open(normal, timeZone)
  const cron = open(byTheClock(fields).join(' '), timeZone)
  if (!cron.nextRun(LONG_AGO)) throw invalid(`The schedule ${JSON.stringify(normal)} never comes.`)
  return { expression: normal, timeZone, cron, known: [] }
}

/**
 * The first time of a schedule later than a date. Two answers are kept, the time that is due and the one after it: croner
 * takes 0.03 to 0.07 ms, nearly all of it in `Intl`, and a scheduler asks the same again for each job of that schedule.
 */
export function nextRun(schedule: Schedule, from: Date): Date | undefined {
  const at = from.getTime()
  const known = schedule.known.find(({ from, next }) => at >= from && at < next.getTime())
  if (known) return known.next
  const next = schedule.cron.nextRun(from) ?? undefined
  if (next) schedule.known = [{ from: at, next }, ...schedule.known.slice(0, 1)]
  return next
}

/** The first times of a schedule later than a date. */
export function nextRuns(schedule: Schedule, from: Date, count: number): Date[] {
  return schedule.cron.nextRuns(count, from)
}

/** The times of a schedule later than `after`, up to and with `until`: the first `most` of them. */
export function runsBetween(schedule: Schedule, after: Date, until: Date, most: number): Date[] {
  const runs: Date[] = []
  for (let at = after; runs.length < most; ) {
    const next = nextRun(schedule, at)
    if (!next || next > until) break
    runs.push(next)
    at = next
  }
  return runs
}

/** The last time of a schedule up to and with a date, however long ago; undefined where there was none. */
export function lastRun(schedule: Schedule, until: Date): Date | undefined {
  // Croner looks before a date, and its times are whole seconds.
  return schedule.cron.previousRuns(1, new Date(until.getTime() + 1))[0]
}

function refuseUnknownTimeZone(timeZone: string): void {
  try {
    // Bun takes offsets such as +01:00, too; they have no rules of summer time, which who writes one would miss.
    if (!/^[A-Za-z]/.test(timeZone)) throw new RangeError('no name')
    new Intl.DateTimeFormat('en-US', { timeZone })
  } catch {
    throw new Fault(
      'schedule-invalid',
      `The time zone ${JSON.stringify(timeZone.slice(0, LONGEST_EXPRESSION))} is unknown.`,
      { remedy: 'Give a name of the IANA time zone database, such as Europe/Berlin or UTC.' },
    )
  }
}

function open(expression: string, timeZone: string): Cron {
  try {
    return new Cron(expression, {
      timezone: timeZone,
      mode: '5-part',
      fixedTimeRule: 'no-wildcard',
      paused: true,
    })
  } catch (error) {
    const reason = (error as Error).message.replace(/^CronPattern: /, '')
    throw invalid(`The schedule ${JSON.stringify(expression)} cannot be read: ${reason}`, error)
  }
}

/** Writes minutes and hours out as lists, which croner takes for fixed times, unless it is due in every hour. */
function byTheClock(fields: readonly string[]): string[] {
  const [minute = '', hour = '', ...days] = fields
  const hours = valuesOf(hour, HOURS)
  if (hours.length === HOURS) return [minute, '*', ...days]
  return [valuesOf(minute, MINUTES).join(','), hours.join(','), ...days]
}

/** All values of a field that croner has read: `*`, `a`, `a-b`, each with a step or without, in a list. */
function valuesOf(field: string, size: number): number[] {
  const values = new Set<number>()
  for (const part of field.split(',')) {
    const [range = '', step = '1'] = part.split('/')
    const [first, last = first] = /^[*?]$/.test(range) ? [0, size - 1] : range.split('-').map(Number)
    for (let value = first ?? 0; value <= (last ?? 0); value += Number(step)) values.add(value)
  }
  return [...values].sort((left, right) => left - right)
}

function invalid(message: string, cause?: unknown): Fault {
  return new Fault('schedule-invalid', message, {
    remedy:
      'Give minute, hour, day of month, month and day of week, such as "0 2 * * *" for every night at two.',
    cause,
  })
}
