import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { batchesOf } from '../../src/operations/dump/batches.ts'

interface Table {
  readonly bytes: number
  readonly path: boolean
}

const table = fc.record({ bytes: fc.oneof(fc.nat(300_000), fc.nat(9000)), path: fc.boolean() })

test('small tables are asked for together, each in its place, large ones and parts of one alone', () => {
  fc.assert(
    fc.property(fc.array(table, { maxLength: 300 }), fc.integer({ min: 1, max: 8 }), (tables, lanes) => {
      const parts = tables.map((one: Table, at) => ({
        table: one,
        pages: at % 11 === 0 ? { from: 0, to: undefined } : undefined,
      }))
      const batches = batchesOf(parts, {
        lanes,
        bytesOf: ({ bytes }) => bytes,
        together: (one, other) => one.path === other.path,
      })
      expect(batches.flat()).toEqual(parts)
      for (const batch of batches.filter(({ length }) => length > 1)) {
        expect(batch.length).toBeLessThanOrEqual(32)
        expect(new Set(batch.map(({ table: { path } }) => path)).size).toBe(1)
        expect(batch.every(({ table: { bytes }, pages }) => bytes <= 256 * 1024 && !pages)).toBe(true)
      }
    }),
  )
})

test('two connections get several batches each of 2,000 small tables', () => {
  const parts = Array.from({ length: 2000 }, () => ({ table: { bytes: 8192 }, pages: undefined }))
  const batches = batchesOf(parts, { lanes: 2, bytesOf: ({ bytes }) => bytes, together: () => true })
  expect(batches.length).toBe(Math.ceil(2000 / 32))
  const few = batchesOf(parts.slice(0, 16), { lanes: 2, bytesOf: ({ bytes }) => bytes, together: () => true })
  expect(few.length).toBe(8)
})
