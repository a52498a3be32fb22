import { isIP } from 'node:net'
import { type HostPolicy, reachableAddress } from '../../lib/hosts.ts'
import { orAborted } from '../../lib/or-aborted.ts'
import { VERSION } from '../../version.ts'
import { type Attempt, type Delivery, failedAttempt } from './attempt.ts'

/** Answers that say "later": a receiver that is overwhelmed is not one that refuses. */
const LATER = new Set([408, 425, 429])

/** No receiver holds a delivery back for longer. */
const LONGEST_PAUSE = 24 * 60 * 60 * 1000

export interface HttpReceiver {
  /** http or https. */
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  /** Of the body, which no header of the receiver replaces. */
  readonly signature: Readonly<Record<string, string>> | undefined
  readonly verifyTls: boolean
}

/**
 * Posts JSON. Redirects are not followed: they could lead where the server may not go. It connects to the address that was
 * looked up and allowed, whatever the name means a moment later.
 */
export async function post(
  receiver: HttpReceiver,
  message: Delivery,
  options: { readonly hosts: HostPolicy; readonly timeout: number; readonly now: Date },
): Promise<Attempt> {
  try {
    const signal = AbortSignal.timeout(options.timeout)
    const url = new URL(receiver.url)
    const { host, hostname } = url
    const authorization = basicAuthorization(url)
    const address = await orAborted(reachableAddress(hostname, options.hosts), signal)
    if (address === undefined) return { kind: 'again', outcome: 'the name has no address' }
    url.hostname = isIP(address) === 6 ? `[${address}]` : address
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'user-agent': `pgveil/${VERSION}`,
        ...authorization,
        ...receiver.headers,
        ...receiver.signature,
        'webhook-id': message.id,
        host,
      },
      body: message.body,
      redirect: 'manual',
      signal,
      tls: { rejectUnauthorized: receiver.verifyTls, serverName: hostname.replace(/^\[(.*)\]$/, '$1') },
    } as RequestInit)
    await response.body?.cancel()
    const outcome = `status ${response.status}`
    if (response.status >= 500 || LATER.has(response.status)) {
      return { kind: 'again', outcome, pause: pauseOf(response.headers.get('retry-after'), options.now) }
    }
    return { kind: 'through', outcome, accepted: response.ok }
  } catch (error) {
    return failedAttempt(error)
  }
}

/** Retry-After is seconds (Discord's may have decimals) or a date; undefined where it is neither. */
function pauseOf(header: string | null, now: Date): number | undefined {
  if (header === null) return undefined
  const pause = /^\d+(\.\d+)?$/.test(header) ? Number(header) * 1000 : Date.parse(header) - now.getTime()
  return Number.isNaN(pause) ? undefined : Math.min(LONGEST_PAUSE, Math.max(0, Math.ceil(pause)))
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
