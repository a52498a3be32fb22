import { expect, test } from 'bun:test'
import { isDeeperThan } from '../../src/http/json-depth.ts'

test('brackets count outside of strings only', () => {
  const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`
  expect(isDeeperThan(100, nested(100))).toBe(false)
  expect(isDeeperThan(100, nested(101))).toBe(true)
  expect(isDeeperThan(2, '[[{}]]')).toBe(true)
  expect(isDeeperThan(1, JSON.stringify(Array(10).fill('[[[')))).toBe(false)
  expect(isDeeperThan(2, '[[],[],{},{"a":[1]}]')).toBe(true)
  expect(isDeeperThan(1, JSON.stringify(['\\', '"[[[', '\\"[[[']))).toBe(false)
  for (const broken of ['', '"', '"\\', ']]]', '"[[[']) expect(isDeeperThan(1, broken)).toBe(false)
})

test('sixteen megabytes are looked at in a moment', () => {
  const text = JSON.stringify({ a: 'x'.repeat(8_000_000), b: '"'.repeat(4_000_000) })
  const begun = performance.now()
  expect(isDeeperThan(2, text)).toBe(false)
  // 0.04 s.
  expect(performance.now() - begun).toBeLessThan(1000)
})
