import { describe, expect, test } from 'bun:test'
import { type Divisible, partsOf } from '../../src/operations/parts.ts'

describe('the parts', () => {
  const table = (bytes: number, pages: number, byPages = true) =>
    ({ relation: { bytes, pages }, byPages }) as Divisible
  const itself = (divisible: Divisible) => divisible
  const server = (versionNumber: number) => ({ versionNumber }) as never
  const MB = 1024 * 1024

  test('cover every page once, and the last one goes to the end', () => {
    const parts = partsOf([table(1000 * MB, 128_001)], itself, server(150000), 2)
    expect(parts.length).toBeGreaterThan(8)
    let next = 0
    for (const { pages } of parts) {
      expect(pages?.from).toBe(next)
      next = pages?.to ?? Number.POSITIVE_INFINITY
    }
    expect(next).toBe(Number.POSITIVE_INFINITY)
  })

  test.each([
    ['a small table', [table(MB, 128)], 150000, 4],
    ['one connection', [table(1000 * MB, 128_000)], 150000, 1],
    ['a server that cannot read a range alone', [table(1000 * MB, 128_000)], 130012, 4],
    ['rows of a query', [table(1000 * MB, 128_000, false)], 150000, 4],
    ['rows that are stored otherwise than in a heap', [table(1000 * MB, 0)], 150000, 4],
  ])('are one for %s', (_, tables, version, lanes) => {
    expect(partsOf(tables, itself, server(version), lanes).map(({ pages }) => pages)).toEqual([undefined])
  })
})
