/** Cron worked out the slow way, minute by minute and by nothing but `Intl`: what the scheduler's own is compared with. */

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE

interface Local {
  readonly at: number
  /** Of the clock on the wall, as if it were UTC. */
  readonly wall: number
}

/** What the clocks of a zone show in each minute from `from` to `until`. */
export function wallClock(timeZone: string, from: Date, until: Date): Local[] {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' })
  const minutes: Local[] = []
  for (let at = from.getTime(); at <= until.getTime(); at += MINUTE) {
    minutes.push({ at, wall: Date.parse(`${format.format(at).replace(' ', 'T')}Z`) })
  }
  return minutes
}

/** The times of an expression of numbers, lists, ranges and steps, in what the clocks show; the first and last day are left out. */
export function slowRuns(expression: string, clock: readonly Local[]): string[] {
  const [minutes, hours, days, months, weekdays] = fieldsOf(expression)
  const [first, last] = [clock[0] as Local, clock.at(-1) as Local]
  const wanted = (wall: number) => {
    const date = new Date(wall)
    const [day, weekday] = [days?.has(date.getUTCDate()), weekdays?.has(date.getUTCDay())]
    const [anyDay, anyWeekday] = [expression.split(' ')[2] === '*', expression.split(' ')[4] === '*']
    return (
      minutes?.has(date.getUTCMinutes()) &&
      hours?.has(date.getUTCHours()) &&
      months?.has(date.getUTCMonth() + 1) &&
      (anyDay || anyWeekday ? day && weekday : day || weekday)
    )
  }
  const found = new Set<number>()
  if (hours?.size === 24) {
    for (const { at, wall } of clock) if (wanted(wall)) found.add(at)
  } else {
    for (let wall = Math.floor(first.wall / DAY) * DAY; wall < last.wall; wall += MINUTE) {
      if (!wanted(wall)) continue
      const there = clock.find((local) => local.wall === wall)
      const after = there ?? clock.find((local) => local.wall > wall)
      if (after && Math.floor(after.wall / DAY) === Math.floor(wall / DAY)) found.add(after.at)
    }
  }
  return [...found]
    .filter((at) => at > first.at + DAY && at < last.at - DAY)
    .sort((left, right) => left - right)
    .map((at) => new Date(at).toISOString())
}

function fieldsOf(expression: string): Set<number>[] {
  const bounds = [
    [0, 59],
    [0, 23],
    [1, 31],
    [1, 12],
    [0, 6],
  ] as const
  return expression.split(' ').map((field, index) => {
    const [least, most] = bounds[index] ?? [0, 0]
    const values = new Set<number>()
    for (const part of field.split(',')) {
      const [, range = '', step = '1'] = /^([^/]+)(?:\/(\d+))?$/.exec(part) ?? []
      const [from = least, to = from] = range === '*' ? [least, most] : range.split('-').map(Number)
      for (let value = from; value <= to; value++) if ((value - from) % Number(step) === 0) values.add(value)
    }
    return values
  })
}
