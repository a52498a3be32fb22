import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { writeBackup } from '../src/storage/backup-file.ts'
import type { Destination } from '../src/storage/destinations/destination.ts'
import { newKey } from '../src/storage/sealing/key.ts'
import { seal } from '../src/storage/sealing/streaming-aead.ts'

/**
 * What the way of a backup costs from its packed pieces to a destination: sealed, summed up, and thrown away, so that
 * no disk and no network is measured. First the parts alone, then all of it, and the peak of the memory.
 *
 * `--gigabytes N` (10) goes through the pipe, `--piece BYTES` (262144) at a time; `--json` prints figures for a test.
 */
const { values: options } = parseArgs({
  options: {
    gigabytes: { type: 'string', default: '10' },
    piece: { type: 'string', default: '262144' },
    json: { type: 'boolean', default: false },
  },
})

const TOTAL = Number(options.gigabytes) * 1e9
const PIECE = Number(options.piece)
const key = newKey()
const { signal } = new AbortController()

/** A new piece each time, as a packer gives them. */
async function* pieces(total: number, size: number): AsyncGenerator<Uint8Array> {
  const pattern = crypto.getRandomValues(new Uint8Array(65_536))
  for (let left = total; left > 0; left -= size) {
    const piece = new Uint8Array(Math.min(size, left))
    for (let at = 0; at < piece.length; at += pattern.length)
      piece.set(pattern.subarray(0, piece.length - at), at)
    yield piece
  }
}

const nowhere = {
  put: async (_path: string, stored: AsyncIterable<Uint8Array>) => drain(stored),
} as unknown as Destination

async function drain(stream: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const _ of stream);
}

async function hash(stream: AsyncIterable<Uint8Array>): Promise<void> {
  const hasher = new Bun.CryptoHasher('sha256')
  for await (const piece of stream) hasher.update(piece)
  hasher.digest()
}

/** Megabytes a second. */
async function speedOf(bytes: number, work: Promise<unknown>): Promise<number> {
  const begun = performance.now()
  await work
  return bytes / 1000 / (performance.now() - begun)
}

/** The most memory that this process ever held, in megabytes. Linux only. */
function peak(): number {
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) / 1024
}

const say = (line: string) => {
  if (!options.json) process.stdout.write(`${line}\n`)
}

const PART = Math.min(TOTAL, 1e9)
if (!options.json) {
  for (const size of [16_384, 65_536, 262_144, 1_048_576]) {
    const bare = await speedOf(PART, drain(pieces(PART, size)))
    const sealing = await speedOf(PART, drain(seal(pieces(PART, size), key)))
    const summing = await speedOf(PART, hash(pieces(PART, size)))
    say(
      `pieces of ${size}: made at ${bare.toFixed(0)} MB/s, sealed at ${sealing.toFixed(0)}, summed up at ${summing.toFixed(0)}`,
    )
  }
}
/** The first run settles what the runtime needs at all; what comes after it must be flat. */
await writeBackup(nowhere, 'x', pieces(Math.min(TOTAL, 100e6), PIECE), key, signal, () => {})
const before = peak()
const begun = performance.now()
const { size } = await writeBackup(nowhere, 'x', pieces(TOTAL, PIECE), key, signal, () => {})
const seconds = (performance.now() - begun) / 1000
const figures = {
  gigabytes: TOTAL / 1e9,
  storedBytes: size,
  seconds,
  megabytesPerSecond: TOTAL / 1e6 / seconds,
  peakMegabytesBefore: before,
  peakMegabytes: peak(),
}
if (options.json) process.stdout.write(`${JSON.stringify(figures)}\n`)
else {
  say(`${figures.gigabytes} GB sealed and summed up in ${seconds.toFixed(1)} s,`)
  say(`${figures.megabytesPerSecond.toFixed(0)} MB/s, peak ${figures.peakMegabytes.toFixed(0)} MB`)
  say(`(${before.toFixed(0)} MB before)`)
}
