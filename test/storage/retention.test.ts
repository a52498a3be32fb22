import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import {
  explain,
  type KeptFile,
  type Retention,
  readRetention,
  TIERS,
  toRemove,
} from '../../src/storage/retention.ts'

const UTC = { justUploaded: '', timeZone: 'UTC' }
const NONE = { daily: 0, weekly: 0, monthly: 0, yearly: 0 }

const smart = (tiers: Partial<typeof NONE>): Retention => ({ mode: 'SMART', smart: { ...NONE, ...tiers } })
const simple = (keepCount: number): Retention => ({ mode: 'SIMPLE', simple: { keepCount } })

/** Files that are called by their date, some of them locked. */
const files = (dates: readonly string[], locked: readonly string[] = []): KeptFile[] =>
  dates.map((date) => ({ path: date, at: new Date(date), locked: locked.includes(date) }))

const kept = (found: readonly KeptFile[], retention: Retention, options = UTC) => {
  const removed = new Set(toRemove(found, retention, options))
  return found.map(({ path }) => path).filter((path) => !removed.has(path))
}

/** One file a day at noon, the newest first. */
const days = (last: string, count: number) =>
  files(
    Array.from({ length: count }, (_, back) =>
      new Date(Date.parse(`${last}T12:00Z`) - back * 86_400_000).toISOString().slice(0, 16).concat('Z'),
    ),
  )

