import { describe, expect, test } from 'bun:test'
import {
  gzipLibrary,
  packBest,
  packByLibdeflate,
  packHere,
  packOnPool,
  unpackHere,
  unpackOnPool,
} from '../../../src/storage/compression/gzip.ts'
import { DESCRIBED_BYTES, readDescription } from '../../../src/storage/compression/gzip-member.ts'
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

  test.each(BLOCKS)('%s tells how long it is, and whether it ends a line', async (_, block) => {
    const member = await pack(block)
    const expected = { bytes: member.length, endsLine: block.at(-1) === 10 }
    expect(readDescription(member.subarray(0, DESCRIBED_BYTES))).toEqual(expected)
    for (const unpack of [unpackHere, unpackOnPool]) {
      expect(Buffer.from(await unpack(member)).equals(block)).toBeTrue()
    }
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

test('a member that says nothing of itself, and one that is cut, have no description', async () => {
  const described = await packHere(rows(10))
  expect(readDescription(described.subarray(0, DESCRIBED_BYTES - 1))).toBeUndefined()
  expect(readDescription(Bun.gzipSync(rows(10) as Uint8Array<ArrayBuffer>))).toBeUndefined()
  expect(readDescription(rows(10))).toBeUndefined()
  described[12] = 0
  expect(readDescription(described)).toBeUndefined()
})

test('members that follow each other are one stream for any gzip', async () => {
  const members = Buffer.concat([
    await packHere(rows(100)),
    await packByLibdeflate(rows(3)),
    await packOnPool(rows(50)),
  ])
  const gunzip = Bun.spawn(['gunzip', '-c'], { stdin: members, stdout: 'pipe' })
  const expected = Buffer.concat([rows(100), rows(3), rows(50)])
  expect(Buffer.from(await new Response(gunzip.stdout).arrayBuffer()).equals(expected)).toBeTrue()
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
