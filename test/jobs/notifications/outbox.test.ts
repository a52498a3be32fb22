import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { createHmac } from 'node:crypto'
import { type Channel, SECRET_FIELDS } from '../../../src/jobs/notifications/channel.ts'
import { parseChannelConfig } from '../../../src/jobs/notifications/channels.ts'
import { testChannel } from '../../../src/jobs/notifications/test-channel.ts'
import { deleteRun } from '../../../src/jobs/runs.ts'
import { Seal } from '../../../src/store/seal.ts'
import { Receiver } from '../../api/receiver.ts'
import { DeafServer } from './deaf-server.ts'
import { OutboxOfTest } from './outbox-of-test.ts'

let box: OutboxOfTest
let receiver: Receiver
beforeEach(async () => {
  box = await OutboxOfTest.open()
  receiver = new Receiver()
})
afterEach(async () => {
  await box[Symbol.asyncDispose]()
  await receiver[Symbol.asyncDispose]()
})

const discordAt = (url: string): Channel => parseChannelConfig('discord', { webhookUrl: `${url}/the-token` })
const webhookAt = (url: string, changes: object = {}): Channel =>
  parseChannelConfig('webhook', { url, ...changes })
const deadMail = (port: number): Channel =>
  parseChannelConfig('email', { host: '127.0.0.1', port, secure: 'none', from: 'a@b', to: 'c@d' })

describe('a notification', () => {
  test('of Discord is an embed', async () => {
    await box.notify(discordAt(receiver.url))
    await box.deliver()
    expect(receiver.hooks).toMatchObject([
      { path: '/hook/the-token', body: { allowed_mentions: { parse: [] }, embeds: [{ color: 0xd73a49 }] } },
    ])
    expect(await box.last()).toMatchObject({ outcome: 'status 204', body: null, channel: null, attempts: 1 })
  })

  test('of a webhook carries its headers, a stable id and a signature', async () => {
    const key = Buffer.alloc(32, 7)
    const secret = `whsec_${key.toString('base64')}`
    receiver.answer = () => new Response(null, { status: receiver.hooks.length === 1 ? 500 : 204 })
    await box.notify(webhookAt(receiver.url, { headers: { 'X-Key': 'k' }, secret }))
    await box.deliver()
    await box.reopen()
    box.forward(1000)
    await box.deliver()
    expect(receiver.hooks).toHaveLength(2)
    const [first, second] = receiver.hooks
    expect(first?.body).toMatchObject({ type: 'backup_failure', data: { executionId: 'run-1' } })
    expect(first?.headers['x-key']).toBe('k')
    expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id'])
    expect(second?.text).toBe(first!.text)
    const {
      'webhook-id': id,
      'webhook-timestamp': timestamp,
      'webhook-signature': signature,
    } = second!.headers
    const expected = createHmac('sha256', key).update(`${id}.${timestamp}.${second?.text}`).digest('base64')
    expect(signature).toBe(`v1,${expected}`)
  })

  test.each([400, 401, 404, 302])(
    'that is answered %d is given up, which is logged without its token',
    async (status) => {
      receiver.answer = () =>
        new Response('the-token', { status, headers: { location: `${receiver.url}/on` } })
      await box.notify(discordAt(receiver.url))
      await box.deliver()
      box.forward(24 * 60 * 60 * 1000)
      await box.deliver()
      expect(receiver.hooks).toHaveLength(1)
      expect(await box.last()).toMatchObject({ outcome: `status ${status}`, body: null, channel: null })
      const lines = box.log.filter((line) => line.includes('"notification"'))
      expect(lines).toHaveLength(1)
      expect(lines[0]).toContain('"level":"warn"')
      expect(box.log.join('')).not.toContain('the-token')
    },
  )

  test.each([
    ['90', 90_000],
    ['1.5', 1500],
    ['0', 1000],
    [new Date(Date.UTC(2030, 0, 1, 0, 5)).toUTCString(), 300_000],
    ['99999999999', 24 * 60 * 60 * 1000],
    ['soon', 1000],
    ['-5', 1000],
  ])('that is too much now waits as Retry-After %j says: %d ms', async (header, pause) => {
    receiver.answer = () => new Response(null, { status: 429, headers: { 'retry-after': header } })
    await box.notify(discordAt(receiver.url))
    await box.deliver()
    box.forward(pause - 1)
    await box.deliver()
    expect(receiver.hooks).toHaveLength(1)
    receiver.answer = () => new Response(null, { status: 204 })
    box.forward(1)
    await box.deliver()
    expect(receiver.hooks).toHaveLength(2)
    expect(await box.last()).toMatchObject({ outcome: 'status 204' })
  })

  test('that a server never answers ends when the time is over', async () => {
    using deaf = new DeafServer()
    await box.notify(discordAt(`http://127.0.0.1:${deaf.port}`))
    await box.deliver(200)
    expect(await box.last()).toMatchObject({ attempts: 1, done_at: null, outcome: 'no answer in time' })
  })

  test('goes only where the operator lets it', async () => {
    box.context = { ...box.context, webhookHosts: { allowed: ['.example.org'] } }
    await box.notify(discordAt(receiver.url))
    await box.notify(webhookAt(receiver.url))
    await box.deliver()
    expect(receiver.hooks).toEqual([])
  })
})

