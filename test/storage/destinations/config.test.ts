import { expect, test } from 'bun:test'
import { Fault } from '../../../src/lib/fault.ts'
import { Secret } from '../../../src/lib/secret.ts'
import { parseDestinationConfig, SECRET_FIELDS } from '../../../src/storage/destinations/config.ts'

const ED25519 = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl'
const FINGERPRINT = 'SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU'
const LOCAL = { basePath: '/srv/backups' }
const S3 = { bucket: 'backups', accessKeyId: 'AKIA', secretAccessKey: 'sesame-1' }
const SFTP = { host: 'files.example.org', username: 'pgveil', password: 'sesame-2', hostKey: ED25519 }

function faultOf(adapterId: string, config: unknown): Fault {
  try {
    parseDestinationConfig(adapterId, config)
  } catch (error) {
    if (error instanceof Fault) return error
    throw error
  }
  throw new Error('the config was taken')
}

test('the configs of the document are read', () => {
  expect(parseDestinationConfig('local-fs', LOCAL)).toEqual({ adapterId: 'local-fs', ...LOCAL })
  const all = {
    ...S3,
    endpoint: 'https://s3.example.org:9000',
    region: 'eu-central-1',
    sessionToken: 't',
    forcePathStyle: true,
    pathPrefix: 'a/b',
  }
  expect(parseDestinationConfig('s3', all)).toMatchObject({
    endpoint: all.endpoint,
    forcePathStyle: true,
    pathPrefix: 'a/b',
  })
  expect(parseDestinationConfig('sftp', SFTP)).toMatchObject({
    port: 22,
    hostKey: { kind: 'key', type: 'ssh-ed25519' },
  })
})

test('secrets are secrets from then on', () => {
  const config = parseDestinationConfig('s3', { ...S3, sessionToken: 'sesame-3' })
  expect(config).toMatchObject({ secretAccessKey: expect.any(Secret), sessionToken: expect.any(Secret) })
  expect(`${JSON.stringify(config)} ${Bun.inspect(config)}`).not.toContain('sesame')
  const withKey = { ...SFTP, password: undefined, privateKey: 'sesame-4', passphrase: 'sesame-5' }
  expect(Bun.inspect(parseDestinationConfig('sftp', withKey))).not.toContain('sesame')
  expect(Bun.inspect(parseDestinationConfig('sftp', SFTP))).not.toContain('sesame')
})

test('every secret of a config is among its secret fields, and no other', () => {
  const configs: [string, object][] = [
    ['local-fs', LOCAL],
    [
      's3',
      { ...S3, sessionToken: 'x', region: 'x', endpoint: 'http://x', pathPrefix: 'x', forcePathStyle: false },
    ],
    ['sftp', { ...SFTP, pathPrefix: 'x' }],
    ['sftp', { ...SFTP, password: undefined, privateKey: 'x', passphrase: 'x' }],
  ]
  const found = new Map<string, Set<string>>()
  for (const [adapterId, config] of configs) {
    const secrets = found.get(adapterId) ?? new Set()
    for (const [field, value] of Object.entries(parseDestinationConfig(adapterId, config))) {
      if (value instanceof Secret) secrets.add(field)
    }
    found.set(adapterId, secrets)
  }
  for (const [adapterId, secrets] of found) {
    expect([...secrets].sort()).toEqual([...SECRET_FIELDS[adapterId as keyof typeof SECRET_FIELDS]].sort())
  }
})