describe('SMART keeps', () => {
  test('of 800 days the newest of 7 days, 4 weeks, 6 months and 2 years', () => {
    const found = days('2026-11-21', 800)
    const expected = {
      // A Saturday: six more days back, of which five are of this week.
      daily: ['11-21', '11-20', '11-19', '11-18', '11-17', '11-16', '11-15'].map((day) => `2026-${day}`),
      weekly: ['2026-11-21', '2026-11-15', '2026-11-08', '2026-11-01'],
      monthly: ['2026-11-21', '2026-10-31', '2026-09-30', '2026-08-31', '2026-07-31', '2026-06-30'],
      yearly: ['2026-11-21', '2025-12-31'],
    }
    const explained = explain(found, smart({ daily: 7, weekly: 4, monthly: 6, yearly: 2 }), UTC)
    for (const tier of TIERS) {
      const by = explained.filter(({ keptBy }) => keptBy.includes(tier)).map(({ path }) => path.slice(0, 10))
      expect([tier, by]).toEqual([tier, expected[tier]])
    }
    const all = new Set(Object.values(expected).flat())
    expect(kept(found, smart({ daily: 7, weekly: 4, monthly: 6, yearly: 2 }))).toHaveLength(all.size)
  })

  test.each<[string, Partial<typeof NONE>, string[], string[]]>([
    [
      'the newest of a day',
      { daily: 1 },
      ['2026-05-01T23:59Z', '2026-05-01T00:00Z', '2026-04-30T23:59Z'],
      ['2026-05-01T23:59Z'],
    ],
    [
      'days that have files, not days of the calendar',
      { daily: 2 },
      ['2026-05-01T12:00Z', '2025-01-01T12:00Z', '2024-01-01T12:00Z'],
      ['2026-05-01T12:00Z', '2025-01-01T12:00Z'],
    ],
    [
      'one of the ISO week that lies in two years: 2020-12-31 and 2021-01-01 are of 2020-W53',
      { weekly: 2 },
      ['2021-01-01T12:00Z', '2020-12-31T12:00Z', '2020-12-27T12:00Z'],
      ['2021-01-01T12:00Z', '2020-12-27T12:00Z'],
    ],
    [
      'two where the ISO week changes at the turn: 2021-01-03 is of 2020-W53, 2021-01-04 of 2021-W01',
      { weekly: 2 },
      ['2021-01-04T12:00Z', '2021-01-03T12:00Z', '2020-12-28T12:00Z'],
      ['2021-01-04T12:00Z', '2021-01-03T12:00Z'],
    ],
    [
      'the week 2025-W01 from 2024-12-30 on, apart from 2024-W01',
      { weekly: 3 },
      ['2025-01-05T12:00Z', '2024-12-30T12:00Z', '2024-12-29T12:00Z', '2024-01-01T12:00Z'],
      ['2025-01-05T12:00Z', '2024-12-29T12:00Z', '2024-01-01T12:00Z'],
    ],
    [
      'months of the same number in different years apart',
      { monthly: 3 },
      ['2026-01-31T12:00Z', '2026-01-01T12:00Z', '2025-01-31T12:00Z', '2024-01-31T12:00Z'],
      ['2026-01-31T12:00Z', '2025-01-31T12:00Z', '2024-01-31T12:00Z'],
    ],
  ])('%s', (_, tiers, dates, expected) => {
    expect(kept(files(dates), smart(tiers))).toEqual(expected)
    expect(kept(files(dates.toReversed()), smart(tiers)).sort()).toEqual(expected.toSorted())
  })

  test.each([
    ['UTC', ['2026-05-02T01:00Z']],
    ['Europe/Berlin', ['2026-05-02T01:00Z', '2026-05-01T21:30Z']],
    ['America/New_York', ['2026-05-02T01:00Z', '2026-05-01T03:30Z']],
  ])('days of the zone of the job: %s', (timeZone, expected) => {
    const found = files(['2026-05-02T01:00Z', '2026-05-01T22:30Z', '2026-05-01T21:30Z', '2026-05-01T03:30Z'])
    const wanted = timeZone === 'UTC' ? [...expected, '2026-05-01T22:30Z'] : expected
    expect(kept(found, smart({ daily: 2 }), { ...UTC, timeZone })).toEqual(wanted)
  })

  test.each([
    // 23 and 25 hours: the first and the last half hour are of the day, the ones around it are not.
    ['2026-03-28T23:30Z', '2026-03-29T21:30Z', '2026-03-28T22:30Z', '2026-03-29T22:30Z'],
    ['2026-10-24T22:30Z', '2026-10-25T22:30Z', '2026-10-24T21:30Z', '2026-10-25T23:30Z'],
  ])('one of a day on which clocks change (Berlin, %s)', (first, last, before, after) => {
    const found = files([after, last, first, before])
    const options = { ...UTC, timeZone: 'Europe/Berlin' }
    expect(kept(found, smart({ daily: 3 }), options)).toEqual([after, last, before])
  })

  test('of two files of one instant the one whose name comes later, whatever their order', () => {
    const at = new Date('2026-05-01T12:00Z')
    const pair = [
      { path: 'a', at, locked: false },
      { path: 'b', at, locked: false },
    ]
    expect(toRemove(pair, smart({ daily: 5 }), UTC)).toEqual(['a'])
    expect(toRemove(pair.toReversed(), smart({ daily: 5 }), UTC)).toEqual(['a'])
    expect(toRemove(pair, simple(1), UTC)).toEqual(['a'])
  })

  test('what any tier keeps, said tier by tier', () => {
    const found = files(['2026-05-02T12:00Z', '2026-05-01T12:00Z', '2026-04-30T12:00Z', '2026-04-29T12:00Z'])
    expect(explain(found, smart({ daily: 2, monthly: 2, yearly: 1 }), UTC)).toEqual([
      { path: '2026-05-02T12:00Z', keptBy: ['daily', 'monthly', 'yearly'] },
      { path: '2026-05-01T12:00Z', keptBy: ['daily'] },
      { path: '2026-04-30T12:00Z', keptBy: ['monthly'] },
      { path: '2026-04-29T12:00Z', keptBy: [] },
    ])
  })
})

