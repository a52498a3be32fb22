import { afterEach, describe, expect, test } from 'bun:test'
import type { Decision, MissedRuns, ScheduledEntry } from '../../../src/jobs/schedule/due.ts'
import { Scheduler } from '../../../src/jobs/schedule/scheduler.ts'
import { createLog, silentLog } from '../../../src/lib/log.ts'
import { Hands } from './hands.ts'
import { Stored, schedulerOf, timesOf } from './stored.ts'

const running: Scheduler[] = []
afterEach(async () => {
  await Promise.all(running.splice(0).map((scheduler) => scheduler.stop()))
})

function begin(...args: Parameters<typeof schedulerOf>): Scheduler {
  const scheduler = schedulerOf(...args)
  running.push(scheduler)
  scheduler.start()
  return scheduler
}

describe('a scheduler', () => {
  test('begins each time of a thousand jobs in a month once, on the instant', async () => {
    const [from, until] = ['2026-03-01T00:00:30Z', '2026-04-01T00:00:00Z']
    const zones = ['UTC', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Pacific/Apia']
    const stored = new Stored()
    for (let at = 0; at < 1000; at++) {
      const schedule =
        at < 960 ? `${at % 60} ${at % 24} * * *` : at < 995 ? `${at % 60} * * * *` : '*/5 * * * *'
      stored.add(`job-${at}`, from, { schedule, timeZone: zones[at % 5] as string })
    }
    const hands = new Hands(from)
    begin(stored, hands)
    const began = performance.now()
    await hands.runUntil(until)
    expect(performance.now() - began).toBeLessThan(60_000)
    expect(stored.begun.filter(({ at, dueAt }) => at !== dueAt)).toEqual([])
    const byId = Map.groupBy(stored.begun, ({ id }) => id)
    for (const entry of stored.entries.values()) {
      const found = byId.get(entry.id)?.map(({ dueAt }) => dueAt)
      expect([entry.id, ...(found ?? [])]).toEqual([entry.id, ...timesOf(entry, from, until)])
    }
    expect(stored.begun.length).toBeGreaterThan(960 * 30 + 35 * 30 * 24 + 5 * 30 * 288)
    expect(Math.max(...hands.sleeps)).toBeLessThanOrEqual(60_000)
  })

  test('sleeps until the next time, for a minute at most', async () => {
    const stored = new Stored()
    stored.add('a', '2026-05-01T01:58:15Z')
    const hands = new Hands('2026-05-01T01:58:15Z')
    begin(stored, hands)
    await hands.runUntil('2026-05-01T02:00:10Z')
    expect(hands.sleeps).toEqual([60_000, 45_000, 60_000])
    expect(stored.dueOf('a')).toEqual(['2026-05-01T02:00:00.000Z'])
  })

  test('is not late because writing down an earlier run took long', async () => {
    const stored = new Stored()
    stored.add('slow', '2026-05-01T00:00Z')
    stored.add('next', '2026-05-01T00:00Z', { schedule: '1 2 * * *' })
    stored.add('meanwhile', '2026-05-01T00:00Z', { schedule: '5 2 * * *' })
    const hands = new Hands('2026-05-01T00:00Z')
    begin(stored, hands, async (entry, decision) => {
      if (entry.id === 'slow') hands.pass(50_000)
      stored.commit(entry, decision, hands.now())
    })
    await hands.runUntil('2026-05-01T03:00Z')
    expect(stored.begun.map(({ id, at }) => [id, at.slice(11, 19)])).toEqual([
      ['slow', '02:00:50'],
      ['next', '02:01:00'],
      ['meanwhile', '02:05:00'],
    ])
  })

  test('hears of changes at once, also of one that comes while it looks', async () => {
    const stored = new Stored()
    const hands = new Hands('2026-05-01T00:00Z')
    const scheduler = begin(stored, hands)
    await hands.runUntil('2026-05-01T00:00:01Z')
    stored.add('a', '2026-05-01T00:00:01Z', { schedule: '1 0 * * *' })
    scheduler.wake()
    // It looks now.
    stored.add('b', '2026-05-01T00:00:01Z', { schedule: '1 0 * * *' })
    scheduler.wake()
    await hands.runUntil('2026-05-01T00:01:00Z')
    expect(stored.begun.map(({ id, at }) => [id, at])).toEqual([
      ['a', '2026-05-01T00:01:00.000Z'],
      ['b', '2026-05-01T00:01:00.000Z'],
    ])
  })

  test('begins nothing for entries that are disabled, and makes up for nothing when they are enabled', async () => {
    const stored = new Stored()
    stored.add('a', '2026-05-01T00:00Z', { schedule: '0 * * * *', enabled: false, missedRuns: 'run-once' })
    const hands = new Hands('2026-05-01T00:00Z')
    const scheduler = begin(stored, hands)
    await hands.runUntil('2026-05-01T05:30Z')
    stored.change('a', { enabled: true })
    scheduler.wake()
    await hands.runUntil('2026-05-01T06:30Z')
    expect(stored.dueOf('a')).toEqual(['2026-05-01T06:00:00.000Z'])
  })

  test('counts a schedule that was changed from the change on', async () => {
    const stored = new Stored()
    stored.add('a', '2026-05-01T00:00Z', { missedRuns: 'run-once' })
    const hands = new Hands('2026-05-01T00:00Z')
    const scheduler = begin(stored, hands)
    await hands.runUntil('2026-05-01T12:30Z')
    stored.change('a', { schedule: '0 * * * *', scheduledUntil: hands.now() })
    scheduler.wake()
    await hands.runUntil('2026-05-01T13:30Z')
    expect(stored.dueOf('a')).toEqual(['2026-05-01T02:00:00.000Z', '2026-05-01T13:00:00.000Z'])
  })

  test.each<[MissedRuns, string[]]>([
    ['skip', ['06:00']],
    ['run-once', ['05:00', '06:00']],
  ])('sees to what passed while the machine slept by the policy: %s', async (missedRuns, after) => {
    const stored = new Stored()
    stored.add('a', '2026-05-01T00:00Z', { schedule: '0 * * * *', missedRuns })
    const hands = new Hands('2026-05-01T00:00Z')
    begin(stored, hands)
    await hands.runUntil('2026-05-01T01:30Z')
    hands.set('2026-05-01T05:30Z')
    await hands.runUntil('2026-05-01T06:30Z')
    expect(stored.dueOf('a')).toEqual(['01:00', ...after].map((time) => `2026-05-01T${time}:00.000Z`))
  })

  test.each(['skip', 'run-once'] as const)(
    'begins nothing twice when the clock is set back (%s)',
    async (missedRuns) => {
      const stored = new Stored()
      stored.add('a', '2026-05-01T00:00Z', { schedule: '0 * * * *', missedRuns })
      const hands = new Hands('2026-05-01T00:00Z')
      begin(stored, hands)
      await hands.runUntil('2026-05-01T03:30Z')
      hands.set('2026-05-01T01:30Z')
      await hands.runUntil('2026-05-01T04:30Z')
      expect(stored.dueOf('a')).toEqual(
        ['01', '02', '03', '04'].map((hour) => `2026-05-01T${hour}:00:00.000Z`),
      )
    },
  )

  test('goes on after a start with a clock that was years ahead', async () => {
    const stored = new Stored()
    stored.add('a', '2038-01-19T03:14Z')
    const hands = new Hands('2026-05-01T12:00Z')
    begin(stored, hands)
    await hands.runUntil('2026-05-02T12:00Z')
    expect(stored.dueOf('a')).toEqual(['2026-05-02T02:00:00.000Z'])
  })

  test('is not stopped by an entry that fails or cannot be read', async () => {
    const lines: string[] = []
    const stored = new Stored()
    stored.add('broken', '2026-05-01T00:00Z', { schedule: '0 0 31 2 *' })
    stored.add('nowhere', '2026-05-01T00:00Z', { timeZone: 'Mars/Olympus' })
    stored.add('failing', '2026-05-01T00:00Z')
    stored.add('good', '2026-05-01T00:00Z')
    const hands = new Hands('2026-05-01T00:00Z')
    const log = createLog('error', { write: (line) => void lines.push(line) })
    let failures = 0
    const fire = async (entry: ScheduledEntry, decision: Decision) => {
      if (entry.id === 'failing' && failures++ < 300) throw new Error('the disk is full')
      stored.commit(entry, decision, hands.now())
    }
    begin(stored, hands, fire, log)
    await hands.runUntil('2026-05-01T03:00Z')
    // Five minutes of failures: what was due in time is begun, though its policy is to skip what is missed.
    expect(stored.begun).toEqual([
      { id: 'good', dueAt: '2026-05-01T02:00:00.000Z', at: '2026-05-01T02:00:00.000Z' },
      { id: 'failing', dueAt: '2026-05-01T02:00:00.000Z', at: '2026-05-01T02:05:00.000Z' },
    ])
    const about = (id: string) => lines.filter((line) => line.includes(`"id":"${id}"`)).length
    expect([about('broken'), about('nowhere'), about('failing'), about('good')]).toEqual([1, 1, 300, 0])
  })

  test('does not do what it owes once the entry is changed or removed', async () => {
    const stored = new Stored()
    for (const id of ['changed', 'disabled', 'removed']) stored.add(id, '2026-05-01T00:00Z')
    const hands = new Hands('2026-05-01T00:00Z')
    let broken = true
    const scheduler = begin(stored, hands, async (entry, decision) => {
      if (broken) throw new Error('the disk is full')
      stored.commit(entry, decision, hands.now())
    })
    await hands.runUntil('2026-05-01T02:05Z')
    stored.change('changed', { schedule: '0 3 * * *', scheduledUntil: hands.now() })
    stored.change('disabled', { enabled: false })
    stored.entries.delete('removed')
    broken = false
    scheduler.wake()
    await hands.runUntil('2026-05-01T12:00Z')
    expect(stored.begun.map(({ id, dueAt }) => [id, dueAt])).toEqual([
      ['changed', '2026-05-01T03:00:00.000Z'],
    ])
  })

  test('waits and tries again where the entries cannot be read', async () => {
    const stored = new Stored()
    stored.add('a', '2026-05-01T00:00Z')
    const hands = new Hands('2026-05-01T01:59:58Z')
    let failures = 0
    const scheduler = new Scheduler({
      clock: hands,
      log: silentLog,
      sleep: hands.sleep,
      entries: async () => {
        if (failures++ < 10) throw new Error('the state file is busy')
        return [...stored.entries.values()]
      },
      fire: async (entry, decision) => stored.commit(entry, decision, hands.now()),
    })
    running.push(scheduler)
    scheduler.start()
    await hands.runUntil('2026-05-01T03:00Z')
    expect(stored.begun.map(({ at }) => at)).toEqual(['2026-05-01T02:00:08.000Z'])
  })

  test('does not spin where what it asks for leaves no trace', async () => {
    const stored = new Stored()
    stored.add('a', '2026-05-01T00:00Z')
    const hands = new Hands('2026-05-01T02:00Z')
    let asked = 0
    begin(stored, hands, async () => void asked++)
    await hands.runUntil('2026-05-01T02:01Z')
    // Once a minute, as it looks.
    expect(asked).toBe(2)
  })

  test('waits for what is being written down when it stops, and begins no more', async () => {
    const stored = new Stored()
    stored.add('a', '2026-05-01T00:00Z')
    stored.add('b', '2026-05-01T00:00Z')
    const hands = new Hands('2026-05-01T01:00Z')
    const writing = Promise.withResolvers<void>()
    const reached = Promise.withResolvers<void>()
    const scheduler = begin(stored, hands, async (entry, decision) => {
      reached.resolve()
      await writing.promise
      stored.commit(entry, decision, hands.now())
    })
    hands.runUntil('2026-05-01T03:00Z')
    await reached.promise
    const stopping = scheduler.stop().then(() => stored.begun.map(({ id }) => id))
    expect(stored.begun).toEqual([])
    writing.resolve()
    expect(await stopping).toEqual(['a'])
    scheduler.start()
    scheduler.wake()
    await scheduler.stop()
    expect(stored.begun).toHaveLength(1)
  })
})
