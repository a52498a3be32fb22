import { expect, test } from 'bun:test'
import { chmodSync, statSync } from 'node:fs'
import { Secret } from '../../src/lib/secret.ts'
import { Seal } from '../../src/store/seal.ts'
import { faultOf } from '../server/faults.ts'
import { TestFolder } from '../server/folder.ts'

test('what is sealed opens with the key of the file, and holds nothing of the text', async () => {
  await using folder = await TestFolder.create()
  const seal = await Seal.open(folder.file('key'), undefined)
  expect(statSync(folder.file('key')).mode & 0o777).toBe(0o600)
  for (const text of ['', 'hunter2', '世界 \0 🎉', 'x'.repeat(1_000_000)]) {
    const sealed = seal.close(text, 'a place')
    if (text !== '') expect(Buffer.from(sealed).includes(text)).toBe(false)
    const again = await Seal.open(folder.file('key'), undefined)
    expect(again.open(sealed, 'a place')).toBe(text)
  }
  expect(Buffer.from(seal.close('same', 'x')).equals(seal.close('same', 'x'))).toBe(false)
})

test('it opens in its own place only, unchanged, with its own key', async () => {
  await using folder = await TestFolder.create()
  const seal = await Seal.open(folder.file('key'), undefined)
  const other = await Seal.open(folder.file('other'), undefined)
  const sealed = seal.close('hunter2', 'task 1')
  expect(() => seal.open(sealed, 'task 2')).toThrow('another key')
  expect(() => other.open(sealed, 'task 1')).toThrow('another key')
  for (let at = 0; at < sealed.length; at++) {
    const changed = Uint8Array.from(sealed)
    changed[at] = (changed[at] ?? 0) ^ 1
    expect(() => seal.open(changed, 'task 1')).toThrow('another key')
  }
  expect(() => seal.open(sealed.subarray(0, 5), 'task 1')).toThrow('another key')
})

test('a key may come from the environment, in base64 or hexadecimal; then there is no file', async () => {
  await using folder = await TestFolder.create()
  const bytes = Buffer.alloc(32, 7)
  const base64 = await Seal.open(folder.file('key'), new Secret(bytes.toString('base64')))
  const hexadecimal = await Seal.open(folder.file('key'), new Secret(bytes.toString('hex')))
  expect(hexadecimal.open(base64.close('x', 'p'), 'p')).toBe('x')
  expect(await Bun.file(folder.file('key')).exists()).toBe(false)
})

test.each(['short', 'A'.repeat(40), '='.repeat(44)])('%s is no key', async (text) => {
  await using folder = await TestFolder.create()
  const fault = await faultOf(Seal.open(folder.file('key'), new Secret(text)))
  expect([fault.code, fault.message]).toEqual(['state-key', expect.not.stringContaining(text)])
})

test('a key that others may read is refused', async () => {
  await using folder = await TestFolder.create()
  await Seal.open(folder.file('key'), undefined)
  chmodSync(folder.file('key'), 0o640)
  expect((await faultOf(Seal.open(folder.file('key'), undefined))).code).toBe('state-key')
})
