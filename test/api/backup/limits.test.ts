import { expect, test } from 'bun:test'
import { clientAddress, trustedProxies } from '../../../src/http/client-address.ts'
import { RateLimit } from '../../../src/http/rate-limit.ts'
import type { Answer, Serving } from '../serving.ts'
import { ask, bearer, made, serveBackups } from './ground.ts'

const error = { error: expect.any(String) }

/** Answers to as many requests, one after the other. */
async function many(count: number, request: () => Promise<Answer>): Promise<Answer[]> {
  const answers: Answer[] = []
  for (let at = 0; at < count; at++) answers.push(await request())
  return answers
}

const statuses = (answers: readonly Answer[]) => answers.map(({ status }) => status)

test('the limits of the document hold by themselves, also for this machine', async () => {
  await using serving = await serveBackups([])
  const reads = statuses(await many(101, () => ask(serving, 'GET', '/api/jobs')))
  expect([reads.slice(0, 100), reads[100]]).toEqual([Array(100).fill(200), 429])
  const writes = await many(21, () => ask(serving, 'PUT', '/api/settings/system-tasks', { taskId: 'x' }))
  expect([statuses(writes).slice(0, 20), writes[20]?.status, writes[20]?.body]).toEqual([
    Array(20).fill(404),
    429,
    error,
  ])
  const wait = Number(writes[20]?.headers.get('retry-after'))
  expect(wait).toBeGreaterThan(0)
  expect(wait).toBeLessThanOrEqual(60)
  // The health of the server and links count as reads.
  expect((await serving.get('/api/health')).status).toBe(429)
  expect((await serving.get('/api/storage/public-download?token=x')).status).toBe(429)
  // The other API has a limit of its own.
  expect((await ask(serving, 'GET', '/operation')).status).toBe(200)
  expect((await serving.get('/health')).status).toBe(200)
}, 30_000)

test('guesses of keys are refused after five a minute; who has a key goes on', async () => {
  await using serving = await serveBackups(['--rate-limit-reads=1000'])
  const guesses = await many(7, () => serving.get('/api/jobs', bearer('a-guess')))
  expect(statuses(guesses)).toEqual([401, 401, 401, 401, 401, 429, 429])
  expect(guesses[5]?.body).toEqual(error)
  expect(guesses[5]?.headers.get('retry-after')).toMatch(/^\d+$/)
  expect((await ask(serving, 'GET', '/api/jobs')).status).toBe(200)
})

test('of the requests beyond a limit one a minute is written down', async () => {
  await using serving = await serveBackups(['--rate-limit-writes=2'])
  await many(10, () => ask(serving, 'PUT', '/api/settings/system-tasks', { taskId: 'x' }))
  const entries = (await made(serving, 'GET', '/api/audit')) as { status: number; details: object }[]
  expect(entries.map(({ status }) => status)).toEqual([429, 404, 404])
  expect(entries[0]?.details).toMatchObject({ refused: 'rate limit' })
})

/** The status that a client gets who says so much of itself, beyond a limit of two. */
async function behind(serving: Serving, forwarded: string): Promise<number> {
  const headers = { 'x-forwarded-for': forwarded, ...bearer('the-token-of-the-test') }
  return (await serving.get('/api/jobs', headers)).status
}

test('nobody gets around a limit by what it says of itself', async () => {
  await using serving = await serveBackups(['--rate-limit-reads=2'])
  const answers: number[] = []
  for (let at = 0; at < 4; at++) answers.push(await behind(serving, `192.0.2.${at}`))
  expect(answers).toEqual([200, 200, 429, 429])
})

test('behind a trusted proxy each client has its own limit', async () => {
  await using serving = await serveBackups([
    '--rate-limit-reads=2',
    '--trusted-proxies',
    '127.0.0.0/8',
    '::1',
  ])
  const answers: number[] = []
  for (const client of ['192.0.2.1', '192.0.2.1', '192.0.2.2', '192.0.2.1'])
    answers.push(await behind(serving, client))
  expect(answers).toEqual([200, 200, 200, 429])
  // What stands left of the address that the proxy wrote is the client's own word.
  expect(await behind(serving, '198.51.100.7, 192.0.2.1')).toBe(429)
  expect(await behind(serving, '198.51.100.7, 192.0.2.1, 127.0.0.1')).toBe(429)
})

test('a proxy that cannot be read keeps the server from starting', async () => {
  for (const proxy of ['10.0.0.0/33', 'proxy.example', '10.0.0.0/x', '1.2.3.4/8/8', '']) {
    expect(() => trustedProxies([proxy])).toThrow(/is no address of a proxy/)
  }
})

test('the client is the right-most address that is no trusted proxy', () => {
  const trusted = trustedProxies(['10.0.0.0/8', '203.0.113.7', 'fd00::/8'])
  const cases: [string, string | undefined, string][] = [
    ['192.0.2.1', undefined, '192.0.2.1'],
    ['192.0.2.1', '198.51.100.1', '192.0.2.1'],
    ['10.1.2.3', undefined, '10.1.2.3'],
    ['10.1.2.3', '198.51.100.1', '198.51.100.1'],
    ['10.1.2.3', '1.1.1.1, 198.51.100.1, 203.0.113.7', '198.51.100.1'],
    ['10.1.2.3', '198.51.100.1:4711', '198.51.100.1'],
    ['::ffff:10.1.2.3', '::ffff:198.51.100.1', '198.51.100.1'],
    ['fd00::1', '[2001:db8::1]:4711', '2001:db8::1'],
    ['fd00::1%eth0', '2001:db8::1', '2001:db8::1'],
    ['10.1.2.3', '10.4.5.6', '10.4.5.6'],
    ['10.1.2.3', '198.51.100.1, unknown', '10.1.2.3'],
    ['10.1.2.3', '', '10.1.2.3'],
    ['10.1.2.3', ',,,', '10.1.2.3'],
    ['10.1.2.3', `198.51.100.1, ${'10.0.0.1, '.repeat(1000)}10.0.0.1`, '198.51.100.1'],
    ['unknown', '198.51.100.1', 'unknown'],
  ]
  for (const [peer, forwarded, client] of cases) {
    expect([peer, forwarded, clientAddress(peer, forwarded, trusted)]).toEqual([peer, forwarded, client])
  }
})

test('a minute begins with the first request of a client, and ends', () => {
  let elapsed = 1000
  const limit = new RateLimit(2, { now: () => new Date(0), elapsed: () => elapsed })
  expect([limit.take('a').allowed, limit.take('a').allowed]).toEqual([true, true])
  elapsed += 59_500
  expect(limit.take('a')).toEqual({ allowed: false, isFirstRefused: true, retryAfter: 1 })
  expect(limit.take('a')).toEqual({ allowed: false, isFirstRefused: false, retryAfter: 1 })
  expect(limit.take('b').allowed).toBe(true)
  elapsed += 500
  expect(limit.take('a').allowed).toBe(true)
})
