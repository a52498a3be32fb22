import { expect, test } from 'bun:test'
import { giveBack } from '../../src/lib/give-back.ts'

const MB = 1024 * 1024

test('what has memory of its own is empty afterwards', () => {
  const bytes = new Uint8Array(MB).fill(1)
  giveBack(bytes)
  expect(bytes).toHaveLength(0)
})

test('what shares its memory stays as it is', () => {
  const whole = new Uint8Array(2 * MB).fill(1)
  const part = whole.subarray(0, MB)
  giveBack(part)
  expect(part).toHaveLength(MB)
  expect(whole.every((byte) => byte === 1)).toBeTrue()
})

test('what other threads see stays as it is', () => {
  const shared = new Uint8Array(new SharedArrayBuffer(MB))
  giveBack(shared)
  expect(shared).toHaveLength(MB)
})
