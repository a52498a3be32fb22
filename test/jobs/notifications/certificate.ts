import type { TestFolder } from '../../server/folder.ts'

/** A self-signed certificate for a name: `key.pem` and `cert.pem` in the folder, and their texts. */
export async function certificate(folder: TestFolder, name: string): Promise<{ key: string; cert: string }> {
  const made = Bun.spawnSync(
    [
      ...[
        'openssl',
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:P-256',
        '-nodes',
        '-days',
        '2',
      ],
      ...['-subj', `/CN=${name}`, '-addext', `subjectAltName=DNS:${name}`],
      ...['-keyout', folder.file('key.pem'), '-out', folder.file('cert.pem')],
    ],
    { stderr: 'pipe' },
  )
  if (made.exitCode !== 0) throw new Error(`openssl is needed: install it. ${made.stderr}`)
  const [key, cert] = await Promise.all(
    ['key.pem', 'cert.pem'].map((file) => Bun.file(folder.file(file)).text()),
  )
  return { key: key!, cert: cert! }
}