test.each([
  ['a folder that is not absolute', 'local-fs', { basePath: 'backups' }, 'basePath'],
  ['a folder that leads upwards', 'local-fs', { basePath: '/srv/../etc' }, 'basePath'],
  ['a folder with NUL', 'local-fs', { basePath: '/srv\0' }, 'basePath'],
  ['no folder', 'local-fs', {}, 'basePath'],
  ['a field that is unknown', 'local-fs', { ...LOCAL, base: '/x' }, 'base'],
  ['an endpoint that is no URL', 's3', { ...S3, endpoint: 's3.example.org' }, 'endpoint'],
  ['an endpoint of another protocol', 's3', { ...S3, endpoint: 'file:///etc/passwd' }, 'endpoint'],
  ['a bucket with a slash', 's3', { ...S3, bucket: 'a/b' }, 'bucket'],
  ['an empty key', 's3', { ...S3, secretAccessKey: '' }, 'secretAccessKey'],
  ['a prefix that leads upwards', 's3', { ...S3, pathPrefix: 'a/../../b' }, 'pathPrefix'],
  ['a port that is none', 'sftp', { ...SFTP, port: 70_000 }, 'port'],
  ['a port as text', 'sftp', { ...SFTP, port: '22' }, 'port'],
  ['a host with a user', 'sftp', { ...SFTP, host: 'me@example.org' }, 'host'],
  ['no host key', 'sftp', { ...SFTP, hostKey: undefined }, 'hostKey'],
  ['a host key that is cut off', 'sftp', { ...SFTP, hostKey: 'ssh-ed25519 AAAA' }, 'hostKey'],
  [
    'a host key of another type than it says',
    'sftp',
    { ...SFTP, hostKey: ED25519.replace('ssh-ed25519', 'ssh-rsa') },
    'hostKey',
  ],
  ['a fingerprint that is cut off', 'sftp', { ...SFTP, hostKey: FINGERPRINT.slice(0, -2) }, 'hostKey'],
  [
    'a fingerprint of MD5',
    'sftp',
    { ...SFTP, hostKey: 'MD5:16:27:ac:a5:76:28:2d:36:63:1b:56:4d:eb:df:a6:48' },
    'hostKey',
  ],
  ['neither password nor key', 'sftp', { ...SFTP, password: undefined }, 'password'],
  ['both password and key', 'sftp', { ...SFTP, privateKey: 'x' }, 'password'],
  ['a passphrase without a key', 'sftp', { ...SFTP, passphrase: 'x' }, 'passphrase'],
])('%s is refused, and the field is named', (_, adapterId, config, field) => {
  const fault = faultOf(adapterId, config)
  expect(fault.code).toBe('adapter-config')
  expect(fault.place?.field).toBe(field)
  expect(fault.message).toContain(field)
  expect(Bun.inspect(fault)).not.toContain('sesame')
})

test.each([[null], [undefined], ['text'], [7], [[]]])('%j is no config', (config) => {
  expect(faultOf('s3', config).code).toBe('adapter-config')
})

test.each(['google-drive', 'onedrive', 'dropbox', 'ftp', '', '__proto__', 'constructor'])(
  'the adapter %j is refused by naming those that are supported',
  (adapterId) => {
    const fault = faultOf(adapterId, {})
    expect(fault.code).toBe('adapter-config')
    expect(fault.place?.field).toBe('adapterId')
    expect(fault.remedy).toContain('local-fs, s3, sftp')
  },
)

test('several mistakes are told at once', () => {
  expect(faultOf('sftp', { ...SFTP, port: 0, host: '' }).findings.map(({ place }) => place?.field)).toEqual([
    'host',
    'port',
  ])
})

test.each([
  ['a public key', ED25519, 'key'],
  ['one with a comment and a line feed', `${ED25519} root@files\n`, 'key'],
  ['a line of known_hosts', `files.example.org ${ED25519}`, 'key'],
  ['a fingerprint', FINGERPRINT, 'fingerprint'],
  ['a fingerprint with padding', `${FINGERPRINT}=`, 'fingerprint'],
  ['a line of ssh-keygen', `256 ${FINGERPRINT} files.example.org (ED25519)`, 'fingerprint'],
])('%s is a host key', (_, hostKey, kind) => {
  expect(parseDestinationConfig('sftp', { ...SFTP, hostKey })).toMatchObject({ hostKey: { kind } })
})
