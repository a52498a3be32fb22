import { type ConnectionOptions, checkServerIdentity, type PeerCertificate } from 'node:tls'
import { isSocketFolder, type Target } from './target.ts'
import { readTlsFile } from './tls-file.ts'

/** What Node's TLS is told: no TLS at all, TLS where the server offers it, or TLS by these options. */
export type TlsChoice = false | 'prefer' | ConnectionOptions

/** What the sslmode of a target comes to. A Unix socket knows no TLS. */
export function tlsChoice(target: Target): TlsChoice {
  if (isSocketFolder(target.host)) return false
  const { mode, rootCertificate, certificate, key } = target.tls
  if (mode === 'disable') return false
  const client = {
    ...(certificate && { cert: readTlsFile(certificate) }),
    ...(key && { key: readTlsFile(key) }),
    ...(rootCertificate && rootCertificate !== 'system' && { ca: readTlsFile(rootCertificate) }),
  }
  if (mode === 'verify-full') {
    // The name is compared here: an address may not be sent as a server name, but a certificate may hold one.
    const isServer = (_: string, certificate: PeerCertificate) =>
      checkServerIdentity(target.host, certificate)
    return { ...client, rejectUnauthorized: true, checkServerIdentity: isServer }
  }
  // As in libpq, `require` checks the authority as soon as a root certificate is there to check it by.
  if (mode === 'verify-ca' || (mode === 'require' && rootCertificate)) {
    return { ...client, rejectUnauthorized: true, checkServerIdentity: () => undefined }
  }
  if (mode === 'require') return { ...client, rejectUnauthorized: false }
  return 'prefer'
}
