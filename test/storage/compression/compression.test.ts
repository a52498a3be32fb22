import { describe, expect, test } from 'bun:test'
import { Fault } from '../../../src/lib/fault.ts'
import { decompress, packPiece } from '../../../src/storage/compression/compression.ts'
import { faultOf } from '../../server/faults.ts'
import { cut, gather, noise, streamOf } from '../streams.ts'

const text = (size: number) => new TextEncoder().encode('a row of text\n'.repeat(size)).subarray(0, size)

/** Blocks of all kinds: empty, tiny, of bytes that do not pack, and of ones that pack to nearly nothing. */
const BLOCKS = [text(0), text(1), text(0), text(300_000), noise(70_000), text(2), text(1_200_000), text(0)]
const PLAIN = Buffer.concat(BLOCKS)

async function packed(compression: 'GZIP' | 'ZSTD'): Promise<Uint8Array[]> {
  return Promise.all(BLOCKS.map(packPiece(compression)))
}

describe.each(['GZIP', 'ZSTD'] as const)('%s', (compression) => {
  test('all members come out, wherever the stream is cut into pieces', async () => {
    const stream = Buffer.concat(await packed(compression))
    for (const sizes of [[1], [2], [3], [7, 0, 1], [1000], [65_536], [10_000_000]]) {
      const back = await gather(decompress(cut(stream, ...sizes), compression))
      expect(back.equals(PLAIN)).toBeTrue()
    }
    expect(
      (await gather(decompress(streamOf(...(await packed(compression))), compression))).equals(PLAIN),
    ).toBeTrue()
  })

  test('thousands of tiny members come out', async () => {
    const member = await packPiece(compression)(text(3))
    const back = await gather(decompress(streamOf(...Array<Uint8Array>(5000).fill(member)), compression))
    expect(back.length).toBe(15_000)
  })

  test('a stream that is cut inside of a member is damaged, wherever', async () => {
    const members = await Promise.all([text(0), text(1), text(100), noise(50)].map(packPiece(compression)))
    const stream = Buffer.concat(members)
    const ends = new Set(members.map((_, at) => Buffer.concat(members.slice(0, at + 1)).length))
    for (let length = 0; length < stream.length; length++) {
      const work = gather(decompress(streamOf(stream.subarray(0, length)), compression, 'a/b.gz'))
      if (ends.has(length)) {
        await work
        continue
      }
      const fault = await faultOf(work)
      expect(fault.code).toBe('backup-damaged')
      expect(fault.place?.file).toBe('a/b.gz')
    }
  })

  test('what stands behind the last member is damage', async () => {
    const stream = Buffer.concat(await packed(compression))
    for (const more of [Uint8Array.of(0), new Uint8Array(40), text(10)]) {
      for (const pieces of [[Buffer.concat([stream, more])], [stream, more]]) {
        const fault = await faultOf(gather(decompress(streamOf(...pieces), compression)))
        expect(fault.code).toBe('backup-damaged')
      }
    }
  })

  test('something else is damage', async () => {
    for (const other of [noise(1000), text(1000)]) {
      expect((await faultOf(gather(decompress(streamOf(other), compression)))).code).toBe('backup-damaged')
    }
  })

  test('a fault of what it reads stays what it is', async () => {
    async function* failing() {
      yield (await packed(compression))[3] as Uint8Array
      throw new Fault('storage-failed', 'The connection broke.')
    }
    expect((await faultOf(gather(decompress(failing(), compression)))).code).toBe('storage-failed')
  })

  test('what is left early ends its source, and little was read ahead', async () => {
    const member = await packPiece(compression)(noise(200_000))
    let asked = 0
    let ended = false
    async function* endless() {
      try {
        for (;;) {
          asked++
          yield member
        }
      } finally {
        ended = true
      }
    }
    for await (const piece of decompress(endless(), compression)) {
      expect(piece.length).toBeGreaterThan(0)
      break
    }
    expect(ended).toBeTrue()
    expect(asked).toBeLessThanOrEqual(3)
  })

  test('a stream that packs a gigabyte into little comes out in small pieces', async () => {
    const member = await packPiece(compression)(new Uint8Array(1024 * 1024))
    const bomb = Buffer.concat(Array<Uint8Array>(1000).fill(member))
    let total = 0
    let largest = 0
    for await (const piece of decompress(cut(bomb, 1024 * 1024), compression)) {
      total += piece.length
      largest = Math.max(largest, piece.length)
    }
    expect(total).toBe(1000 * 1024 * 1024)
    expect(largest).toBeLessThanOrEqual(1024 * 1024)
  })
})

test('without compression all passes as it is', async () => {
  expect(await packPiece('NONE')(PLAIN)).toBe(PLAIN)
  expect((await gather(decompress(cut(PLAIN, 1000), 'NONE'))).equals(PLAIN)).toBeTrue()
})