describe('channels of one run', () => {
  test('are told at once, though one is dead', async () => {
    using dead = new DeafServer()
    await box.notify(deadMail(dead.port), { channelId: 'dead mail' })
    await box.notify(webhookAt(`http://127.0.0.1:${dead.port}/`), { channelId: 'dead hook' })
    await box.notify(discordAt(receiver.url), { channelId: 'alive' })
    const outbox = box.outbox(60_000)
    outbox.start()
    while (receiver.hooks.length === 0) await Bun.sleep(1)
    while ((await box.last()).done_at === null) await Bun.sleep(1)
    const rows = await box.rows()
    expect(rows.map(({ attempts }) => attempts)).toEqual([0, 0, 1])
    dead[Symbol.dispose]()
    await outbox.stop()
  })

  test('at one host do not wait for each other: one is full, the other is told', async () => {
    receiver.answer = ({ path }) => new Response(null, { status: path.startsWith('/hook/full') ? 429 : 204 })
    await box.notify(discordAt(`${receiver.url}/full`), { channelId: 'full' })
    await box.notify(discordAt(`${receiver.url}/free`), { channelId: 'free' })
    await box.deliver()
    expect((await box.rows()).map(({ outcome }) => outcome)).toEqual(['status 429', 'status 204'])
  })

  test('do not wait for the reports of the run, nor those for them', async () => {
    using dead = new DeafServer()
    await box.endedRun('run-2', `http://127.0.0.1:${dead.port}/`)
    await box.notify(discordAt(receiver.url), { run: 'run-2' })
    await box.endedRun('run-3', receiver.url)
    await box.notify(deadMail(dead.port), { run: 'run-3' })
    await box.deliver(200)
    expect(receiver.statuses('run-3')).toEqual(['running', 'failed'])
    expect(receiver.hooks.filter(({ body }) => body.embeds)).toHaveLength(1)
  })

  test('are told in the order of what happened, each for itself', async () => {
    let refusals = 1
    receiver.answer = () => new Response(null, { status: refusals-- > 0 ? 503 : 204 })
    await box.notify(webhookAt(receiver.url), { event: 'backup_success' })
    await box.notify(webhookAt(receiver.url), { event: 'refresh_failure' })
    await box.deliver()
    expect(receiver.hooks.map(({ body }) => body.type)).toEqual(['backup_success'])
    box.forward(1000)
    await box.deliver()
    expect(receiver.hooks.map(({ body }) => body.type)).toEqual([
      'backup_success',
      'backup_success',
      'refresh_failure',
    ])
  })
})

describe('what is kept', () => {
  test('of a channel and a message is sealed, and gone when it is through', async () => {
    await box.notify(webhookAt(receiver.url, { headers: { 'x-key': 'the-header' } }), { jobName: 'the-job' })
    const row = await box.last()
    for (const sealed of [row.body, row.channel]) {
      expect(sealed?.length).toBeGreaterThan(0)
      expect(Buffer.from(sealed!).toString('latin1')).not.toMatch(/the-(header|job)/)
    }
    await box.deliver()
    expect(await box.last()).toMatchObject({ body: null, channel: null })
    expect(box.log.join('')).not.toContain('the-header')
  })

  test('of a run that was deleted goes when its notifications are through', async () => {
    receiver.answer = () => new Response(null, { status: 503 })
    await box.notify(discordAt(receiver.url))
    await deleteRun(box.context.state, 'run-1')
    await box.deliver()
    expect(await box.rows()).toHaveLength(1)
    receiver.answer = () => new Response(null, { status: 204 })
    box.forward(1000)
    await box.deliver()
    expect(await box.rows()).toEqual([])
    expect(await box.context.state.selectFrom('runs').select('id').execute()).toEqual([])
  })

  test('for no run at all is delivered, and forgotten', async () => {
    await box.notify(discordAt(receiver.url), { run: 'system:integrity-check', event: 'system_error' })
    await box.deliver()
    expect(receiver.hooks).toHaveLength(1)
    expect(await box.rows()).toEqual([])
  })

  test('and was sealed with another key waits for that key, and holds nothing else up', async () => {
    await box.notify(discordAt(receiver.url), { channelId: 'kept' })
    const { seal } = box.context
    box.context = { ...box.context, seal: await Seal.open(box.folder.file('other-key'), undefined) }
    await box.notify(discordAt(receiver.url), { channelId: 'found' })
    await box.deliver()
    expect((await box.rows()).map(({ outcome }) => outcome)).toEqual(['cannot be opened', 'status 204'])
    box.context = { ...box.context, seal }
    box.forward(60 * 60 * 1000)
    await box.deliver()
    expect((await box.rows()).map(({ outcome }) => outcome)).toEqual(['status 204', 'status 204'])
  })
})

describe('a test message', () => {
  const options = { hosts: { allowed: undefined }, now: new Date(), timeout: 200 }

  test('comes at once', async () => {
    expect(await testChannel(discordAt(receiver.url), options)).toBe('status 204')
    expect(await testChannel(webhookAt(receiver.url), options)).toBe('status 204')
    expect(receiver.hooks[1]?.body).toMatchObject({ type: 'test' })
  })

  test('that does not come says why, without a secret', async () => {
    using deaf = new DeafServer()
    receiver.answer = () => new Response('the-token', { status: 404 })
    const channels: [Channel, string][] = [
      [discordAt(receiver.url), 'status 404'],
      [discordAt(`http://127.0.0.1:${deaf.port}`), 'no answer in time'],
      [deadMail(deaf.port), 'no answer in time'],
      [webhookAt('http://no-such-host.invalid/the-token'), 'the name has no address'],
    ]
    for (const [channel, why] of channels) {
      const fault = await testChannel(channel, options).catch((error) => error)
      expect(fault).toMatchObject({ code: 'notification-failed' })
      expect(fault.message).toContain(why)
      expect(fault.message).not.toContain('the-token')
    }
    expect(Object.keys(SECRET_FIELDS)).toEqual(['email', 'discord', 'webhook'])
  })
})
