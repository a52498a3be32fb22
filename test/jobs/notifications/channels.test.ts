import { describe, expect, test } from 'bun:test'
import { inspect } from 'node:util'
import { originOf, SECRET_FIELDS } from '../../../src/jobs/notifications/channel.ts'
import { parseChannelConfig } from '../../../src/jobs/notifications/channels.ts'
import { channelOf, plainChannel } from '../../../src/jobs/notifications/plain-channel.ts'
import { Fault } from '../../../src/lib/fault.ts'

const signing = `whsec_${Buffer.alloc(32, 7).toString('base64')}`
const email = { host: 'mail.example.org', from: 'a@example.org', to: 'b@example.org' }
const discord = { webhookUrl: 'https://discord.com/api/webhooks/1/the-token' }
const webhook = { url: 'https://example.org/the-token' }

const refusal = (id: string, config: unknown): Fault => {
  try {
    parseChannelConfig(id, config)
  } catch (error) {
    if (error instanceof Fault) return error
    throw error
  }
  throw new Error(`It is taken: ${JSON.stringify(config).slice(0, 200)}`)
}

describe('the config of a channel', () => {
  test('of email has the port of submission, STARTTLS and verification where it does not say', () => {
    expect(parseChannelConfig('email', email)).toEqual({
      kind: 'email',
      host: 'mail.example.org',
      port: 587,
      secure: 'starttls',
      verifyTls: true,
      user: undefined,
      password: undefined,
      from: { name: '', address: 'a@example.org' },
      to: [{ name: '', address: 'b@example.org' }],
    })
  })

  test.each([
    ['b@example.org', ['b@example.org']],
    [' b@example.org , Bo Ö <bö@exämple.org>', ['b@example.org', 'bö@exämple.org']],
    [
      ['b@example.org', 'c@localhost'],
      ['b@example.org', 'c@localhost'],
    ],
  ])('of email takes recipients as %j', (to, addresses) => {
    const channel = parseChannelConfig('email', { ...email, to })
    expect(channel.kind === 'email' && channel.to.map(({ address }) => address)).toEqual(addresses)
  })

  const hostile: [string, string, object][] = [
    ['email', 'host', { ...email, host: '' }],
    ['email', 'host', { ...email, host: 'a b' }],
    ['email', 'host', { ...email, host: 'mail\r\nRCPT TO:<x>' }],
    ['email', 'host', { ...email, host: 'user@host/path' }],
    ['email', 'port', { ...email, port: 0 }],
    ['email', 'port', { ...email, port: 65_536 }],
    ['email', 'port', { ...email, port: '587' }],
    ['email', 'secure', { ...email, secure: 'tls' }],
    ['email', 'from', { ...email, from: 'a@example.org\r\nBcc: x@example.org' }],
    ['email', 'from', { ...email, from: 'Name\nBcc: x <a@example.org>' }],
    ['email', 'from', { ...email, from: 'a@example.org, b@example.org' }],
    ['email', 'from', { ...email, from: 'a@b@c' }],
    ['email', 'from', { ...email, from: `${'x'.repeat(65)}@example.org` }],
    ['email', 'to.0', { ...email, to: '' }],
    ['email', 'to', { ...email, to: [] }],
    ['email', 'to.1', { ...email, to: 'a@example.org,' }],
    ['email', 'to.0', { ...email, to: ['a@example.org, b@example.org'] }],
    ['email', 'to.0', { ...email, to: ['a@example.org\u0000'] }],
    ['email', 'to', { ...email, to: Array(51).fill('a@example.org') }],
    ['email', 'to', { ...email, to: Array(51).fill('a@example.org').join(',') }],
    ['email', 'to', { ...email, to: 7 }],
    ['email', 'password', { ...email, user: 'me' }],
    ['email', 'password', { ...email, password: 'x' }],
    ['email', 'user', { ...email, user: 'me\r\n', password: 'x' }],
    ['email', 'surprise', { ...email, surprise: 1 }],
    ['discord', 'webhookUrl', {}],
    ['discord', 'webhookUrl', { webhookUrl: 'http://discord.com/api/webhooks/1/the-token' }],
    ['discord', 'webhookUrl', { webhookUrl: 'http://localhost/the-token' }],
    ['discord', 'webhookUrl', { webhookUrl: 'http://127.0.0.1.example.org/the-token' }],
    ['discord', 'webhookUrl', { webhookUrl: 'file:///etc/passwd' }],
    ['discord', 'webhookUrl', { webhookUrl: `https://discord.com/${'x'.repeat(2048)}` }],
    ['discord', 'username', { ...discord, username: 'x'.repeat(81) }],
    ['discord', 'avatarUrl', { ...discord, avatarUrl: 'http://example.org/a.png' }],
    ['webhook', 'url', { url: 'ftp://example.org/' }],
    ['webhook', 'url', { url: 'not an address' }],
    ['webhook', 'secret', { ...webhook, secret: 'the-secret' }],
    ['webhook', 'headers.x-a', { ...webhook, headers: { 'x-a': 'the-secret\r\nx-b: 1' } }],
    ['webhook', 'headers.x a', { ...webhook, headers: { 'x a': 'the-secret' } }],
    ['webhook', 'headers.Webhook-Signature', { ...webhook, headers: { 'Webhook-Signature': 'the-secret' } }],
    [
      'webhook',
      'headers',
      { ...webhook, headers: Object.fromEntries(Array.from({ length: 21 }, (_, at) => [`x-${at}`, 'y'])) },
    ],
    ['webhook', 'verifyTls', { ...webhook, verifyTls: 'yes' }],
  ]
  test.each(hostile)('of %s is refused for %s, which is named and not shown: %#', (id, field, config) => {
    const { code, findings, message } = refusal(id, config)
    expect(code).toBe('adapter-config')
    expect(findings.map((finding) => finding.message).join('\n')).toContain(`"${field}"`)
    expect(message).not.toContain('the-')
    expect(message.length).toBeLessThan(300)
  })

  test.each([[undefined], [null], [7], ['x'], [[]]])('that is %p is refused', (config) => {
    expect(refusal('discord', config).code).toBe('adapter-config')
  })

  test.each(['slack', '', '__proto__', 'constructor'])('of the unknown kind %j is refused', (id) => {
    expect(refusal(id, {}).code).toBe('adapter-config')
  })

  test.each(['http://127.0.0.1:8080/x', 'http://[::1]/x'])(
    'of Discord may be a relay on this machine: %s',
    (webhookUrl) => {
      expect(parseChannelConfig('discord', { webhookUrl })).toMatchObject({ kind: 'discord' })
    },
  )
})

