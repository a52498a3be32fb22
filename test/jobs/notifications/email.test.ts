import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import type { EmailChannel } from '../../../src/jobs/notifications/channel.ts'
import { parseChannelConfig } from '../../../src/jobs/notifications/channels.ts'
import { testChannel } from '../../../src/jobs/notifications/test-channel.ts'
import { TestFolder } from '../../server/folder.ts'
import { certificate } from './certificate.ts'
import { DeafServer } from './deaf-server.ts'
import { MailServer } from './mail-server.ts'
import { OutboxOfTest } from './outbox-of-test.ts'

let certificates: TestFolder
let pair: { readonly key: string; readonly cert: string }
beforeAll(async () => {
  certificates = await TestFolder.create()
  pair = await certificate(certificates, 'localhost')
})
afterAll(() => certificates[Symbol.asyncDispose]())

let box: OutboxOfTest
beforeEach(async () => {
  box = await OutboxOfTest.open()
})
afterEach(() => box[Symbol.asyncDispose]())

const channelTo = ({ port }: { port: number }, changes: object = {}) =>
  parseChannelConfig('email', {
    host: '127.0.0.1',
    port,
    secure: 'none',
    from: 'pgveil <pgveil@example.org>',
    to: 'a@example.org',
    ...changes,
  }) as EmailChannel

const noTls = { hideSTARTTLS: true, disabledCommands: ['STARTTLS'], allowInsecureAuth: true }

describe('a mail', () => {
  test('comes once to all recipients, with a Message-ID of its own and both forms of the text', async () => {
    await using server = await MailServer.open(noTls)
    await box.notify(channelTo(server, { to: 'a@example.org, B <b@example.org>' }))
    await box.deliver()
    await box.deliver()
    expect(server.mails).toHaveLength(1)
    const [mail] = server.mails
    expect(mail).toMatchObject({ from: 'pgveil@example.org', to: ['a@example.org', 'b@example.org'] })
    expect(mail?.source).toMatch(/^Subject: \[pgveil\] Backup failed: Nightly shop\r$/m)
    expect(mail?.source).toMatch(/^Message-ID: <[0-9a-f]{40}@example\.org>\r$/im)
    expect(mail?.source).toMatch(/^Date: Sat, 21 Nov 2026 02:03:04 \+0000\r$/m)
    expect(mail?.source).toMatch(/^Auto-Submitted: auto-generated\r$/m)
    expect(mail?.source).toContain('text/plain')
    expect(mail?.source).toContain('text/html')
    expect(await box.last()).toMatchObject({ outcome: 'taken for 2 of 2', body: null, channel: null })
  })

  test('has no header more, whatever a job and a table are called', async () => {
    await using server = await MailServer.open(noTls)
    const hostile =
      'shop\r\nBcc: victim@example.org\r\n\r\n<script>alert(1)</script>\u2028\u0000 \u202egnp ünïcode 🎉'
    await box.notify(channelTo(server), {
      jobName: hostile,
      error: { code: 'x', message: `${hostile}\n.\r\nQUIT` },
    })
    await box.deliver()
    const { source, to } = server.mails[0]!
    const [head = ''] = source.split('\r\n\r\n')
    expect(to).toEqual(['a@example.org'])
    expect(head).not.toMatch(/^bcc:/im)
    expect(head.match(/^subject:/gim)).toHaveLength(1)
    expect(source.slice(source.indexOf('text/html'))).not.toContain('<script>')
    expect(source.slice(source.indexOf('text/html'))).toContain('&lt;script&gt;')
    expect(server.mails).toHaveLength(1)
  })

  test('keeps its Message-ID when it is sent again', async () => {
    await using server = await MailServer.open(noTls)
    let refusals = 1
    server.data = () => (refusals-- > 0 ? 451 : undefined)
    await box.notify(channelTo(server))
    await box.deliver()
    expect(await box.last()).toMatchObject({ attempts: 1, outcome: 'SMTP 451 to DATA', done_at: null })
    await box.reopen()
    box.forward(1000)
    await box.deliver()
    const ids = server.mails.map(({ source }) => /^Message-ID: (.*)\r$/im.exec(source)?.[1])
    expect(ids).toHaveLength(2)
    expect(ids[0]).toBe(ids[1]!)
    expect(await box.last()).toMatchObject({ attempts: 2, outcome: 'taken for 1 of 1' })
  })

  test('that every recipient is refused for is given up, and what the server said is not noted', async () => {
    await using server = await MailServer.open(noTls)
    server.recipient = () => 550
    await box.notify(channelTo(server, { to: ['a@example.org', 'b@example.org'] }))
    await box.deliver()
    const row = await box.last()
    expect(row).toMatchObject({ attempts: 1, body: null, channel: null, outcome: 'SMTP 550 to RCPT TO' })
    expect(row.done_at).not.toBeNull()
    expect(box.log.join('')).toContain('"level":"warn"')
    expect(box.log.join('')).not.toContain('words of the server')
  })

  test('that one recipient is put off for and one refused is tried again', async () => {
    await using server = await MailServer.open(noTls)
    server.recipient = (address) => (address.startsWith('a') ? 451 : 550)
    await box.notify(channelTo(server, { to: 'a@example.org,b@example.org' }))
    await box.deliver()
    expect(await box.last()).toMatchObject({ attempts: 1, done_at: null, outcome: 'SMTP 451 to RCPT TO' })
  })

  test('that some recipients take is not sent again', async () => {
    await using server = await MailServer.open(noTls)
    server.recipient = (address) => (address.startsWith('a') ? 451 : undefined)
    await box.notify(channelTo(server, { to: 'a@example.org,b@example.org' }))
    await box.deliver()
    expect(await box.last()).toMatchObject({ outcome: 'taken for 1 of 2', body: null })
  })
})