describe('always', () => {
  const found = files(['2026-05-04T12:00Z', '2026-05-03T12:00Z', '2026-05-02T12:00Z', '2026-05-01T12:00Z'])

  test('what goes is named oldest first', () => {
    expect(toRemove(found, simple(1), UTC)).toEqual([
      '2026-05-01T12:00Z',
      '2026-05-02T12:00Z',
      '2026-05-03T12:00Z',
    ])
  })

  test('locked files stay and take nobody’s place', () => {
    const locked = ['2026-05-04T12:00Z', '2026-05-02T12:00Z']
    const some = files(
      found.map(({ path }) => path),
      locked,
    )
    expect(kept(some, simple(1))).toEqual(['2026-05-04T12:00Z', '2026-05-03T12:00Z', '2026-05-02T12:00Z'])
    expect(kept(some, smart({ daily: 1 }))).toEqual(kept(some, simple(1)))
    expect(explain(some, simple(1), UTC)[0]).toEqual({ path: '2026-05-04T12:00Z', keptBy: ['locked'] })
  })

  test('the file just uploaded stays, though its date is the oldest', () => {
    const justUploaded = '2026-05-01T12:00Z'
    expect(kept(found, simple(1), { ...UTC, justUploaded })).toEqual(['2026-05-04T12:00Z', justUploaded])
  })

  test('a file of no date stays and takes nobody’s place', () => {
    const undated = { path: 'x', at: new Date(Number.NaN), locked: false }
    expect(kept([undated, ...found, { ...undated, path: 'y' }], simple(1))).toEqual([
      'x',
      '2026-05-04T12:00Z',
      'y',
    ])
  })

  test.each<[string, unknown]>([
    ['NONE', { mode: 'NONE' }],
    ['NONE with sections of other modes', { mode: 'NONE', simple: { keepCount: 1 }, smart: NONE }],
    ['an empty object', {}],
    ['nothing', undefined],
    ['null', null],
    ['a text', '{"mode":"SIMPLE","simple":{"keepCount":1}}'],
    ['SIMPLE without its section', { mode: 'SIMPLE' }],
    ['SIMPLE of 0', { mode: 'SIMPLE', simple: { keepCount: 0 } }],
    ['SIMPLE of -1', { mode: 'SIMPLE', simple: { keepCount: -1 } }],
    ['SIMPLE of a half', { mode: 'SIMPLE', simple: { keepCount: 1.5 } }],
    ['SIMPLE of NaN', { mode: 'SIMPLE', simple: { keepCount: Number.NaN } }],
    ['SIMPLE of a text', { mode: 'SIMPLE', simple: { keepCount: '1' } }],
    ['SMART without its section', { mode: 'SMART' }],
    ['SMART with no tier', { mode: 'SMART', smart: {} }],
    ['SMART with all tiers 0', { mode: 'SMART', smart: NONE }],
    ['SMART with a tier that there is not', { mode: 'SMART', smart: { ...NONE, daily: 1, hourly: 1 } }],
    ['SMART with a tier below 0', { mode: 'SMART', smart: { ...NONE, daily: 1, weekly: -1 } }],
    ['a mode that there is not', { mode: 'simple', simple: { keepCount: 1 } }],
  ])('%s removes nothing', (_, retention) => {
    expect(toRemove(found, retention as Retention, UTC)).toEqual([])
  })

  test('0 files are no trouble', () => {
    expect([toRemove([], simple(1), UTC), explain([], smart({ daily: 1 }), UTC)]).toEqual([[], []])
  })

  test('a time zone that there is not removes nothing: it throws', () => {
    expect(() => toRemove(found, smart({ daily: 1 }), { ...UTC, timeZone: 'Mars/Olympus' })).toThrow()
  })

  test('5,000 files take less than a second', () => {
    const many = files(
      Array.from({ length: 5000 }, (_, hours) => new Date(1.7e12 - hours * 3_600_000).toISOString()),
    )
    const began = performance.now()
    const left = kept(many, smart({ daily: 31, weekly: 52, monthly: 24, yearly: 10 }), {
      ...UTC,
      timeZone: 'America/New_York',
    })
    expect(performance.now() - began).toBeLessThan(1000)
    expect(left.length).toBeGreaterThan(31)
  })
})

describe('a policy at the edge', () => {
  test.each<[string, unknown]>([
    ['NONE', { mode: 'NONE' }],
    ['SIMPLE', { mode: 'SIMPLE', simple: { keepCount: 10_000 } }],
    ['SMART', { mode: 'SMART', smart: { daily: 7, weekly: 4, monthly: 12, yearly: 2 } }],
    [
      'SMART beside what SIMPLE had',
      { mode: 'SMART', simple: { keepCount: 0 }, smart: { ...NONE, daily: 1 } },
    ],
  ])('%s is taken as it is', (_, value) => {
    expect(readRetention(value) as unknown).toEqual(value)
  })

  test('tiers that are left out are 0', () => {
    expect(readRetention({ mode: 'SMART', smart: { monthly: 3 } })).toEqual(smart({ monthly: 3 }))
  })

  test.each<[string, unknown]>([
    ['mode', {}],
    ['simple.keepCount', { mode: 'SIMPLE' }],
    ['simple.keepCount', { mode: 'SIMPLE', simple: { keepCount: 10_001 } }],
    ['smart', { mode: 'SMART', smart: NONE }],
    ['smart.daily', { mode: 'SMART', smart: { daily: '7' } }],
    ['keep', { mode: 'NONE', keep: 3 }],
    ['expected object', 'NONE'],
  ])('is refused with its place: %s', (place, value) => {
    let fault: unknown
    try {
      readRetention(value)
    } catch (error) {
      fault = error
    }
    expect(fault).toMatchObject({ code: 'retention-invalid', kind: 'usage' })
    expect((fault as Error).message).toContain(place)
  })
})

