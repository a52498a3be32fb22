import { expect, test } from 'bun:test'
import { asFault, describePlace, Fault, faultOfWork } from '../../src/lib/fault.ts'

test('a place names file, line, column, relation and field, as far as they are known', () => {
  expect(describePlace({ file: 'a.py', line: 3, column: 7, relation: 'public.t', field: 'c' })).toBe(
    'a.py:3:7 public.t.c',
  )
  expect(describePlace({ relation: 'public.t' })).toBe('public.t')
  expect(describePlace({ file: 'a.py' })).toBe('a.py')
  expect(describePlace(undefined)).toBe('')
})

test('one fault carries all findings and takes its code from the first error', () => {
  const fault = Fault.of([
    { code: 'rule-overruled', severity: 'warning', message: 'w' },
    { code: 'rule-unmatched', severity: 'error', message: 'e', remedy: 'r' },
  ])
  expect(fault.code).toBe('rule-unmatched')
  expect(fault.message).toBe('e')
  expect(fault.kind).toBe('refused')
  expect(fault.findings.length).toBe(2)
})

test('an abort becomes an interruption, anything else an internal fault that does not show its cause', () => {
  const controller = new AbortController()
  controller.abort()
  expect(asFault(controller.signal.reason).kind).toBe('interrupted')
  const internal = asFault(new Error('a value of a row'))
  expect(internal.code).toBe('internal')
  expect(internal.message).not.toContain('a value of a row')
})

test('work that was aborted was interrupted, whatever broke on account of it', () => {
  const controller = new AbortController()
  const broken = new Fault('query-failed', 'PostgreSQL refused a statement: cancelled.')
  expect(faultOfWork(controller.signal, broken)).toBe(broken)
  controller.abort()
  expect(faultOfWork(controller.signal, broken).code).toBe('interrupted')
})
