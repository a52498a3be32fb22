import { describe, expect, test } from 'bun:test'
import { randomBytes } from 'node:crypto'
import { newKey } from '../../../src/storage/sealing/key.ts'
import { SEGMENT_BYTES, seal, unseal } from '../../../src/storage/sealing/streaming-aead.ts'
import { faultOf } from '../../server/faults.ts'
import { cut, gather, noise, streamOf } from '../streams.ts'
import { sealByTheBook } from './reference.ts'
import { TINK_FILE_OF_100, TINK_FILES, TINK_KEY, tinkPlain } from './tink-vectors.ts'

const FIRST = SEGMENT_BYTES - 40 - 16
const REST = SEGMENT_BYTES - 16
const key = Buffer.from(noise(32, 7))

const sealed = (plain: Uint8Array, with_ = key) => gather(seal(streamOf(plain), with_))
const opened = (file: Uint8Array, with_ = key) => gather(unseal(streamOf(file), with_))
const codeOf = async (work: Promise<unknown>) => (await faultOf(work)).code

/** The bytes that came out before the fault. */
async function yieldedBefore(file: Uint8Array): Promise<{ code: string; bytes: number }> {
  let bytes = 0
  const drain = async () => {
    for await (const piece of unseal(streamOf(file), key)) bytes += piece.length
  }
  return { code: await codeOf(drain()), bytes }
}

describe('against Tink', () => {
  test.each(TINK_FILES)('the format is Tink’s at $plainBytes bytes', async (file) => {
    const plain = tinkPlain(file.plainBytes)
    const expected = sealByTheBook(plain, TINK_KEY, Buffer.from(file.header, 'hex'))
    expect(expected.length).toBe(file.fileBytes)
    expect(new Bun.CryptoHasher('sha256').update(expected).digest('hex')).toBe(file.sha256)

    expect((await opened(expected, TINK_KEY)).equals(plain)).toBeTrue()
    const ours = await sealed(plain, TINK_KEY)
    expect(ours.equals(sealByTheBook(plain, TINK_KEY, ours.subarray(0, 40)))).toBeTrue()
  })

  test('a file that Tink wrote opens', async () => {
    expect((await opened(TINK_FILE_OF_100, TINK_KEY)).equals(tinkPlain(100))).toBeTrue()
  })
})

describe('a small file', () => {
  const plain = noise(150)

  test('does not open when any of its bits is another', async () => {
    const file = await sealed(plain)
    for (let at = 0; at < file.length; at++) {
      for (const bit of [1, 128]) {
        const changed = Uint8Array.from(file)
        changed[at] = (changed[at] ?? 0) ^ bit
        expect(await yieldedBefore(changed)).toEqual({
          code: at === 0 ? 'sealed-damaged' : 'sealed-with-another-key',
          bytes: 0,
        })
      }
    }
  })

  test('does not open when it is cut anywhere, nor when it is empty', async () => {
    const file = await sealed(plain)
    for (let length = 0; length < file.length; length++) {
      expect(await yieldedBefore(file.subarray(0, length))).toEqual({
        code: length < 56 ? 'sealed-damaged' : 'sealed-with-another-key',
        bytes: 0,
      })
    }
  })

  test('does not open when something stands behind it', async () => {
    const file = await sealed(plain)
    for (const more of [new Uint8Array(1), new Uint8Array(2 * SEGMENT_BYTES), file]) {
      expect((await yieldedBefore(Buffer.concat([file, more]))).bytes).toBe(0)
    }
  })
})

