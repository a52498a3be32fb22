import { createCipheriv, hkdfSync } from 'node:crypto'

/**
 * Seals as Tink's documentation describes it, step by step and in memory, with the salt and the nonce prefix of a header
 * that is given. The test compares it with what Tink itself wrote.
 */
export function sealByTheBook(plain: Uint8Array, key: Uint8Array, header: Uint8Array): Buffer {
  const derived = Buffer.from(hkdfSync('sha256', key, header.subarray(1, 33), '', 32))
  const parts = [header]
  let rest = plain
  for (let number = 0; number === 0 || rest.length > 0; number++) {
    const capacity = 1048576 - 16 - (number === 0 ? 40 : 0)
    const segment = rest.subarray(0, capacity)
    rest = rest.subarray(capacity)
    const counter = [number >>> 24, (number >>> 16) & 255, (number >>> 8) & 255, number & 255]
    const nonce = Uint8Array.of(...header.subarray(33, 40), ...counter, rest.length === 0 ? 1 : 0)
    const cipher = createCipheriv('aes-256-gcm', derived, nonce)
    parts.push(cipher.update(segment), cipher.final(), cipher.getAuthTag())
  }
  return Buffer.concat(parts)
}
