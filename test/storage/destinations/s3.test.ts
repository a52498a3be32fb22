import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { parseDestinationConfig } from '../../../src/storage/destinations/config.ts'
import { openDestination, testDestination } from '../../../src/storage/destinations/open.ts'
import { MOST_PARTS, partSize, partsInFlight } from '../../../src/storage/destinations/s3-parts.ts'
import { faultOf } from '../../server/faults.ts'
import { opened } from './places.ts'
import { freePort } from './servers/port.ts'
import { S3Server } from './servers/s3.ts'
import { bytesOf, megabytes, text } from './streams.ts'

const { signal } = new AbortController()
const MIB = 1024 * 1024

let server: S3Server
beforeAll(async () => {
  server = await S3Server.start()
})
afterAll(() => server[Symbol.asyncDispose]())

describe('parts', () => {
  test('hold five terabytes, and never shrink', () => {
    let sum = 0
    for (let number = 1; number <= MOST_PARTS; number += 1) {
      sum += partSize(number)
      expect(partSize(number + 1 > MOST_PARTS ? number : number + 1)).toBeGreaterThanOrEqual(partSize(number))
    }
    expect(sum).toBeGreaterThan(5e12)
    expect(() => partSize(MOST_PARTS + 1)).toThrow(RangeError)
  })

  test('take up to 64 MiB of memory for the first 133 GiB', () => {
    let sum = 0
    for (let number = 1; sum < 132 * 1024 * MIB; number += 1) {
      const size = partSize(number)
      sum += size
      expect(size * (1 + partsInFlight(size))).toBeLessThanOrEqual(64 * MIB)
    }
  })
})

test.each([
  ['a wrong secret', { secretAccessKey: 'sesame-wrong-secret' }, 'SignatureDoesNotMatch', 'secretAccessKey'],
  [
    'an unknown key',
    { accessKeyId: 'AKIANOBODY', secretAccessKey: 'sesame' },
    'InvalidAccessKeyId',
    'accessKeyId',
  ],
  ['a bucket that is not there', { bucket: 'elsewhere' }, 'NoSuchBucket', 'bucket'],
])('%s is told, and no secret with it', async (_, change, code, field) => {
  const config = { ...server.config, ...change }
  await using destination = await opened('s3', config)
  const acts = [
    () => destination.put('x', text('x'), signal),
    () => destination.put('x', megabytes(20), signal),
    () => bytesOf(destination.get('x', signal)),
    () => destination.find('x', signal),
    () => Array.fromAsync(destination.list('', signal)),
    () => destination.remove('x', signal),
    () => destination.sweep('', signal),
    () => testDestination(destination, signal),
  ]
  for (const act of acts) {
    const fault = await faultOf(act())
    expect(fault.code).toBe('storage-failed')
    expect(fault.message).toContain(code)
    expect(fault.remedy).toContain(field)
    const shown = Bun.inspect(fault, { depth: 20 })
    expect(shown).not.toContain(config.secretAccessKey)
    expect(shown).not.toContain('Signature=')
  }
})

test('a port where nobody listens is told', async () => {
  await using destination = await opened('s3', {
    ...server.config,
    endpoint: `http://127.0.0.1:${await freePort()}`,
  })
  const fault = await faultOf(Array.fromAsync(destination.list('', signal)))
  expect(fault).toMatchObject({ code: 'storage-failed' })
  expect(fault.message).toContain('no connection')
})

test('a name without an address is told', async () => {
  await using destination = await opened('s3', { ...server.config, endpoint: 'http://nowhere.invalid' })
  expect((await faultOf(destination.find('x', signal))).message).toContain('nowhere.invalid')
})

test.each(['http://169.254.169.254', 'http://[fd00:ec2::254]', 'http://[::ffff:169.254.169.254]'])(
  'the endpoint %s is refused',
  async (endpoint) => {
    await using destination = await opened('s3', { ...server.config, endpoint })
    expect((await faultOf(destination.find('x', signal))).code).toBe('address-refused')
  },
)

test('an endpoint that is not on the list of allowed hosts is refused', async () => {
  const config = parseDestinationConfig('s3', server.config)
  await using destination = await openDestination(config, { hosts: { allowed: ['s3.example.org'] } })
  expect((await faultOf(destination.put('x', text('x'), signal))).code).toBe('address-refused')
})

test('uploads that others began are swept below the folder alone, however many pages they fill', async () => {
  await using destination = await opened('s3', { ...server.config, pathPrefix: 'swept' })
  await server.beginUploads([
    'swept/mine/1',
    'swept/mine/2',
    'swept/mine/2',
    'swept/mine/a b+ü',
    'swept/mine/deep/5',
    'swept/mine2/6',
  ])
  expect((await server.keysBelow('swept/mine/')).length).toBeGreaterThan(1)
  await destination.sweep('mine', signal)
  expect(await server.keysBelow('swept/mine/')).toEqual([])
  expect(await server.keysBelow('swept/mine2/')).toEqual(['upload of 6'])
  await destination.sweep('', signal)
  expect(await server.keysBelow('swept/')).toEqual([])
})

test('a file that is replaced while it is read ends the reading with a fault', async () => {
  await using destination = await opened('s3', { ...server.config, pathPrefix: 'replaced' })
  await destination.put('file', megabytes(40), signal)
  const reading = async () => {
    for await (const _ of destination.get('file', signal))
      await destination.put('file', megabytes(41), signal)
  }
  expect((await faultOf(reading())).message).toContain('PreconditionFailed')
})

test('objects that others keep there under names that are no paths are left alone', async () => {
  await using destination = await opened('s3', { ...server.config, pathPrefix: 'foreign' })
  await server.putObjects(['foreign/folder/', 'foreign/a//b', 'foreign/fine'])
  expect((await Array.fromAsync(destination.list('', signal))).map(({ path }) => path)).toEqual(['fine'])
})

test('an answer that takes too long on the way is waited for by nobody after an abort', async () => {
  await using slow = await S3Server.start({ delay: 60_000 })
  await using destination = await opened('s3', slow.config)
  const controller = new AbortController()
  const reason = new Error('told to stop')
  const source = megabytes(9, (number) => {
    if (number === 9) setTimeout(() => controller.abort(reason), 200)
  })
  const began = performance.now()
  expect(await destination.put('x', source, controller.signal).catch((error) => error)).toBe(reason)
  expect(performance.now() - began).toBeLessThan(20_000)
})
