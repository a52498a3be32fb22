import { describe, expect, test } from 'bun:test'
import { type Decision, due, type MissedRuns } from '../../../src/jobs/schedule/due.ts'
import { entry } from './stored.ts'

const decided = (dueAt: string | undefined, seenUntil: string): Decision => ({
  dueAt: dueAt === undefined ? undefined : new Date(dueAt),
  seenUntil: new Date(seenUntil),
})

const BOTH: MissedRuns[] = ['skip', 'run-once']

describe('what is due', () => {
  test.each(BOTH)('is nothing before its time, and the time from it on (%s)', (missedRuns) => {
    const nightly = entry('2026-05-01T02:00Z', { missedRuns })
    const nothing = decided(undefined, '2026-05-01T02:00Z')
    expect(due(nightly, new Date('2026-05-01T02:00Z'))).toEqual(nothing)
    expect(due(nightly, new Date('2026-05-02T01:59:59.999Z'))).toEqual(nothing)
    const run = decided('2026-05-02T02:00Z', '2026-05-02T02:00Z')
    expect(due(nightly, new Date('2026-05-02T02:00Z'))).toEqual(run)
    expect(due(nightly, new Date('2026-05-02T02:01Z'))).toEqual(run)
  })

  test('a minute and more after its time follows the policy', () => {
    const late = new Date('2026-05-02T02:01:00.001Z')
    expect(due(entry('2026-05-01T02:00Z'), late)).toEqual(decided(undefined, '2026-05-02T02:00Z'))
    expect(due(entry('2026-05-01T02:00Z', { missedRuns: 'run-once' }), late)).toEqual(
      decided('2026-05-02T02:00Z', '2026-05-02T02:00Z'),
    )
  })

  test('is one run for the last of many missed times', () => {
    const now = new Date('2027-05-02T12:00Z')
    const everyMinute = { schedule: '* * * * *', missedRuns: 'run-once' } as const
    expect(due(entry('2026-05-01T02:00Z', { missedRuns: 'run-once' }), now)).toEqual(
      decided('2027-05-02T02:00Z', '2027-05-02T02:00Z'),
    )
    expect(due(entry('2026-05-01T02:00Z'), now)).toEqual(decided(undefined, '2027-05-02T02:00Z'))
    const began = performance.now()
    expect(due(entry('2006-05-01T02:00Z', everyMinute), now).dueAt).toEqual(new Date('2027-05-02T11:59Z'))
    expect(performance.now() - began).toBeLessThan(100)
  })

  test.each(BOTH)('is the time itself where missed ones come before it (%s)', (missedRuns) => {
    const now = new Date('2026-05-05T02:00:30Z')
    expect(due(entry('2026-05-01T02:00Z', { missedRuns }), now)).toEqual(
      decided('2026-05-05T02:00Z', '2026-05-05T02:00Z'),
    )
  })

  test('is one after the other where two times lie within the grace', () => {
    const now = new Date('2026-05-01T02:03Z')
    const first = due(entry('2026-05-01T02:01Z', { schedule: '* * * * *' }), now)
    expect(first).toEqual(decided('2026-05-01T02:02Z', '2026-05-01T02:02Z'))
    const second = due(entry('2026-05-01T02:02Z', { schedule: '* * * * *' }), now)
    expect(second).toEqual(decided('2026-05-01T02:03Z', '2026-05-01T02:03Z'))
    expect(due(entry('2026-05-01T02:03Z', { schedule: '* * * * *' }), now).dueAt).toBeUndefined()
  })

  test.each(BOTH)('is nothing for a disabled entry, whose times pass all the same (%s)', (missedRuns) => {
    const off = entry('2026-05-01T02:00Z', { enabled: false, missedRuns })
    expect(due(off, new Date('2026-05-02T02:00Z'))).toEqual(decided(undefined, '2026-05-02T02:00Z'))
    expect(due(off, new Date('2026-06-02T12:00Z'))).toEqual(decided(undefined, '2026-06-02T02:00Z'))
  })

  test.each(BOTH)('is nothing while a clock that was set back catches up (%s)', (missedRuns) => {
    const hourly = entry('2026-05-02T12:00Z', { schedule: '0 * * * *', missedRuns })
    for (const now of ['2026-05-02T11:59:59Z', '2026-05-02T11:00Z', '2026-05-01T12:00Z']) {
      expect(due(hourly, new Date(now))).toEqual(decided(undefined, '2026-05-02T12:00Z'))
    }
    expect(due(hourly, new Date('2026-05-02T13:00Z')).dueAt).toEqual(new Date('2026-05-02T13:00Z'))
  })

  test('counts from now on where the clock was wrong by more than a day', () => {
    const now = '2026-05-01T11:59Z'
    expect(due(entry('2038-01-19T03:14Z'), new Date(now))).toEqual(decided(undefined, now))
    expect(due(entry('2026-05-02T12:00Z'), new Date(now))).toEqual(decided(undefined, now))
  })

  test('is told apart from a schedule that cannot be read', () => {
    const broken = entry('2026-05-01T02:00Z', { schedule: 'at night' })
    expect(() => due(broken, new Date('2026-05-02T02:00Z'))).toThrow('five fields')
  })

  test('on the days on which clocks change is once', () => {
    const nightly = { schedule: '30 2 * * *', timeZone: 'Europe/Berlin' }
    const spring = entry('2026-03-28T01:30Z', nightly)
    expect(due(spring, new Date('2026-03-29T00:59Z')).dueAt).toBeUndefined()
    expect(due(spring, new Date('2026-03-29T01:00Z')).dueAt).toEqual(new Date('2026-03-29T01:00Z'))
    const autumn = entry('2026-10-25T00:30Z', nightly)
    expect(due(autumn, new Date('2026-10-25T01:30Z')).dueAt).toBeUndefined()
    expect(due(autumn, new Date('2026-10-26T01:30Z')).dueAt).toEqual(new Date('2026-10-26T01:30Z'))
  })
})
