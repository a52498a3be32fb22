import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { lastRun, nextRuns, readSchedule, runsBetween } from '../../../src/jobs/schedule/cron.ts'
import { Fault } from '../../../src/lib/fault.ts'
import { slowRuns, wallClock } from './wall-clock.ts'

const iso = (dates: readonly Date[]) => dates.map((date) => date.toISOString())

const next = (expression: string, timeZone: string, from: string, count: number) =>
  iso(nextRuns(readSchedule(expression, timeZone), new Date(from), count))

/** Days on which clocks change, in both directions, with a day and more around them. */
const CHANGES = [
  ['Europe/Berlin', '2026-03-27', '2026-03-31'],
  ['Europe/Berlin', '2026-10-23', '2026-10-27'],
  ['America/New_York', '2026-03-06', '2026-03-10'],
  ['America/New_York', '2026-10-30', '2026-11-03'],
  // Half an hour.
  ['Australia/Lord_Howe', '2026-04-02', '2026-04-07'],
  ['Australia/Lord_Howe', '2026-10-01', '2026-10-06'],
  // The whole 30 December was left out.
  ['Pacific/Apia', '2011-12-27', '2012-01-02'],
  ['Pacific/Apia', '2021-04-01', '2021-04-06'],
  // At midnight: a day that begins at one o'clock, and one hour of yesterday twice.
  ['America/Sao_Paulo', '2018-11-02', '2018-11-06'],
  ['America/Sao_Paulo', '2018-02-15', '2018-02-20'],
  ['America/Havana', '2026-10-30', '2026-11-03'],
  ['UTC', '2026-02-26', '2026-03-03'],
] as const

const EXPRESSIONS = [
  '0 0 * * *',
  '30 0 * * *',
  '30 1 * * *',
  '0 2 * * *',
  '15 2 * * *',
  '30 2 * * *',
  '0 3 * * *',
  '59 23 * * *',
  '* * * * *',
  '*/15 * * * *',
  '5 * * * *',
  '7 0-23 * * *',
  '*/20 1-3 * * *',
  '* 2 * * *',
  '0 */2 * * *',
  '*/45 */3 * * *',
  '10-50/20 0,1,2,3 * * *',
  '15,45 2,14 * * *',
  '30 2 29 3 *',
  '0 2 * * 0',
  '30 1 1,25 * 1',
]

describe('the times of a schedule', () => {
  for (const [timeZone, from, until] of CHANGES) {
    test(`are right when clocks change: ${timeZone}, ${from} to ${until}`, () => {
      const [first, last] = [new Date(`${from}T00:00Z`), new Date(`${until}T00:00Z`)]
      const clock = wallClock(timeZone, first, last)
      const [after, before] = [new Date(first.getTime() + 86_400_000), new Date(last.getTime() - 86_400_001)]
      for (const expression of EXPRESSIONS) {
        const schedule = readSchedule(expression, timeZone)
        const runs = runsBetween(schedule, after, before, 10_000)
        expect([expression, ...iso(runs)]).toEqual([expression, ...slowRuns(expression, clock)])
        for (const [index, run] of runs.entries()) {
          expect(lastRun(schedule, run)).toEqual(run)
          if (index > 0) expect(lastRun(schedule, new Date(run.getTime() - 1))).toEqual(runs[index - 1])
        }
      }
    })
  }

  test('that does not exist on a day is had after the gap, one that exists twice is had once', () => {
    expect(next('30 2 * * *', 'Europe/Berlin', '2026-03-28T12:00Z', 2)).toEqual([
      '2026-03-29T01:00:00.000Z',
      '2026-03-30T00:30:00.000Z',
    ])
    expect(next('30 2 * * *', 'Europe/Berlin', '2026-10-24T12:00Z', 2)).toEqual([
      '2026-10-25T00:30:00.000Z',
      '2026-10-26T01:30:00.000Z',
    ])
    expect(next('45 1 * * *', 'Australia/Lord_Howe', '2026-04-04T00:00Z', 2)).toEqual([
      '2026-04-04T14:45:00.000Z',
      '2026-04-05T15:15:00.000Z',
    ])
  })

  test('of every hour come every hour, also in the one that comes twice', () => {
    expect(next('30 * * * *', 'Europe/Berlin', '2026-10-24T23:00Z', 4)).toEqual([
      '2026-10-24T23:30:00.000Z',
      '2026-10-25T00:30:00.000Z',
      '2026-10-25T01:30:00.000Z',
      '2026-10-25T02:30:00.000Z',
    ])
  })

  test.each<[string, string[]]>([
    ['0 0 29 2 *', ['2028-02-29', '2032-02-29']],
    ['0 0 L * *', ['2026-01-31', '2026-02-28']],
    ['0 0 31 * *', ['2026-01-31', '2026-03-31']],
    ['0 0 * * sun', ['2026-01-04', '2026-01-11']],
    ['0 0 * * 7', ['2026-01-04', '2026-01-11']],
    ['0 0 * * MON-FRI', ['2026-01-02', '2026-01-05']],
    ['0 0 13 * FRI', ['2026-01-02', '2026-01-09']],
    ['0 0 13 * +FRI', ['2026-02-13', '2026-03-13']],
    ['0 0 * jan,jul MON#1', ['2026-01-05', '2026-07-06']],
    [' 0\t0  1   1 *\n', ['2027-01-01', '2028-01-01']],
  ])('are those of %j', (expression, expected) => {
    expect(next(expression, 'UTC', '2026-01-01T00:00Z', 2)).toEqual(
      expected.map((day) => `${day}T00:00:00.000Z`),
    )
  })

  test('between two moments are without the first and with the last, and not more than asked for', () => {
    const schedule = readSchedule('0 * * * *', 'UTC')
    const [from, until] = [new Date('2026-01-01T00:00Z'), new Date('2026-01-01T03:00Z')]
    const hours = ['01', '02', '03'].map((hour) => `2026-01-01T${hour}:00:00.000Z`)
    expect(iso(runsBetween(schedule, from, until, 10))).toEqual(hours)
    expect(iso(runsBetween(schedule, from, until, 2))).toEqual(hours.slice(0, 2))
    expect(runsBetween(schedule, until, from, 10)).toEqual([])
    expect(runsBetween(schedule, from, until, 0)).toEqual([])
    expect(iso(runsBetween(schedule, new Date(from.getTime() - 1), from, 10))).toEqual([from.toISOString()])
  })

  test('are whole minutes, the next after any moment, and the last before the next', () => {
    const zones = fc.constantFrom(...new Set(CHANGES.map(([zone]) => zone)))
    const moment = fc.date({
      min: new Date('2018-01-01'),
      max: new Date('2028-01-01'),
      noInvalidDate: true,
    })
    fc.assert(
      fc.property(fc.constantFrom(...EXPRESSIONS), zones, moment, (expression, zone, at) => {
        const schedule = readSchedule(expression, zone)
        const [following] = nextRuns(schedule, at, 1)
        if (!following) throw new Error('never')
        expect(following.getTime()).toBeGreaterThan(at.getTime())
        expect(following.getTime() % 60_000).toBe(0)
        expect(lastRun(schedule, following)).toEqual(following)
        const last = lastRun(schedule, new Date(following.getTime() - 1))
        expect(last && last <= at).toBe(true)
        expect(last && nextRuns(schedule, last, 1)).toEqual([following])
      }),
      { numRuns: 1000 },
    )
  })
})

