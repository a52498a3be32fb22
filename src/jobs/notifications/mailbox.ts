import { z } from 'zod'

/** Whom mail is from or for. */
export interface Mailbox {
  /** '' where there is none. */
  readonly name: string
  readonly address: string
}

/** RFC 5321: octets of a path without its angle brackets. */
const LONGEST_ADDRESS = 254
const LONGEST_NAME = 100
export const MOST_RECIPIENTS = 50

/**
 * `local@domain`, any script. Narrower than RFC 5322: no comments, no quoted local parts and nothing that separates or
 * groups addresses, so that no reader of the header takes one address for two.
 */
const ADDRESS = /^[^\s@<>()[\]\\,;:"\p{C}]{1,64}@[^\s@<>()[\]\\,;:"\p{C}]+$/u

/** `Name <address>`, the name without quotes. */
const NAMED = /^([^<>()[\]\\,;:"@\p{C}]+)<([^<>]+)>$/u

const EXPECTED = 'must be an address: user@example.org or Name <user@example.org>'

/** One mailbox, of `address` or `Name <address>`. */
export const mailboxSchema = z
  .string()
  .max(LONGEST_NAME + LONGEST_ADDRESS + 3)
  .transform((text, context): Mailbox => {
    const [, name = '', inner = text] = NAMED.exec(text.trim()) ?? []
    const mailbox = { name: name.trim(), address: inner.trim() }
    if (mailbox.name.length > LONGEST_NAME || !isAddress(mailbox.address)) {
      context.addIssue({ code: 'custom', message: EXPECTED })
      return z.NEVER
    }
    return mailbox
  })

/** One mailbox, a list with commas, or an array. */
export const mailboxesSchema = z
  .union([z.string().max(20_000), z.array(z.string()).max(MOST_RECIPIENTS)], {
    error: 'must be an address, a list of addresses with commas, or an array of at most 50',
  })
  .transform((given) => (typeof given === 'string' ? given.split(',').map((text) => text.trim()) : given))
  .pipe(z.array(mailboxSchema).min(1).max(MOST_RECIPIENTS))

export function writeMailbox({ name, address }: Mailbox): string {
  return name === '' ? address : `${name} <${address}>`
}

function isAddress(text: string): boolean {
  return ADDRESS.test(text) && Buffer.byteLength(text) <= LONGEST_ADDRESS
}
