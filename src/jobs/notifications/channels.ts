import { z } from 'zod'
import { Fault } from '../../lib/fault.ts'
import { Secret } from '../../lib/secret.ts'
import { isSigningSecret } from '../signature.ts'
import { CHANNEL_KINDS, type Channel } from './channel.ts'
import { mailboxesSchema, mailboxSchema } from './mailbox.ts'

const MOST_HEADERS = 20

/** What HTTP or the signature says; another value of these would break the request or a receiver's trust. */
const OUR_HEADERS = new Set([
  'connection',
  'content-length',
  'content-type',
  'expect',
  'host',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'webhook-id',
  'webhook-signature',
  'webhook-timestamp',
])

const text = (most: number) =>
  z
    .string()
    .min(1)
    .max(most)
    .regex(/^\P{Cc}*$/u, 'must hold no control characters')

const secretText = (most: number) => text(most).transform((value) => new Secret(value))

const host = z
  .string()
  .max(253)
  .regex(/^(\[[0-9a-fA-F:.%]+\]|[\p{L}\p{N}._:-]+)$/u, 'must be a name or an address')
  .transform((name) => name.replace(/^\[(.*)\]$/, '$1'))

/** An address of the web whose scheme is allowed; URL parses it once more where it is used. */
const webAddress = (allowed: (url: URL) => boolean, expected: string) =>
  z
    .string()
    .max(2048)
    .refine((value) => URL.canParse(value) && allowed(new URL(value)), expected)

/**
 * The token in Discord's address must not cross a network in the clear, so that it is https. Excepted are the loopback
 * addresses themselves (a relay on this machine), as numbers: a name like localhost means what a resolver says.
 */
const discordAddress = webAddress(
  ({ protocol, hostname }) => protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname)),
  'must be an address with https',
)

const email = z
  .strictObject({
    host,
    port: z.int().min(1).max(65_535).default(587),
    secure: z.enum(['none', 'ssl', 'starttls']).default('starttls'),
    verifyTls: z.boolean().default(true),
    user: text(320).optional(),
    password: secretText(1000).optional(),
    from: mailboxSchema,
    to: mailboxesSchema,
  })
  .refine(({ user, password }) => (user === undefined) === (password === undefined), {
    path: ['password'],
    message: 'and user must be given together',
  })

const discord = z.strictObject({
  webhookUrl: discordAddress.transform((url) => new Secret(url)),
  username: text(80).optional(),
  avatarUrl: webAddress(({ protocol }) => protocol === 'https:', 'must be an address with https').optional(),
})

const headers = z
  .record(
    z
      .string()
      .max(100)
      .regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, 'must be the name of a header')
      .transform((name) => name.toLowerCase())
      .refine((name) => !OUR_HEADERS.has(name), 'must be a header that pgveil does not set itself'),
    z
      .string()
      .max(4096)
      .regex(/^[\t\x20-\x7e]*$/, 'must be printable ASCII')
      .transform((value) => new Secret(value)),
  )
  .refine((all) => Object.keys(all).length <= MOST_HEADERS, `must be at most ${MOST_HEADERS} headers`)

const webhook = z.strictObject({
  url: webAddress(
    ({ protocol }) => protocol === 'https:' || protocol === 'http:',
    'must be an address with http or https',
  ).transform((url) => new Secret(url)),
  headers: headers.default({}),
  secret: z
    .string()
    .max(1000)
    .refine(isSigningSecret, 'must be whsec_ and at least 24 bytes in base64')
    .transform((value) => new Secret(value))
    .optional(),
  verifyTls: z.boolean().default(true),
})

const schemas = { email, discord, webhook } as const

/** The config of a notification channel as its user wrote it. Throws `adapter-config`, which names the field. */
export function parseChannelConfig(adapterId: string, config: unknown): Channel {
  const kind = CHANNEL_KINDS.find((known) => known === adapterId)
  if (!kind)
    throw new Fault('adapter-config', `A notification channel is one of ${CHANNEL_KINDS.join(', ')}.`)
  const parsed = schemas[kind].safeParse(config)
  if (!parsed.success) throw refused(kind, parsed.error)
  // Fields that are left out are undefined in a channel.
  return { ...NOTHING[kind], ...parsed.data, kind } as Channel
}

const NOTHING = {
  email: { user: undefined, password: undefined },
  discord: { username: undefined, avatarUrl: undefined },
  webhook: { secret: undefined },
}

/** Names and expectations only: a value may be a secret. */
function refused(kind: string, { issues }: z.ZodError): Fault {
  return Fault.of(
    issues.slice(0, 20).map((issue) => {
      const unknown = issue.code === 'unrecognized_keys' ? [issue.keys[0] ?? ''] : []
      const field = JSON.stringify([...issue.path, ...unknown].map(String).join('.').slice(0, 100))
      const expected =
        unknown.length > 0 ? 'is not known' : issue.message.replace(/^Invalid/, 'is not right: invalid')
      return {
        code: 'adapter-config',
        severity: 'error',
        message: `In the config of the ${kind} channel ${field} ${expected}.`,
      }
    }),
  )
}

function isLoopback(hostname: string): boolean {
  return /^127(\.\d{1,3}){3}$/.test(hostname) || hostname === '[::1]'
}