describe('a channel', () => {
  const configs: [string, object][] = [
    ['email', email],
    [
      'email',
      { ...email, to: 'B <b@example.org>,c@example.org', user: 'me', password: 'the-password', port: 25 },
    ],
    ['discord', discord],
    ['discord', { ...discord, username: 'bot', avatarUrl: 'https://example.org/a.png' }],
    ['webhook', webhook],
    ['webhook', { ...webhook, headers: { 'X-Key': 'the-header' }, secret: signing, verifyTls: false }],
  ]

  test.each(configs)('of %s is the same after it was written and read: %#', (id, config) => {
    const channel = parseChannelConfig(id, config)
    const plain = plainChannel(channel)
    const read = channelOf(JSON.parse(JSON.stringify(plain)))
    expect(plainChannel(read)).toEqual(plain)
    expect(read).toEqual(channel)
  })

  test.each(configs)('of %s shows no secret when it is printed: %#', (id, config) => {
    const channel = parseChannelConfig(id, config)
    const shown = `${inspect(channel, { depth: 9 })} ${JSON.stringify(channel)} ${originOf(channel)}`
    expect(shown).not.toMatch(/the-(token|password|header)|whsec_/)
    // Every field that is a secret in a channel is one that others do not see.
    const secret = Object.entries(JSON.parse(JSON.stringify(channel)))
      .filter(([, value]) => JSON.stringify(value)?.includes('[secret]'))
      .map(([name]) => name)
    expect(SECRET_FIELDS[channel.kind]).toEqual(expect.arrayContaining(secret))
  })

  test('has an origin without a user and a password', () => {
    const channel = parseChannelConfig('webhook', { url: 'https://us:the-token@example.org:8443/x?y' })
    expect(originOf(channel)).toBe('https://example.org:8443')
  })
})
