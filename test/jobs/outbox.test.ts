import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { createHmac } from 'node:crypto'
import { addRun } from '../../src/jobs/add-run.ts'
import type { JobsContext } from '../../src/jobs/jobs-context.ts'
import { Outbox } from '../../src/jobs/outbox.ts'
import { settleRun, takeNextRun } from '../../src/jobs/runs.ts'
import { Signer } from '../../src/jobs/signature.ts'
import type { Surface } from '../../src/jobs/surface.ts'
import { sleep } from '../../src/jobs/until-written.ts'
import { silentLog } from '../../src/lib/log.ts'
import { Secret } from '../../src/lib/secret.ts'
import { openHome } from '../../src/store/home.ts'
import { Seal } from '../../src/store/seal.ts'
import { openState } from '../../src/store/state.ts'
import { Receiver } from '../api/receiver.ts'
import { TestFolder } from '../server/folder.ts'

/** A clock whose hands the test turns. */
class Hands {
  #now = Date.UTC(2030, 0, 1)
  now = () => new Date(this.#now)
  elapsed = () => this.#now
  forward(milliseconds: number): void {
    this.#now += milliseconds
  }
}

const surface: Surface = {
  name: 'of the test',
  report: (run, webhook) => ({ operation_id: webhook.context, status: run.state, run: run.id }),
}

let folder: TestFolder
let context: JobsContext
let clock: Hands
let receiver: Receiver
beforeEach(async () => {
  folder = await TestFolder.create()
  clock = new Hands()
  receiver = new Receiver()
  context = await openContext()
})
afterEach(async () => {
  await context.state.destroy()
  await receiver[Symbol.asyncDispose]()
  await folder[Symbol.asyncDispose]()
})

async function openContext(): Promise<JobsContext> {
  const home = await openHome(folder.path)
  return {
    home,
    state: await openState(home.stateFile),
    seal: await Seal.open(home.keyFile, undefined),
    clock,
    log: silentLog,
    sleep,
    surfaces: new Map([[surface.name, surface]]),
    webhookHosts: { allowed: undefined },
  }
}

/** Milliseconds of real time that a receiver gets here. */
const TIMEOUT = 300

const outbox = (signer?: Signer) => new Outbox(context, { signer, timeout: TIMEOUT })

/** A run that has begun and ended, with both reports waiting. */
async function endedRun(id: string, url = receiver.url): Promise<void> {
  await addRun(context, {
    id,
    surface: surface.name,
    options: {},
    archive: null,
    task: {
      kind: 'scan',
      source: {
        host: 'x',
        port: 1,
        database: 'x',
        user: 'x',
        password: 'p',
        tls: { mode: 'disable' },
        connectTimeout: 1,
      },
      mode: 'full',
      partialRows: 1,
      metaDictionaries: [],
      sensitive: [],
      nonSensitive: [],
      givesNonSensitive: false,
    },
    webhook: { url, headers: { 'x-token': 'of the caller' }, verifyTls: true, context: id },
  })
  await takeNextRun(context)
  await settleRun(context, id, { state: 'failed', fault: { code: 'internal', message: 'x' } })
}

const waiting = async () =>
  (await context.state.selectFrom('deliveries').select('id').where('done_at', 'is', null).execute()).length

describe('delivery', () => {
  test('is in the order of a run, each once where the receiver takes it', async () => {
    await endedRun('a')
    await outbox().deliverDue()
    expect(receiver.statuses('a')).toEqual(['running', 'failed'])
    expect(receiver.hooks[0]?.headers).toMatchObject({ 'x-token': 'of the caller', 'webhook-id': 'a.1' })
    expect(await waiting()).toBe(0)
    await outbox().deliverDue()
    expect(receiver.hooks).toHaveLength(2)
  })

  test('is tried again after 1, 2, 4 … seconds while the answer is 5xx; the later report waits for the earlier', async () => {
    await endedRun('a')
    receiver.answer = () => new Response(null, { status: 503 })
    const box = outbox()
    await box.deliverDue()
    for (const pause of [1000, 2000, 4000, 8000]) {
      clock.forward(pause - 1)
      const before = receiver.hooks.length
      await box.deliverDue()
      expect(receiver.hooks).toHaveLength(before)
      clock.forward(1)
      await box.deliverDue()
      expect(receiver.hooks).toHaveLength(before + 1)
    }
    receiver.answer = () => new Response(null, { status: 200 })
    clock.forward(16_000)
    await box.deliverDue()
    expect(receiver.statuses('a')).toEqual([...Array(6).fill('running'), 'failed'])
    expect(new Set(receiver.hooks.slice(0, 6).map(({ headers }) => headers['webhook-id'])).size).toBe(1)
  })

  test('pauses for an hour at most, and gives up after twenty attempts; then the next report has its turn', async () => {
    await endedRun('a')
    receiver.answer = ({ body }) => new Response(null, { status: body.status === 'running' ? 500 : 200 })
    const box = outbox()
    await box.deliverDue()
    for (let hours = 0; hours < 18; hours++) {
      clock.forward(60 * 60 * 1000)
      await box.deliverDue()
    }
    expect(receiver.statuses('a')).toEqual(Array(19).fill('running'))
    clock.forward(60 * 60 * 1000)
    await box.deliverDue()
    expect(receiver.statuses('a')).toEqual([...Array(20).fill('running'), 'failed'])
    expect(await waiting()).toBe(0)
  })

  test.each([200, 204, 301, 307, 400, 401, 404, 410, 422])('is over with the answer %d', async (status) => {
    await endedRun('a')
    receiver.answer = () => new Response(null, { status, headers: { location: `${receiver.url}/elsewhere` } })
    await outbox().deliverDue()
    expect(receiver.hooks.map(({ path }) => path)).toEqual(['/hook', '/hook'])
    expect(await waiting()).toBe(0)
  })

  test.each([408, 425, 429, 500, 502, 599])('is not over with the answer %d', async (status) => {
    await endedRun('a')
    receiver.answer = () => new Response(null, { status })
    await outbox().deliverDue()
    expect([receiver.hooks.length, await waiting()]).toEqual([1, 2])
  })

  test('survives that nobody listens, hangs, breaks off or answers without end', async () => {
    await endedRun('refused', 'http://127.0.0.1:1/')
    await endedRun('unknown', 'http://no-such-host.invalid/')
    await endedRun('no-tls', receiver.url.replace('http:', 'https:'))
    const rude = Bun.listen({
      hostname: '127.0.0.1',
      port: 0,
      socket: { data: (socket) => void socket.end('NOT HTTP\r\n\r\n') },
    })
    await endedRun('rude', `http://127.0.0.1:${rude.port}/`)
    await endedRun('hanging')
    receiver.answer = () => new Promise(() => {})
    await outbox().deliverDue()
    const rows = await context.state
      .selectFrom('deliveries')
      .select(['run_id', 'attempts', 'outcome'])
      .where('attempts', '>', 0)
      .execute()
    expect(rows.map((row) => [row.run_id, row.attempts]).sort()).toEqual([
      ['hanging', 1],
      ['no-tls', 1],
      ['refused', 1],
      ['rude', 1],
      ['unknown', 1],
    ])
    expect(rows.find((row) => row.run_id === 'hanging')?.outcome).toBe('no answer in time')
    rude.stop(true)
    receiver.answer = () =>
      new Response(new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(65_536)) }))
    clock.forward(1000)
    await outbox().deliverDue()
    expect(receiver.statuses('hanging').length).toBeGreaterThanOrEqual(2)
  })

  test('of one receiver that hangs delays no other', async () => {
    await using dead = new Receiver()
    dead.answer = () => new Promise(() => {})
    for (let at = 0; at < 40; at++) await endedRun(`dead-${at}`, dead.url)
    await endedRun('alive')
    const box = outbox()
    box.start()
    const giveUp = performance.now() + TIMEOUT
    while (receiver.hooks.length < 2 && performance.now() < giveUp) await Bun.sleep(1)
    expect(receiver.statuses('alive')).toEqual(['running', 'failed'])
    // Four at a time, and none of them answered yet.
    expect(dead.hooks.length).toBeLessThanOrEqual(4)
    await box.stop()
  })

  test('goes on after a restart where it stood', async () => {
    await endedRun('a')
    receiver.answer = () => new Response(null, { status: 500 })
    await outbox().deliverDue()
    await context.state.destroy()
    context = await openContext()
    receiver.answer = () => new Response(null)
    await outbox().deliverDue()
    expect(receiver.hooks).toHaveLength(1)
    clock.forward(1000)
    await outbox().deliverDue()
    expect(receiver.statuses('a')).toEqual(['running', 'running', 'failed'])
  })

  test('forgets whom and what it told once all is told', async () => {
    await endedRun('a')
    await outbox().deliverDue()
    const run = await context.state.selectFrom('runs').select(['task', 'webhook']).executeTakeFirstOrThrow()
    expect(run).toEqual({ task: null, webhook: null })
    const bodies = await context.state.selectFrom('deliveries').select('body').execute()
    expect(bodies).toEqual([{ body: null }, { body: null }])
  })

  test('keeps what cannot be opened, goes on with the rest, and tries again later', async () => {
    await endedRun('kept')
    const { seal } = context
    context = { ...context, seal: await Seal.open(folder.file('other-key'), undefined) }
    await endedRun('found')
    await outbox().deliverDue()
    expect(receiver.statuses('kept')).toEqual([])
    expect(receiver.statuses('found')).toEqual(['running', 'failed'])
    expect(await waiting()).toBe(2)
    context = { ...context, seal }
    clock.forward(60 * 60 * 1000)
    await outbox().deliverDue()
    expect(receiver.statuses('kept')).toEqual(['running', 'failed'])
    expect(await waiting()).toBe(0)
  })

  test('goes only where the operator lets it', async () => {
    context = { ...context, webhookHosts: { allowed: ['.example.org'] } }
    await endedRun('a')
    await outbox().deliverDue()
    expect(receiver.hooks).toEqual([])
    context = { ...context, webhookHosts: { allowed: ['127.0.0.1'] } }
    clock.forward(1000)
    await outbox().deliverDue()
    expect(receiver.statuses('a')).toEqual(['running', 'failed'])
  })

  test('sends a user and a password of the address as a header', async () => {
    await endedRun('a', receiver.url.replace('//', '//us%65r:p%40ss@'))
    await outbox().deliverDue()
    expect(receiver.hooks[0]?.headers.authorization).toBe(`Basic ${btoa('user:p@ss')}`)
  })
})

