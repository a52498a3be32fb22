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

  test('begin large and end small, over all tables', () => {
    const tables = [table(900 * MB, 115_200), table(90 * MB, 11_520), table(MB, 128)]
    const parts = partsOf(tables, itself, server(150000), 4)
    const sizes = parts.map(({ table, pages }) =>
      pages ? (pages.to ?? table.relation.pages) - pages.from : 0,
    )
    expect(sizes.at(-1)).toBe(0)
    const ranges = sizes.slice(0, -1)
    expect(ranges[0]).toBeGreaterThan(3 * (ranges.at(-1) ?? 0))
    expect(ranges.every((size, at) => size <= 1.5 * (ranges[at - 1] ?? size))).toBeTrue()
    expect(Math.max(...ranges.slice(-4)) * 8192).toBeLessThanOrEqual(6 * MB)
  })

  test('are bounded where somebody asks for it', () => {
    const parts = partsOf([table(1000 * MB, 128_000)], itself, server(150000), 2, 16 * MB)
    const sizes = parts.map(({ table, pages }) => (pages?.to ?? table.relation.pages) - (pages?.from ?? 0))
    expect(Math.max(...sizes) * 8192).toBeLessThanOrEqual(24 * MB)
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