describe('logging in', () => {
  test('goes with a user and a password', async () => {
    await using server = await MailServer.open(noTls)
    await box.notify(channelTo(server, { user: 'us er', password: 'right' }))
    await box.deliver()
    expect(server.mails[0]?.user).toBe('us er')
  })

  test('with the wrong password is given up, which nothing tells of, though the server repeats it', async () => {
    await using server = await MailServer.open(noTls)
    await box.notify(channelTo(server, { user: 'me', password: 'a-wrong-password' }))
    await box.deliver()
    expect(await box.last()).toMatchObject({ attempts: 1, outcome: 'SMTP 535 to AUTH PLAIN', channel: null })
    expect(box.log.join('')).not.toContain('a-wrong-password')
    const tested = testChannel(channelTo(server, { user: 'me', password: 'a-wrong-password' }), {
      hosts: { allowed: undefined },
      now: new Date(),
    })
    const fault = await tested.catch((error) => error)
    expect(fault).toMatchObject({ code: 'notification-failed' })
    expect(String(fault.message)).toContain('SMTP 535')
    expect(JSON.stringify([fault, fault.message, fault.findings])).not.toContain('a-wrong-password')
  })
})

describe('TLS', () => {
  const secure = ['starttls', 'ssl'] as const

  test.each(secure)(
    'by %s with a certificate that nobody vouches for is refused, and nothing is sent',
    async (how) => {
      await using server = await MailServer.open({ ...pair, secure: how === 'ssl' })
      await box.notify(channelTo(server, { secure: how, user: 'me', password: 'right' }))
      await box.deliver()
      expect(server.mails).toEqual([])
      expect(await box.last()).toMatchObject({ done_at: null, outcome: 'DEPTH_ZERO_SELF_SIGNED_CERT' })
    },
  )

  test.each(secure)('by %s without verification is what a user may ask for', async (how) => {
    await using server = await MailServer.open({ ...pair, secure: how === 'ssl' })
    await box.notify(channelTo(server, { secure: how, verifyTls: false, user: 'me', password: 'right' }))
    await box.deliver()
    expect(server.mails).toMatchObject([{ secure: true, user: 'me' }])
  })

  test('that the server does not offer is not done without', async () => {
    await using server = await MailServer.open(noTls)
    await box.notify(channelTo(server, { secure: 'starttls', user: 'me', password: 'right' }))
    await box.deliver()
    expect(server.mails).toEqual([])
    expect((await box.last()).outcome).toMatch(/^SMTP 50\d to STARTTLS$/)
  })

  test.each([
    ['localhost', 'starttls', 'taken for 1 of 1'],
    ['localhost', 'ssl', 'taken for 1 of 1'],
    ['elsewhere.example.org', 'starttls', 'ERR_TLS_CERT_ALTNAME_INVALID'],
    ['elsewhere.example.org', 'ssl', 'ERR_TLS_CERT_ALTNAME_INVALID'],
  ])('to localhost with a certificate of %s by %s: %s', async (name, how, outcome) => {
    await using folder = await TestFolder.create()
    const trusted = await certificate(folder, name)
    await using server = await MailServer.open({ ...trusted, secure: how === 'ssl' })
    // Which authorities are trusted is read when a process starts.
    const child = Bun.spawn([process.execPath, `${import.meta.dir}/send-mail.ts`, String(server.port), how], {
      env: { ...process.env, NODE_EXTRA_CA_CERTS: folder.file('cert.pem') },
      stdout: 'pipe',
    })
    expect(await new Response(child.stdout).text()).toBe(`${outcome}\n`)
    expect(server.mails).toHaveLength(outcome.startsWith('taken') ? 1 : 0)
  })
})

