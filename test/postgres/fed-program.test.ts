import { expect, test } from 'bun:test'
import { spawnFed } from '../../src/postgres/fed-program.ts'

const environment = { PATH: process.env.PATH ?? '' }
const signal = new AbortController().signal

test('a program gets a stream no faster than it reads, and what it has read is not kept', async () => {
  const given: WeakRef<Uint8Array>[] = []
  let alive = 0
  async function* stream() {
    for (let n = 0; n < 200; n++) {
      const piece = new Uint8Array(1024 * 1024)
      given.push(new WeakRef(piece))
      yield piece
    }
    await new Promise((resolve) => setTimeout(resolve))
    Bun.gc(true)
    alive = given.filter((piece) => piece.deref() !== undefined).length
  }
  const program = spawnFed(['sh', '-c', 'test $(wc -c) = 209715200'], environment, signal, stream())
  await program.fed
  expect(await program.exited).toBe(0)
  expect(alive).toBeLessThan(20)
})

test('a program that ends early leaves the rest: read to its end where it succeeded, given up where it failed', async () => {
  for (const [code, whole] of [
    [0, true],
    [1, false],
  ] as const) {
    let ended = false
    async function* stream() {
      for (let n = 0; n < 100; n++) yield new Uint8Array(1024 * 1024)
      ended = true
    }
    const program = spawnFed(
      ['sh', '-c', `head -c 10 >/dev/null; exit ${code}`],
      environment,
      signal,
      stream(),
    )
    await program.fed
    expect([await program.exited, ended]).toEqual([code, whole])
  }
})

test('a stream that fails ends the program, and is the reason', async () => {
  async function* stream() {
    yield new Uint8Array(10)
    throw new Error('the seal is broken')
  }
  const program = spawnFed(['sh', '-c', 'cat >/dev/null; sleep 100'], environment, signal, stream())
  await expect(program.fed).rejects.toThrow('the seal is broken')
  expect(await program.exited).not.toBe(0)
})
