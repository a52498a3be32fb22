import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import type { MissedRuns, ScheduledEntry } from '../../../src/jobs/schedule/due.ts'
import { Hands } from './hands.ts'
import { Stored, schedulerOf, timesOf } from './stored.ts'

describe('however often the server is killed', () => {
  const START = Date.parse('2026-10-24T20:00:20Z')
  const entries = fc.array(
    fc.record({
      schedule: fc.constantFrom(
        '* * * * *',
        '*/7 * * * *',
        '5 * * * *',
        '30 2 * * *',
        '*/20 1-3 * * *',
        '0 0 * * *',
      ),
      timeZone: fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe'),
      missedRuns: fc.constantFrom<MissedRuns>('skip', 'run-once'),
    }),
    { minLength: 1, maxLength: 5 },
  )
  /** Each life of the server: how long it is at most, at which write it is killed and on which side of it, how long until the next. */
  const lives = (longestGap: number) =>
    fc.array(
      fc.record({
        seconds: fc.integer({ min: 0, max: 6 * 3600 }),
        dies: fc.option(fc.record({ write: fc.nat(40), written: fc.boolean() }), { nil: undefined }),
        gap: fc.integer({ min: 0, max: longestGap }),
      }),
      { minLength: 1, maxLength: 8 },
    )
  type Life = { seconds: number; dies: { write: number; written: boolean } | undefined; gap: number }

  /** From the kill to the next start; `since` when nobody had seen to everything, and whether that start saw to everything. */
  type Gap = { from: number; to: number; since: number; seen: boolean }

  /** Runs all lives on what is stored; gives when each ended and the next began. */
  async function live(stored: Stored, all: readonly Life[]) {
    const gaps: Gap[] = []
    let now = START
    for (const { seconds, dies, gap } of all) {
      const hands = new Hands(now)
      const killed = Promise.withResolvers<void>()
      const began = now
      let [writes, dead] = [0, false]
      const scheduler = schedulerOf(stored, hands, async (entry, decision) => {
        const dying = dies && writes++ === dies.write
        if (!dying || dies.written) stored.commit(entry, decision, hands.now())
        if (!dying) return
        dead = true
        killed.resolve()
        await new Promise(() => {})
      })
      scheduler.start()
      await Promise.race([hands.runUntil(now + seconds * 1000), killed.promise])
      now = hands.now().getTime()
      const before = gaps.at(-1)
      // Killed in the middle of its first look, it saw to some entries and not to others.
      const looked = now > began || !dead
      if (before) before.seen = looked
      const since = looked ? now : (before?.since ?? now)
      gaps.push({ from: now, to: now + gap * 1000, since, seen: true })
      now += gap * 1000
    }
    // The last life, after which nothing is left half done.
    const hands = new Hands(now)
    const last = schedulerOf(stored, hands)
    last.start()
    await hands.runUntil(now + 3600_000)
    await last.stop()
    return { gaps, end: new Date(now + 3600_000).toISOString() }
  }

  const stored = (all: readonly Omit<ScheduledEntry, 'id' | 'scheduledUntil' | 'enabled'>[]) => {
    const made = new Stored()
    for (const [index, entry] of all.entries()) made.add(String(index), START, entry)
    return made
  }

  test('and started again within the grace, each time is begun once', async () => {
    await fc.assert(
      fc.asyncProperty(entries, lives(59), async (some, all) => {
        const kept = stored(some)
        const short = all.map((life) => ({ ...life, gap: life.gap % 20, seconds: 120 + life.seconds }))
        const { end } = await live(kept, short)
        for (const entry of kept.entries.values()) {
          expect(kept.dueOf(entry.id)).toEqual(timesOf(entry, new Date(START).toISOString(), end))
        }
      }),
      { numRuns: 60 },
    )
  })

  test('and however long it is gone, none is begun twice, none in time is lost, and missed ones follow the policy', async () => {
    await fc.assert(
      fc.asyncProperty(entries, lives(12 * 3600), async (some, all) => {
        const kept = stored(some)
        const { gaps, end } = await live(kept, all)
        for (const entry of kept.entries.values()) {
          const times = timesOf(entry, new Date(START).toISOString(), end).map((time) => Date.parse(time))
          const begun = new Set(kept.dueOf(entry.id).map((time) => Date.parse(time)))
          expect(begun.size).toBe(kept.dueOf(entry.id).length)
          const unseen =
            ({ from, to }: Gap) =>
            (time: number) =>
              time >= from && time < to - 60_000
          const seen = times.filter((time) => !gaps.some((gap) => unseen({ ...gap, from: gap.since })(time)))
          expect(seen.filter((time) => !begun.has(time))).toEqual([])
          for (const gap of gaps) {
            // One that falls on the moment of the kill may have been written just before it.
            const missed = times.filter((time) => time > gap.from && unseen(gap)(time))
            const made = missed.filter((time) => begun.has(time))
            const merged = times.some((time) => time >= gap.to - 60_000 && time <= gap.to)
            if (entry.missedRuns === 'skip' || merged || missed.length === 0) expect(made).toEqual([])
            else if (gap.seen) expect(made).toEqual(missed.slice(-1))
            else expect([[], missed.slice(-1)]).toContainEqual(made)
          }
        }
      }),
      { numRuns: 60 },
    )
  })
})
