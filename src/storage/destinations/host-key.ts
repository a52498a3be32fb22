/** The key by which a server of SSH is known: whole, or as the SHA-256 over it, both as base64. */
export type HostKey =
  | { readonly kind: 'key'; readonly type: string; readonly key: string }
  | { readonly kind: 'fingerprint'; readonly sha256: string }

/** Signature algorithms by type of key, in order of preference. SHA-1 (`ssh-rsa` as a signature) is not among them. */
const ALGORITHMS: Readonly<Record<string, readonly string[]>> = {
  'ssh-ed25519': ['ssh-ed25519'],
  'ecdsa-sha2-nistp256': ['ecdsa-sha2-nistp256'],
  'ecdsa-sha2-nistp384': ['ecdsa-sha2-nistp384'],
  'ecdsa-sha2-nistp521': ['ecdsa-sha2-nistp521'],
  'ssh-rsa': ['rsa-sha2-512', 'rsa-sha2-256'],
}

/**
 * Reads a public key of OpenSSH (`ssh-ed25519 AAAA… comment`, also a line of known_hosts) or a fingerprint as
 * `ssh-keygen -l` prints it. Undefined for anything else.
 */
export function readHostKey(text: string): HostKey | undefined {
  const words = text.trim().split(/\s+/)
  const fingerprint = words.find((word) => word.startsWith('SHA256:'))?.slice('SHA256:'.length)
  if (fingerprint !== undefined) {
    const sha256 = withoutPadding(fingerprint)
    return /^[A-Za-z0-9+/]{43}$/.test(sha256) ? { kind: 'fingerprint', sha256 } : undefined
  }
  const at = words.findIndex((word) => word in ALGORITHMS)
  const [type, key] = [words[at], words[at + 1]]
  if (at === -1 || type === undefined || key === undefined) return undefined
  return typeOf(Buffer.from(key, 'base64')) === type
    ? { kind: 'key', type, key: withoutPadding(key) }
    : undefined
}

/**
 * Which signature algorithms to ask a server for, one attempt after the other. A server has keys of several types and
 * shows one; a fingerprint does not tell of which type its key is.
 */
export function algorithmsToAsk(expected: HostKey): readonly (readonly string[])[] {
  if (expected.kind === 'key') return [ALGORITHMS[expected.type] ?? []]
  const { 'ssh-ed25519': ed25519 = [], 'ssh-rsa': rsa = [], ...ecdsa } = ALGORITHMS
  return [ed25519, Object.values(ecdsa).flat(), rsa]
}

export function isExpected(expected: HostKey, shown: Buffer): boolean {
  if (expected.kind === 'key') return withoutPadding(shown.toString('base64')) === expected.key
  return fingerprintOf(shown) === expected.sha256
}

/** Base64 of the SHA-256 over a public key in the wire format, without padding. */
export function fingerprintOf(key: Buffer): string {
  return withoutPadding(new Bun.CryptoHasher('sha256').update(key).digest('base64'))
}

/** A public key in the wire format (RFC 4253, 6.6) begins with the length and the name of its type. */
function typeOf(key: Buffer): string | undefined {
  if (key.length < 4) return undefined
  return key.subarray(4, 4 + key.readUInt32BE(0)).toString('latin1')
}

function withoutPadding(base64: string): string {
  return base64.replace(/=+$/, '')
}
