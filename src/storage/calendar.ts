/** A day of the calendar: its midnight, as if it were UTC. */
export type Day = Date

const DAY_MILLISECONDS = 24 * 60 * 60 * 1000

/** What day it is at an instant in a time zone of the IANA database. Throws a RangeError where it is none. */
export function localDays(timeZone: string): (at: Date) => Day {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
  })
  return (at) => {
    const parts = format.formatToParts(at)
    const number = (type: Intl.DateTimeFormatPartTypes) =>
      Number(parts.find((part) => part.type === type)?.value)
    return new Date(Date.UTC(number('year'), number('month') - 1, number('day')))
  }
}

export const dayOf = (day: Day) => day.toISOString().slice(0, 10)
export const monthOf = (day: Day) => day.toISOString().slice(0, 7)
export const yearOf = (day: Day) => day.toISOString().slice(0, 4)

/** ISO 8601: a week is of the year that its Thursday lies in; 2024-12-30 is in 2025-W01. */
export function isoWeekOf(day: Day): string {
  const weekday = (day.getUTCDay() + 6) % 7
  const thursday = new Date(day.getTime() + (3 - weekday) * DAY_MILLISECONDS)
  const year = thursday.getUTCFullYear()
  const week = 1 + Math.floor((thursday.getTime() - Date.UTC(year, 0, 1)) / (7 * DAY_MILLISECONDS))
  return `${year}-W${String(week).padStart(2, '0')}`
}
