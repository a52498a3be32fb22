import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { type Message, messageOf } from '../../../src/jobs/notifications/message.ts'
import { renderDiscord } from '../../../src/jobs/notifications/render-discord.ts'
import { renderEmail } from '../../../src/jobs/notifications/render-email.ts'
import { renderWebhook } from '../../../src/jobs/notifications/render-webhook.ts'
import { occasion } from './outbox-of-test.ts'

const named = (name: string): Message =>
  messageOf({ ...occasion, jobName: name, path: name, error: { code: 'x', message: name } })

const noChannel = { username: undefined, avatarUrl: undefined }

/** What Discord shows of a text: a backslash before a mark goes. */
const shown = (text: string) => text.replace(/\\([^0-9A-Za-z\s])/g, '$1').replaceAll('@\u200b', '@')

describe('a message', () => {
  test('says what happened, to what, when, and why', () => {
    expect(messageOf(occasion)).toMatchObject({
      tone: 'bad',
      subject: 'Backup failed: Nightly shop',
      error: 'The table public.users cannot be read.',
      fields: [
        { name: 'Job', value: 'Nightly shop' },
        { name: 'Run', value: 'run-1' },
        { name: 'Started', value: '2026-11-21 02:00:00 UTC' },
        { name: 'Ended', value: '2026-11-21 02:03:04 UTC' },
        { name: 'Took', value: '3 min 4 s' },
        { name: 'Size', value: '1.5 KiB' },
        { name: 'File', value: 'nightly-shop/nightly-shop_2026-11-21T02-00-00Z.dump' },
        { name: 'rows', value: '12' },
        { name: 'Error', value: 'query-failed' },
      ],
    })
  })

  test('says nothing of what there is none of', () => {
    const nothing = {
      jobName: null,
      startedAt: null,
      size: null,
      path: null,
      error: null,
      figures: { x: Number.NaN },
    }
    const message = messageOf({ ...occasion, ...nothing, event: 'system_error' })
    expect(message.subject).toBe('pgveil needs attention')
    expect(message.fields.map(({ name }) => name)).toEqual(['Run', 'Ended'])
  })

  test.each([
    [0, '0 bytes'],
    [1023, '1023 bytes'],
    [1024, '1.0 KiB'],
    [5 * 1024 ** 4, '5.0 TiB'],
    [5 * 1024 ** 6, '5242880.0 TiB'],
  ])('writes %d bytes as %s', (size, text) => {
    const { fields } = messageOf({ ...occasion, size })
    expect(fields.find(({ name }) => name === 'Size')?.value).toBe(text)
  })

  test('of any names is well formed, has one line for a subject, and stays within its bounds', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 5000 }), (name) => {
        const message = named(name)
        expect(message.subject).not.toMatch(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u)
        expect(message.subject.isWellFormed() && message.error.isWellFormed()).toBe(true)
        expect(message.subject.length).toBeLessThanOrEqual(150)
        expect(message.error.length).toBeLessThanOrEqual(2000)
        expect(message.error).not.toMatch(/[^\P{Cc}\n]/u)
      }),
    )
    const emoji = named('🎉'.repeat(3000))
    expect([emoji.subject.isWellFormed(), emoji.error.isWellFormed()]).toEqual([true, true])
  })
})

describe('a mail', () => {
  test('holds no markup of a name', () => {
    const { html, text } = renderEmail(named(`<img src=x onerror="a('b')">&amp;`))
    expect(html).not.toContain('<img')
    expect(html).toContain('&lt;img src=x onerror=&quot;a(&#39;b&#39;)&quot;&gt;&amp;amp;')
    expect(text).toContain(`Job: <img src=x onerror="a('b')">&amp;`)
  })
})

describe("a message of Discord's", () => {
  test('has the colour of its tone, and pings nobody', () => {
    const { embeds, allowed_mentions: mentions } = renderDiscord(messageOf(occasion), noChannel)
    expect(embeds[0]).toMatchObject({ color: 0xd73a49, timestamp: '2026-11-21T02:03:04.000Z' })
    expect(mentions).toEqual({ parse: [] })
    const good = renderDiscord(
      messageOf({ ...occasion, state: 'succeeded', event: 'backup_success' }),
      noChannel,
    )
    expect(good.embeds[0]?.color).toBe(0x2ea043)
  })

  test.each([
    '@everyone',
    '@here',
    '<@123>',
    '<@&123>',
    '<#123>',
    '**bold** __under__ ~~gone~~ ||hidden||',
    '[click](https://example.org)',
    '# heading',
    '> quote',
    '- item',
    '`code`',
    '\\*',
    'https://example.org/',
  ])('shows %j as it is', (name) => {
    const { title = '', description = '', fields = [] } = renderDiscord(named(name), noChannel).embeds[0]!
    const value = fields.find((field) => field.name === 'Job')?.value ?? ''
    expect(shown(value)).toBe(name)
    expect(shown(title)).toBe(`Backup failed: ${name}`)
    for (const text of [title, value]) {
      // No mark without its backslash, and no backslash without its mark.
      expect(text).not.toMatch(/(?<!\\)(\\\\)*[*_~`|<>[\]()]/)
      expect(text).not.toMatch(/@(everyone|here|\d|&)/)
      expect(text).not.toMatch(/https?:\/\//)
    }
    expect(value).not.toMatch(/^[#>-]/)
    expect(description.replaceAll('\u200b', '')).toBe(`\`\`\`\n${name}\n\`\`\``)
  })

  test('does not leave its block of code', () => {
    const { description = '' } = renderDiscord(named('a ``` @everyone ```` b'), noChannel).embeds[0]!
    expect(description.slice(4, -4)).not.toContain('``')
  })

  test('of any names stays within the limits', () => {
    const check = (name: string) => {
      const { title, description = '', fields } = renderDiscord(named(name), noChannel).embeds[0]!
      const texts = fields.flatMap((field) => [field.name, field.value])
      expect(title.length).toBeLessThanOrEqual(256)
      expect(description.length).toBeLessThanOrEqual(4096)
      expect(Math.max(...fields.map(({ value }) => value.length))).toBeLessThanOrEqual(1024)
      expect([title, description, ...texts].join('').length).toBeLessThanOrEqual(6000)
      expect(texts.every((text) => text.isWellFormed() && text !== '')).toBe(true)
      expect(title).not.toMatch(/(?<!\\)(\\\\)*\\$/)
    }
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 5000 }), check))
    for (const name of ['*', '`', '@', '🎉', '\\', '://']) check(name.repeat(5000))
  })

  test('carries the name and the picture of its channel', () => {
    const channel = { username: 'bot', avatarUrl: 'https://example.org/a.png' }
    expect(renderDiscord(messageOf(occasion), channel)).toMatchObject({
      username: 'bot',
      avatar_url: 'https://example.org/a.png',
    })
  })
})

test('the body of a webhook is for programs', () => {
  expect(JSON.parse(JSON.stringify(renderWebhook(messageOf(occasion))))).toEqual({
    type: 'backup_failure',
    timestamp: '2026-11-21T02:03:04.000Z',
    data: {
      subject: 'Backup failed: Nightly shop',
      executionId: 'run-1',
      jobName: 'Nightly shop',
      kind: 'backup',
      state: 'failed',
      startedAt: '2026-11-21T02:00:00.000Z',
      endedAt: '2026-11-21T02:03:04.000Z',
      duration: 184,
      size: 1536,
      path: 'nightly-shop/nightly-shop_2026-11-21T02-00-00Z.dump',
      error: { code: 'query-failed', message: 'The table public.users cannot be read.' },
      figures: { rows: 12 },
    },
  })
})
