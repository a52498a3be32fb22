import { isIP } from 'node:net'
import { Fault } from '../lib/fault.ts'
import { type HostPolicy, reachableAddress } from '../lib/hosts.ts'
import { VERSION } from '../version.ts'
import type { Signer } from './signature.ts'
import type { Webhook } from './surface.ts'

/** What came of one attempt to deliver. */
export type Attempt =
  /** The receiver has it, or has said that it does not want it. */
  | { readonly kind: 'through'; readonly outcome: string; readonly accepted: boolean }
  /** Nobody answered, or a server that could not: another attempt may do better. */
  | { readonly kind: 'again'; readonly outcome: string }

/** Answers that say "later": a receiver that is overwhelmed is not one that refuses. */
const LATER = new Set([408, 425, 429])

/**
 * Posts one report. Redirects are not followed: they could lead where the server may not go. It connects to the address
 * that was looked up and allowed, whatever the name means a moment later.
 */
export async function deliver(
  webhook: Webhook,
  message: { readonly id: string; readonly body: string },
  options: {
    readonly hosts: HostPolicy
    readonly signer: Signer | undefined
    readonly timeout: number
    readonly now: Date
  },
): Promise<Attempt> {
  try {
    const url = new URL(webhook.url)
    const { host, hostname } = url
    const authorization = basicAuthorization(url)
    const address = await reachableAddress(hostname, options.hosts)
    if (address === undefined) return { kind: 'again', outcome: 'the name has no address' }
    url.hostname = isIP(address) === 6 ? `[${address}]` : address
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'user-agent': `pgveil/${VERSION}`,
        ...authorization,
        ...webhook.headers,
        ...options.signer?.headers(message.id, message.body, options.now),
        'webhook-id': message.id,
        host,
      },
      body: message.body,
      redirect: 'manual',
      signal: AbortSignal.timeout(options.timeout),
      tls: { rejectUnauthorized: webhook.verifyTls, serverName: hostname.replace(/^\[(.*)\]$/, '$1') },
    } as RequestInit)
    await response.body?.cancel()
    const outcome = `status ${response.status}`
    if (response.status >= 500 || LATER.has(response.status)) return { kind: 'again', outcome }
    return { kind: 'through', outcome, accepted: response.ok }
  } catch (error) {
    return { kind: 'again', outcome: reasonOf(error) }
  }
}

/** A user and password in the URL go as a header, as everywhere; fetch takes none in a URL. */
function basicAuthorization(url: URL): Record<string, string> {
  const { username, password } = url
  if (username === '' && password === '') return {}
  url.username = ''
  url.password = ''
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  return { authorization: `Basic ${Buffer.from(pair).toString('base64')}` }
}

/** Never the URL, which may hold a token. */
function reasonOf(error: unknown): string {
  if (error instanceof Fault) return error.message
  const { name, code } = error as { name?: string; code?: string }
  if (name === 'TimeoutError') return 'no answer in time'
  return code ?? name ?? 'no answer'
}
