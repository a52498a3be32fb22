import type { Secret } from '../../lib/secret.ts'
import type { Mailbox } from './mailbox.ts'

/** Where notifications go. */
export type Channel = EmailChannel | DiscordChannel | WebhookChannel

export interface EmailChannel {
  readonly kind: 'email'
  readonly host: string
  readonly port: number
  /** No TLS at all; TLS from the first byte; TLS by STARTTLS, without which nothing is sent. */
  readonly secure: 'none' | 'ssl' | 'starttls'
  readonly verifyTls: boolean
  readonly user: string | undefined
  readonly password: Secret | undefined
  readonly from: Mailbox
  readonly to: readonly Mailbox[]
}

export interface DiscordChannel {
  readonly kind: 'discord'
  /** Who knows it may post: it holds a token. */
  readonly webhookUrl: Secret
  readonly username: string | undefined
  readonly avatarUrl: string | undefined
}

export interface WebhookChannel {
  readonly kind: 'webhook'
  /** Many services take a token in the path. */
  readonly url: Secret
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, Secret>>
  /** Signs, as `signature.ts` says. */
  readonly secret: Secret | undefined
  readonly verifyTls: boolean
}

export const CHANNEL_KINDS = ['email', 'discord', 'webhook'] as const satisfies Channel['kind'][]

/** Fields of a config that only those see who may change it. */
export const SECRET_FIELDS: Readonly<Record<Channel['kind'], readonly string[]>> = {
  email: ['password'],
  discord: ['webhookUrl'],
  webhook: ['url', 'headers', 'secret'],
}

/** Which server a channel goes to, without a secret: an origin, or `smtp://host:port`. */
export function originOf(channel: Channel): string {
  if (channel.kind === 'email') return `smtp://${channel.host}:${channel.port}`
  return new URL((channel.kind === 'discord' ? channel.webhookUrl : channel.url).reveal()).origin
}
