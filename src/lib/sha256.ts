/** The SHA-256 of a text in UTF-8, or of bytes, hexadecimal. */
export function sha256Hex(data: string | Uint8Array): string {
  return new Bun.CryptoHasher('sha256').update(data).digest('hex')
}
