import { createHmac } from 'node:crypto'
import { Fault } from '../lib/fault.ts'
import type { Secret } from '../lib/secret.ts'

const PREFIX = 'whsec_'
const LEAST_BYTES = 24

/**
 * Signs what goes to webhooks, by the Standard Webhooks specification (symmetric, version 1): HMAC-SHA256 of
 * `id.timestamp.body`, in base64, with the seconds since 1970.
 */
export class Signer {
  readonly #key: Uint8Array

  /** The secret is `whsec_` and at least 24 bytes in base64. Throws `config-invalid`. */
  constructor(secret: Secret) {
    const key = keyOf(secret.reveal())
    if (key.length < LEAST_BYTES) {
      throw new Fault('config-invalid', 'PGVEIL_WEBHOOK_SECRET is no secret for signatures.', {
        remedy: `Make one: echo ${PREFIX}$(openssl rand -base64 32).`,
      })
    }
    this.#key = key
  }

  headers(id: string, body: string, now: Date): Record<string, string> {
    const timestamp = String(Math.floor(now.getTime() / 1000))
    const signature = createHmac('sha256', this.#key).update(`${id}.${timestamp}.${body}`).digest('base64')
    return { 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` }
  }
}

/** Whether a `Signer` takes it. */
export function isSigningSecret(text: string): boolean {
  return keyOf(text).length >= LEAST_BYTES
}

function keyOf(text: string): Uint8Array {
  return Buffer.from(text.startsWith(PREFIX) ? text.slice(PREFIX.length) : '', 'base64')
}
