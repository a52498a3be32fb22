import { expect, test } from 'bun:test'
import { inspect } from 'node:util'
import { createLog } from '../../src/lib/log.ts'
import { Secret } from '../../src/lib/secret.ts'

test('a secret prints nowhere', () => {
  const secret = new Secret('hunter2')
  const lines: string[] = []
  createLog('debug', { write: (line) => lines.push(line) }).info(
    { secret, nested: { secret } },
    `with ${secret}`,
  )
  const shown = [
    `${secret}`,
    String(secret),
    JSON.stringify({ secret }),
    inspect(secret),
    inspect({ deep: { secret } }, { depth: 9, showHidden: true }),
    Bun.inspect(secret),
    Object.values(secret).join(),
    ...lines,
  ]
  for (const text of shown) expect(text).not.toContain('hunter2')
  expect(secret.reveal()).toBe('hunter2')
})
