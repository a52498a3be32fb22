import type { Channel } from './channel.ts'
import type { Message } from './message.ts'
import { renderDiscord } from './render-discord.ts'
import { renderEmail } from './render-email.ts'
import { renderWebhook } from './render-webhook.ts'

/** What a channel is sent of a message: JSON, which for Discord and webhooks is the body of the request. */
export function renderMessage(message: Message, channel: Channel): unknown {
  if (channel.kind === 'email') return renderEmail(message)
  if (channel.kind === 'discord') return renderDiscord(message, channel)
  return renderWebhook(message)
}
