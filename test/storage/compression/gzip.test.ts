import { describe, expect, test } from 'bun:test'
import {
  gzipLibrary,
  packBest,
  packByLibdeflate,
  packHere,
  packOnPool,
} from '../../../src/storage/compression/gzip.ts'
import { openIsaL } from '../../../src/storage/compression/isa-l.ts'
import { noise } from '../streams.ts'

const text = new TextEncoder()
const rows = (number: number) =>
  text.encode(Array.from({ length: number }, (_, at) => `${at}\tuser.${at * 7919}@example.com\n`).join(''))

const BLOCKS: readonly (readonly [string, Uint8Array])[] = [
  ['nothing', new Uint8Array()],
  ['one byte', text.encode('\n')],
  ['a row', rows(1)],
  ['rows', rows(10_000)],
  ['a byte, many times over', new Uint8Array(1_048_576).fill(120)],
  ['what does not pack', noise(1_048_576)],
  ['what does not pack, and is short', noise(100)],
  ['a part of a larger buffer', rows(10_000).subarray(12_345, 98_765)],
]

const unpack = (member: Uint8Array) => Buffer.from(Bun.gunzipSync(new Uint8Array(member)))

describe.each([
  ['what is fastest here', packHere],
  ['what is best on this machine', packBest],
  ['libdeflate', packByLibdeflate],
  ['the thread pool', packOnPool],
])('%s', (_, pack) => {
  test.each(BLOCKS)('%s comes back as it was', async (_, block) => {
    const before = Buffer.from(block)
    expect(unpack(await pack(block)).equals(before)).toBeTrue()
    expect(before.equals(block)).toBeTrue()
  })

  test('members share no memory with each other, nor with their block', async () => {
    const block = rows(1000).slice()
    const before = Buffer.from(block)
    const first = await pack(block)
    block.fill(0)
    const second = await pack(block)
    expect(unpack(first).equals(before)).toBeTrue()
    expect(unpack(second).equals(Buffer.alloc(block.length))).toBeTrue()
  })
})

test.if(process.platform === 'linux')(
  'ISA-L is found, and packs within a tenth as small as libdeflate does',
  async () => {
    const pack = openIsaL()
    if (!pack) throw new Error('ISA-L was not found. Install it (Debian, Ubuntu: apt-get install libisal2).')
    expect(gzipLibrary()).toBe('ISA-L')
    const block = rows(10_000)
    const packed = pack(block)
    expect(packed?.length).toBeLessThan(1.1 * (await packByLibdeflate(block)).length)
    expect(pack(new Uint8Array())).toBeUndefined()
  },
)