describe('a server that', () => {
  const hanging: [string, () => DeafServer][] = [
    ['never greets', () => new DeafServer()],
    ['hangs after EHLO', () => new DeafServer('220 x\r\n')],
    [
      'takes the message and hangs',
      () =>
        new DeafServer('220 x\r\n', (line) => {
          if (line === '.') return ''
          if (line.startsWith('DATA')) return '354 go\r\n'
          return /^(EHLO|MAIL|RCPT)/.test(line) ? '250 ok\r\n' : ''
        }),
    ],
  ]
  test.each(hanging)('%s is left when the time is over, and tried again', async (_what, open) => {
    using server = open()
    await box.notify(channelTo(server))
    const began = performance.now()
    await box.deliver(200)
    expect(performance.now() - began).toBeGreaterThanOrEqual(199)
    expect(performance.now() - began).toBeLessThan(5000)
    expect(await box.last()).toMatchObject({ attempts: 1, done_at: null, outcome: 'no answer in time' })
    while (server.ended < server.opened) await Bun.sleep(1)
    expect(server.opened).toBe(1)
  })

  test('begins a greeting and never ends it is left when the time is over', async () => {
    using server = new DeafServer('220-x\r\n')
    await box.notify(channelTo(server))
    await box.deliver(200)
    expect(await box.last()).toMatchObject({ attempts: 1, done_at: null, outcome: 'no answer in time' })
  })

  test('is no mail server, or not there, is tried again', async () => {
    using server = new DeafServer('HTTP/1.1 400 Bad Request\r\n\r\n')
    await box.notify(channelTo(server))
    await box.deliver()
    expect(await box.last()).toMatchObject({ attempts: 1, done_at: null })
    await box.notify(channelTo({ port: 1 }), { channelId: 'other' })
    await box.deliver()
    expect(await box.last()).toMatchObject({ attempts: 1, done_at: null, outcome: 'ECONNREFUSED' })
  })

  test('the operator does not allow is not connected to', async () => {
    using server = new DeafServer()
    box.context = { ...box.context, webhookHosts: { allowed: ['.example.org'] } }
    await box.notify(channelTo(server))
    await box.deliver()
    expect(server.opened).toBe(0)
    expect((await box.last()).outcome).toContain('not on the list of allowed hosts')
  })
})
