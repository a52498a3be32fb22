import { createHash } from 'node:crypto'
import { isIP } from 'node:net'
import { createTransport } from 'nodemailer'
import { Fault } from '../../lib/fault.ts'
import { type HostPolicy, reachableAddress } from '../../lib/hosts.ts'
import { orAborted } from '../../lib/or-aborted.ts'
import type { EmailChannel } from '../notifications/channel.ts'
import { emailBodySchema } from '../notifications/render-email.ts'
import { type Attempt, type Delivery, failedAttempt } from './attempt.ts'

/**
 * Sends one mail to all recipients of a channel, over a connection of its own that ends with it. It connects to the address
 * that was looked up and allowed; the certificate must be the name's. Some recipients that take it are enough: to send it
 * again would tell them twice.
 */
export async function sendEmail(
  channel: EmailChannel,
  message: Delivery,
  options: { readonly hosts: HostPolicy; readonly timeout: number },
): Promise<Attempt> {
  const signal = AbortSignal.timeout(options.timeout)
  try {
    const address = await orAborted(reachableAddress(channel.host, options.hosts), signal)
    if (address === undefined) return { kind: 'again', outcome: 'the name has no address' }
    const transport = transportTo(channel, address, options.timeout)
    try {
      const mail = { ...mailOf(channel, message), signal }
      const { accepted } = await orAborted(transport.sendMail(mail), signal)
      return {
        kind: 'through',
        outcome: `taken for ${accepted.length} of ${channel.to.length}`,
        accepted: true,
      }
    } finally {
      transport.close()
    }
  } catch (error) {
    return signal.aborted ? failedAttempt(signal.reason) : refusal(error)
  }
}

function transportTo(channel: EmailChannel, address: string, timeout: number) {
  const { user, password, host } = channel
  return createTransport({
    host: address,
    port: channel.port,
    secure: channel.secure === 'ssl',
    requireTLS: channel.secure === 'starttls',
    ignoreTLS: channel.secure === 'none',
    // A server name is a name; the certificate of an address is checked against the address.
    tls: { rejectUnauthorized: channel.verifyTls, ...(isIP(host) ? {} : { servername: host }) },
    ...(user !== undefined && password ? { auth: { user, pass: password.reveal() } } : {}),
    connectionTimeout: timeout,
    greetingTimeout: timeout,
    socketTimeout: timeout,
    // Nobody waits for the peer's side of a connection that has done its work.
    socketCloseTimeout: 0,
    logger: false,
    disableFileAccess: true,
    disableUrlAccess: true,
  })
}

function mailOf({ from, to }: EmailChannel, message: Delivery) {
  const { date, ...content } = emailBodySchema.parse(JSON.parse(message.body))
  return {
    ...content,
    date: new Date(date),
    from: { ...from },
    to: to.map((mailbox) => ({ ...mailbox })),
    messageId: messageId(message.id, from.address),
    // RFC 3834: no answering machine answers.
    headers: { 'Auto-Submitted': 'auto-generated' },
  }
}

/** The same at every attempt, of what every mail server takes, whatever the id of a run is made of. */
function messageId(id: string, from: string): string {
  const domain = from.slice(from.lastIndexOf('@') + 1)
  const local = createHash('sha256').update(id).digest('hex').slice(0, 40)
  return `<${local}@${/^[A-Za-z0-9.-]+$/.test(domain) ? domain : 'pgveil.invalid'}>`
}

/** Numbers and commands only: the words of a server may repeat what it was told. */
function refusal(error: unknown): Attempt {
  const { code, originalCode, responseCode, response, command } = error as {
    readonly code?: string
    readonly originalCode?: string
    readonly responseCode?: number
    readonly response?: string
    readonly command?: string
  }
  if (error instanceof Fault) return failedAttempt(error)
  if (!responseCode) return failedAttempt({ code: originalCode ?? code ?? 'no answer' })
  const [, enhanced] = /^\d{3}[ -]([245]\.\d{1,3}\.\d{1,3})\b/.exec(response ?? '') ?? []
  const outcome = ['SMTP', responseCode, enhanced, command && `to ${command}`].filter(Boolean).join(' ')
  if (responseCode < 500) return { kind: 'again', outcome }
  return { kind: 'through', outcome, accepted: false }
}
