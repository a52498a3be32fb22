import type { DiscordChannel } from './channel.ts'
import type { Message } from './message.ts'
import { shortened } from './plain-text.ts'

/** Limits of Discord's documentation of embeds, in characters; the sum is of one message. */
const MOST_TITLE = 256
const MOST_DESCRIPTION = 4096
const MOST_NAME = 256
const MOST_VALUE = 1024
const MOST_FIELDS = 25
const MOST_TOGETHER = 6000

const COLOURS = { good: 0x2e_a0_43, bad: 0xd7_3a_49, neutral: 0x58_65_f2 } as const

/** A body for Discord's webhooks: one embed, which pings nobody. */
export function renderDiscord(message: Message, channel: Pick<DiscordChannel, 'username' | 'avatarUrl'>) {
  const title = escapedWithin(message.subject, MOST_TITLE)
  const description = message.error && codeBlock(message.error, MOST_DESCRIPTION)
  let left = MOST_TOGETHER - title.length - description.length
  const fields = []
  for (const { name, value } of message.fields.slice(0, MOST_FIELDS)) {
    const field = {
      name: escapedWithin(name, MOST_NAME),
      value: escapedWithin(value, MOST_VALUE),
      inline: true,
    }
    left -= field.name.length + field.value.length
    if (left < 0) break
    fields.push(field)
  }
  return {
    ...(channel.username === undefined ? {} : { username: channel.username }),
    ...(channel.avatarUrl === undefined ? {} : { avatar_url: channel.avatarUrl }),
    embeds: [
      {
        title,
        ...(description ? { description } : {}),
        color: COLOURS[message.tone],
        timestamp: message.time.toISOString(),
        fields,
      },
    ],
    allowed_mentions: { parse: [] },
  }
}

/**
 * Every mark of markdown and of mentions (`<@1>`, `<#1>`) with a backslash before it, up to the limit: cut before a mark,
 * never between it and its backslash. `@everyone` is broken by a space of no width, as it is read before markdown is;
 * an address by a backslash in its `://`. Headings, lists and quotes are marks at the start of a line only.
 */
function escapedWithin(text: string, most: number): string {
  let escaped = ''
  for (const piece of text.match(/:\/\/|./gsu) ?? []) {
    const next = escapedPiece(piece, escaped === '')
    if (escaped.length + next.length >= most) return `${escaped}…`
    escaped += next
  }
  return escaped
}

function escapedPiece(piece: string, first: boolean): string {
  if (piece === '://') return ':\\//'
  if (piece === '@') return '@\u200b'
  return /[\\*_~`|<>[\]()]/.test(piece) || (first && /[#\-+]/.test(piece)) ? `\\${piece}` : piece
}

/** In a block of code nothing is a mark but its end, which a space of no width breaks. */
function codeBlock(text: string, most: number): string {
  const [start, end] = ['```\n', '\n```']
  const broken = text.replace(/`/g, '`\u200b')
  return `${start}${shortened(broken, most - start.length - end.length)}${end}`
}