describe('a schedule is refused', () => {
  test.each([
    ['', 'five fields, and not 0'],
    ['0 2 * *', 'five fields, and not 4'],
    ['0 0 2 * * *', 'five fields, and not 6'],
    ['@daily', 'five fields, and not 1'],
    ['2026-01-01T00:00:00', 'five fields, and not 1'],
    ['a b c d e', 'cannot be read'],
    ['60 * * * *', 'minute: 60'],
    ['0 24 * * *', 'hour: 24'],
    ['0 0 0 * *', 'cannot be read'],
    ['0 0 * 13 *', 'cannot be read'],
    ['0 0 * * 8', 'cannot be read'],
    ['*/0 * * * *', 'cannot be read'],
    ['5/15 * * * *', 'cannot be read'],
    ['0 22-2 * * *', 'cannot be read'],
    ['0 -1 * * *', 'cannot be read'],
    ['0 1e1 * * *', 'cannot be read'],
    ['0 2 * * *; x', 'five fields, and not 6'],
    ['0 0 31 2 *', 'never comes'],
    ['0 0 30 2 *', 'never comes'],
    ['0 0 31 4,6,9,11 *', 'never comes'],
    ['0 0 31 2 +MON', 'never comes'],
    [`0 2 ${'1,'.repeat(100)}1 * *`, 'at most 200'],
  ])('with what is wrong and what is right: %j', (expression, reason) => {
    const fault = faultOfReading(expression, 'UTC')
    expect(fault).toMatchObject({ code: 'schedule-invalid', kind: 'usage' })
    expect(fault.message).toContain(reason)
    expect(fault.remedy).toContain('0 2 * * *')
  })

  test.each(['', 'Mars/Olympus', 'Europe/Berlin ', '+01:00', '-0500', '../UTC', 'x'.repeat(10_000)])(
    'in a time zone that there is not: %j',
    (timeZone) => {
      const fault = faultOfReading('0 2 * * *', timeZone)
      expect(fault.code).toBe('schedule-invalid')
      expect(fault.message).toContain('time zone')
      expect(fault.message.length).toBeLessThan(300)
      expect(fault.remedy).toContain('Europe/Berlin')
    },
  )

  test('or read, whatever text it is, and quickly', () => {
    const field = fc.stringMatching(/^[-0-9*/,LW#?+a-z]{1,8}$/)
    const anything = fc.oneof(
      fc.string(),
      fc.tuple(field, field, field, field, field).map((f) => f.join(' ')),
    )
    fc.assert(
      fc.property(anything, (expression) => {
        const began = performance.now()
        try {
          readSchedule(expression, 'Europe/Berlin')
        } catch (error) {
          expect((error as Fault).code).toBe('schedule-invalid')
        }
        expect(performance.now() - began).toBeLessThan(1000)
      }),
      { numRuns: 2000 },
    )
  })
})

function faultOfReading(expression: string, timeZone: string): Fault {
  try {
    readSchedule(expression, timeZone)
  } catch (error) {
    if (error instanceof Fault) return error
    throw error
  }
  throw new Error('it was read')
}
