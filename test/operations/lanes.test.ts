import { describe, expect, test } from 'bun:test'
import { runLanes } from '../../src/operations/lanes.ts'

const ITEMS = [...Array(50).keys()]
const NEVER = new AbortController().signal

interface Done {
  readonly lane: number
  readonly item: number
  readonly next: number | undefined
}

async function work(lanes: number, takesNext?: (item: number) => boolean): Promise<Done[]> {
  const done: Done[] = []
  let opened = 0
  await runLanes(ITEMS, {
    lanes,
    signal: NEVER,
    open: async () => opened++,
    ...(takesNext && { takesNext }),
    work: async (lane, item, _signal, next) => {
      done.push({ lane, item, next })
      // Other lanes have their turn as often as this one.
      for (let turns = 0; turns < item % 5; turns++) await Promise.resolve()
    },
    close: async () => {},
  })
  return done
}

describe('lanes', () => {
  test.each([1, 3, 60])('%d of them do everything once, and begin it in its order', async (lanes) => {
    const done = await work(lanes)
    expect(done.map(({ item }) => item)).toEqual(ITEMS)
    expect(done.every(({ next }) => next === undefined)).toBeTrue()
  })

  test.each([1, 3, 60])('%d of them that take what comes next do everything once', async (lanes) => {
    const done = await work(lanes, (item) => item % 7 !== 3)
    expect(done.map(({ item }) => item).sort((left, right) => left - right)).toEqual(ITEMS)
    for (const lane of new Set(done.map((entry) => entry.lane))) {
      const own = done.filter((entry) => entry.lane === lane)
      for (const [at, { item, next }] of own.entries()) {
        if (item % 7 === 3) expect(next).toBeUndefined()
        if (next !== undefined) expect(own[at + 1]?.item).toBe(next)
      }
    }
    if (lanes === 1) expect(done.filter(({ next }) => next !== undefined).length).toBeGreaterThan(40)
  })
})