describe('for any files and any policy', () => {
  const count = fc.integer({ min: 0, max: 6 })
  const policy: fc.Arbitrary<Retention> = fc.oneof(
    fc.constant<Retention>({ mode: 'NONE' }),
    fc.integer({ min: 1, max: 12 }).map(simple),
    fc
      .record({ daily: count, weekly: count, monthly: count, yearly: count })
      .filter((tiers) => TIERS.some((tier) => tiers[tier] > 0))
      .map(smart),
  )
  const someFiles = fc
    .array(
      fc.record({
        at: fc.date({
          min: new Date('2019-12-20T00:00Z'),
          max: new Date('2022-01-10T00:00Z'),
          noInvalidDate: true,
        }),
        locked: fc.boolean(),
      }),
      { maxLength: 60 },
    )
    .map((some): KeptFile[] => some.map((file, index) => ({ ...file, path: String(index) })))
  const zone = fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York', 'Pacific/Apia')
  const situation = fc.record({
    found: someFiles,
    policy,
    timeZone: zone,
    justUploaded: fc.nat(59).map(String),
  })

  test('neither what was just uploaded nor what is locked goes, and nothing goes twice', () => {
    fc.assert(
      fc.property(situation, ({ found, policy, timeZone, justUploaded }) => {
        const removed = toRemove(found, policy, { timeZone, justUploaded })
        expect(removed).not.toContain(justUploaded)
        expect(found.filter(({ path, locked }) => locked && removed.includes(path))).toEqual([])
        expect(new Set(removed).size).toBe(removed.length)
      }),
    )
  })

  test('no more stays than the policy has places, but for what is locked and just uploaded; the newest stays', () => {
    fc.assert(
      fc.property(situation, ({ found, policy, timeZone, justUploaded }) => {
        if (policy.mode === 'NONE') return
        const places =
          policy.mode === 'SIMPLE'
            ? (policy.simple?.keepCount ?? 0)
            : TIERS.reduce((sum, tier) => sum + (policy.smart?.[tier] ?? 0), 0)
        const stays = kept(found, policy, { timeZone, justUploaded })
        const counted = found.filter(
          ({ path, locked }) => !locked && path !== justUploaded && stays.includes(path),
        )
        expect(counted.length).toBeLessThanOrEqual(places)
        const newest = found.filter(({ locked }) => !locked).sort((a, b) => +b.at - +a.at)[0]
        if (newest) expect(found.some((f) => +f.at === +newest.at && stays.includes(f.path))).toBe(true)
      }),
    )
  })

  test('a more generous policy keeps all that the stricter one keeps', () => {
    fc.assert(
      fc.property(situation, fc.record({ a: count, b: count, c: count, d: count }), (given, more) => {
        const { found, policy, ...options } = given
        const { simple: one, smart: many } = policy
        const generous: Retention = {
          ...policy,
          ...(one && { simple: { keepCount: one.keepCount + more.a } }),
          ...(many && {
            smart: {
              daily: many.daily + more.a,
              weekly: many.weekly + more.b,
              monthly: many.monthly + more.c,
              yearly: many.yearly + more.d,
            },
          }),
        }
        const stays = new Set(kept(found, generous, options))
        expect(kept(found, policy, options).filter((path) => !stays.has(path))).toEqual([])
      }),
    )
  })

  test('to remove once more removes nothing more', () => {
    fc.assert(
      fc.property(situation, ({ found, policy, ...options }) => {
        const stays = kept(found, policy, options)
        const left = found.filter(({ path }) => stays.includes(path))
        expect(toRemove(left, policy, options)).toEqual([])
      }),
    )
  })

  test('the order in which files are listed means nothing', () => {
    fc.assert(
      fc.property(situation, fc.infiniteStream(fc.double()), ({ found, policy, ...options }, dice) => {
        const shuffled = found
          .map((file) => ({ file, rank: Number(dice.next().value) || 0 }))
          .sort((a, b) => a.rank - b.rank)
          .map(({ file }) => file)
        expect(toRemove(shuffled, policy, options)).toEqual(toRemove(found, policy, options))
      }),
    )
  })
})