describe('signatures', () => {
  const key = Buffer.from('a key of the test of 32 bytes ..')
  const secret = new Secret(`whsec_${key.toString('base64')}`)

  test('are those of the Standard Webhooks specification', async () => {
    await endedRun('a')
    await outbox(new Signer(secret)).deliverDue()
    const [hook] = receiver.hooks
    const timestamp = String(clock.now().getTime() / 1000)
    const signed = `${hook?.headers['webhook-id']}.${timestamp}.${hook?.text}`
    expect(hook?.headers['webhook-timestamp']).toBe(timestamp)
    expect(hook?.headers['webhook-signature']).toBe(
      `v1,${createHmac('sha256', key).update(signed).digest('base64')}`,
    )
  })

  test('reproduce the example of the specification', () => {
    const example = new Signer(new Secret('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'))
    const headers = example.headers(
      'msg_p5jXN8AQM9LWM0D4loKWxJek',
      '{"test": 2432232314}',
      new Date(1_614_265_330_000),
    )
    expect(headers['webhook-signature']).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=')
  })

  test.each(['', 'short', 'whsec_', 'whsec_c2hvcnQ='])('need a secret, which %j is not', (text) => {
    expect(() => new Signer(new Secret(text))).toThrow('PGVEIL_WEBHOOK_SECRET')
  })
})