describe('a file of several segments', () => {
  const plain = noise(2_500_000)

  test('gives nothing of a segment that was changed, nor of those behind it', async () => {
    const file = await sealed(plain)
    const borders = [1, 39, 40, 41, SEGMENT_BYTES - 1, SEGMENT_BYTES, 2 * SEGMENT_BYTES, file.length - 1]
    const spread = Array.from({ length: 40 }, (_, at) => 41 + Math.floor((at * (file.length - 41)) / 40))
    for (const at of [...borders, ...spread]) {
      const changed = Buffer.from(file)
      changed[at] = (changed[at] ?? 0) ^ 1
      const segment = Math.floor(at / SEGMENT_BYTES)
      expect(await yieldedBefore(changed)).toEqual({
        code: segment === 0 ? 'sealed-with-another-key' : 'sealed-damaged',
        bytes: segment === 0 ? 0 : FIRST + (segment - 1) * REST,
      })
    }
  })

  test('does not open when it is cut, at the border of a segment neither', async () => {
    const file = await sealed(plain)
    for (const segments of [1, 2]) {
      for (const off of [-17, -1, 0, 1, 15, 16, 17]) {
        const fault = await faultOf(opened(file.subarray(0, segments * SEGMENT_BYTES + off)))
        const inFirst = segments === 1 && off < 0
        expect(fault.code).toBe(inFirst ? 'sealed-with-another-key' : 'sealed-damaged')
        if (off === 0) expect(fault.message).toContain('its end is missing')
      }
    }
    expect(await codeOf(opened(file.subarray(0, -1)))).toBe('sealed-damaged')
  })

  test('does not open when its segments are swapped, left out, repeated or of another file', async () => {
    const file = await sealed(noise(FIRST + 2 * REST))
    const other = await sealed(noise(FIRST + 2 * REST))
    const segment = (of: Uint8Array, number: number) =>
      of.subarray(number * SEGMENT_BYTES, (number + 1) * SEGMENT_BYTES)
    const [first, second, third] = [0, 1, 2].map((number) => segment(file, number)) as [
      Buffer,
      Buffer,
      Buffer,
    ]
    expect((await opened(Buffer.concat([first, second, third]))).length).toBe(FIRST + 2 * REST)
    for (const forged of [
      [first, third, second],
      [first, third],
      [first, second],
      [first, second, second],
      [first, second, third, third],
      [first, segment(other, 1), third],
      [first, second, segment(other, 2)],
    ]) {
      expect(await codeOf(opened(Buffer.concat(forged)))).toBe('sealed-damaged')
    }
    for (const forged of [
      [second, third],
      [segment(other, 0).subarray(0, 40), first.subarray(40), second, third],
    ]) {
      expect(['sealed-damaged', 'sealed-with-another-key']).toContain(
        await codeOf(opened(Buffer.concat(forged))),
      )
    }
  })

  test('does not open when something stands behind its end', async () => {
    for (const size of [FIRST, FIRST + REST, 2_500_000]) {
      const file = await sealed(noise(size))
      for (const more of [1, 16, SEGMENT_BYTES, SEGMENT_BYTES + 1]) {
        const code = await codeOf(opened(Buffer.concat([file, new Uint8Array(more)])))
        expect(code).toBe('sealed-damaged')
      }
    }
  })
})

test('another key does not open it, and the fault says so and names the file', async () => {
  const file = await sealed(noise(1000))
  const fault = await faultOf(gather(unseal(streamOf(file), randomBytes(32), 'nightly/shop.dump.sealed')))
  expect(fault.code).toBe('sealed-with-another-key')
  expect(fault.message).toContain('not the key')
  expect(fault.place?.file).toBe('nightly/shop.dump.sealed')
})

test('nothing seals to one last segment, and comes out as nothing', async () => {
  const file = await gather(seal(streamOf(), key))
  expect(file.length).toBe(56)
  expect((await opened(file)).length).toBe(0)
})

test('all lengths around the border of a segment come back', async () => {
  for (const whole of [0, FIRST, FIRST + REST]) {
    for (const off of [-1, 0, 1]) {
      const plain = noise(Math.max(0, whole + off))
      const file = await sealed(plain)
      expect((await opened(file)).equals(plain)).toBeTrue()
      expect(file.length).toBe(
        40 + plain.length + 16 * Math.max(1, 1 + Math.ceil((plain.length - FIRST) / REST)),
      )
    }
  }
})

test('the sizes of the pieces do not matter, empty ones among them', async () => {
  const plain = noise(2_300_000)
  for (const sizes of [[997, 0, 1, 65536], [SEGMENT_BYTES], [3_000_000], [FIRST, REST], [FIRST + 1, 0]]) {
    const file = await gather(seal(cut(plain, ...sizes), key))
    expect((await gather(unseal(cut(file, ...sizes), key))).equals(plain)).toBeTrue()
  }
})

test('a key is taken as a secret too, and each file is sealed differently', async () => {
  const secret = newKey()
  const plain = noise(100)
  const [one, other] = [
    await gather(seal(streamOf(plain), secret)),
    await gather(seal(streamOf(plain), secret)),
  ]
  expect(one.equals(other)).toBeFalse()
  expect((await gather(unseal(streamOf(one), Buffer.from(secret.reveal(), 'hex')))).equals(plain)).toBeTrue()
})

test('sealing asks for no more than it has room for, and ends its source when it is left', async () => {
  let asked = 0
  let ended = false
  async function* endless() {
    try {
      for (;;) {
        asked++
        yield new Uint8Array(256 * 1024)
      }
    } finally {
      ended = true
    }
  }
  for await (const piece of unseal(seal(endless(), key), key)) {
    expect(piece.length).toBe(FIRST)
    break
  }
  expect(asked).toBeLessThanOrEqual(10)
  expect(ended).toBeTrue()
})

test('a source that fails fails the sealing, and no last segment is made', async () => {
  async function* failing() {
    yield new Uint8Array(10)
    throw new Error('the server went away')
  }
  const pieces: Uint8Array[] = []
  const work = (async () => {
    for await (const piece of seal(failing(), key)) pieces.push(piece)
  })()
  expect((await work.catch((error) => error)).message).toBe('the server went away')
  expect(pieces).toEqual([])
})
