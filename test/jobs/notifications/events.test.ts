import { describe, expect, test } from 'bun:test'
import {
  channelsToTell,
  eventsOf,
  NOTIFICATION_EVENTS,
  notificationEventsSchema,
  wantedChannels,
} from '../../../src/jobs/notifications/events.ts'
import type { RunState } from '../../../src/jobs/run.ts'

describe('the events of a run', () => {
  const cases: [string, RunState, RunState | undefined, string[]][] = [
    ['backup', 'succeeded', undefined, ['backup_success']],
    ['backup', 'succeeded', 'succeeded', ['backup_success']],
    ['backup', 'succeeded', 'failed', ['backup_success', 'backup_recovered']],
    ['backup', 'failed', 'failed', ['backup_failure']],
    ['backup', 'cancelled', 'failed', []],
    ['backup', 'running', 'failed', []],
    ['refresh', 'succeeded', 'failed', ['refresh_success', 'refresh_recovered']],
    ['refresh', 'failed', undefined, ['refresh_failure']],
    ['restore', 'succeeded', 'failed', ['restore_complete']],
    ['restore', 'failed', 'succeeded', ['restore_failure']],
    ['scan', 'failed', 'succeeded', []],
  ]
  test.each(cases)('of %s that %s after %p are %j', (kind, state, previousState, events) => {
    expect<string[]>(eventsOf({ kind, state, previousState })).toEqual(events)
  })
})

describe('the channels of a job', () => {
  const notificationIds = ['a', 'b', 'a']

  test('are told of failures and recoveries where the job does not say', () => {
    const told = NOTIFICATION_EVENTS.filter(
      (event) => wantedChannels({ notificationIds, notificationEvents: undefined }, event).length > 0,
    )
    expect(told).toEqual([
      'backup_failure',
      'backup_recovered',
      'restore_failure',
      'refresh_failure',
      'refresh_recovered',
      'system_error',
    ])
    expect(wantedChannels({ notificationIds, notificationEvents: null }, 'backup_failure')).toEqual([
      'a',
      'b',
    ])
  })

  test('are told of nothing by an empty object, of what is true, and by lists', () => {
    const wanted = (notificationEvents: object) =>
      NOTIFICATION_EVENTS.flatMap((event) => wantedChannels({ notificationIds, notificationEvents }, event))
    expect(wanted({})).toEqual([])
    expect(wanted({ backup_failure: false })).toEqual([])
    expect(wanted({ backup_success: true })).toEqual(['a', 'b'])
    expect(wanted({ backup_success: ['c', 'c', 'a'], restore_failure: [] })).toEqual(['c', 'a'])
  })

  test('are told once of one run', () => {
    const job = {
      notificationIds: ['a'],
      notificationEvents: { backup_success: true, backup_recovered: ['a', 'b'] },
    }
    const events = eventsOf({ kind: 'backup', state: 'succeeded', previousState: 'failed' })
    expect([...channelsToTell(job, events)]).toEqual([
      ['a', 'backup_recovered'],
      ['b', 'backup_recovered'],
    ])
  })

  test.each([
    [{ backup_sucess: true }],
    [{ backup_success: 'a' }],
    [{ backup_success: [''] }],
    [{ backup_success: Array(51).fill('a') }],
    [{ backup_success: null }],
    [[]],
    [null],
    [JSON.parse('{"__proto__": true}')],
  ])('are not asked for by %j', (events) => {
    expect(notificationEventsSchema.safeParse(events).success).toBe(false)
  })
})
