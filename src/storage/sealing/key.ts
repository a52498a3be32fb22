import { randomBytes } from 'node:crypto'
import { Secret } from '../../lib/secret.ts'

export const KEY_BYTES = 32

/** A new key of 32 random bytes, as 64 hexadecimal digits. */
export function newKey(): Secret {
  return new Secret(randomBytes(KEY_BYTES).toString('hex'))
}

/** The 32 bytes of a key that is given as such, or as a text of 64 hexadecimal digits. */
export function keyBytes(key: Secret | Uint8Array): Uint8Array {
  if (key instanceof Uint8Array) {
    if (key.length !== KEY_BYTES) throw new Error(`a key has ${KEY_BYTES} bytes`)
    return key
  }
  const text = key.reveal()
  if (!/^[0-9a-f]{64}$/i.test(text)) throw new Error(`a key is a text of ${2 * KEY_BYTES} hexadecimal digits`)
  return Buffer.from(text, 'hex')
}
