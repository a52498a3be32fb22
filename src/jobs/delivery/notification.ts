import type { HostPolicy } from '../../lib/hosts.ts'
import type { Channel, DiscordChannel, WebhookChannel } from '../notifications/channel.ts'
import { Signer } from '../signature.ts'
import type { Attempt, Delivery } from './attempt.ts'
import { sendEmail } from './email.ts'
import { post } from './http.ts'

/** Milliseconds after which a send that hangs is ended. */
export const SEND_TIMEOUT = 30_000

export interface SendOptions {
  readonly hosts: HostPolicy
  readonly timeout: number
  readonly now: Date
}

/** Sends what `renderMessage` made of a message for this channel. Throws nothing. */
export async function deliverNotification(
  channel: Channel,
  message: Delivery,
  options: SendOptions,
): Promise<Attempt> {
  if (channel.kind === 'email') return sendEmail(channel, message, options)
  if (channel.kind === 'discord') return postToDiscord(channel, message, options)
  return postToWebhook(channel, message, options)
}

async function postToDiscord(
  { webhookUrl }: DiscordChannel,
  message: Delivery,
  options: SendOptions,
): Promise<Attempt> {
  const receiver = { url: webhookUrl.reveal(), headers: {}, signature: undefined, verifyTls: true }
  return post(receiver, message, options)
}

async function postToWebhook(
  { url, headers, secret, verifyTls }: WebhookChannel,
  message: Delivery,
  options: SendOptions,
): Promise<Attempt> {
  const revealed = Object.entries(headers).map(([name, value]) => [name, value.reveal()] as const)
  const signature = secret && new Signer(secret).headers(message.id, message.body, options.now)
  const receiver = { url: url.reveal(), headers: Object.fromEntries(revealed), signature, verifyTls }
  return post(receiver, message, options)
}
