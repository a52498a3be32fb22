import { z } from 'zod'
import { Fault } from '../../lib/fault.ts'
import { Secret } from '../../lib/secret.ts'
import { readHostKey } from './host-key.ts'

/** What can be a destination, in the words of the documented API. */
export const STORAGE_ADAPTERS = ['local-fs', 's3', 'sftp'] as const
export type StorageAdapter = (typeof STORAGE_ADAPTERS)[number]

/** Which fields of a config are secret, for whoever shows or merges one. */
export const SECRET_FIELDS: Readonly<Record<StorageAdapter, readonly string[]>> = {
  'local-fs': [],
  s3: ['secretAccessKey', 'sessionToken'],
  sftp: ['password', 'privateKey', 'passphrase'],
}

const text = (longest: number) =>
  z
    .string()
    .min(1)
    .max(longest)
    .refine((value) => !/\p{Cc}/u.test(value), 'it holds a control character')
const secret = (longest: number) =>
  z
    .string()
    .min(1)
    .max(longest)
    .transform((value) => new Secret(value))

/** `a/b`, whatever slashes stand around it; '' is the root. */
const pathPrefix = text(500)
  .refine((value) => !value.split('/').includes('..'), 'it leads upwards')
  .optional()

const localFs = z.strictObject({
  basePath: text(4_000)
    .refine((value) => value.startsWith('/'), 'it must be an absolute path')
    .refine((value) => !value.split('/').includes('..'), 'it leads upwards'),
})

const s3 = z.strictObject({
  endpoint: z
    .url({ protocol: /^https?$/, error: 'it must be an http or https URL' })
    .max(1_000)
    .optional(),
  region: text(100).optional(),
  bucket: text(255).refine((value) => /^[A-Za-z0-9._-]+$/.test(value), 'it is no name of a bucket'),
  accessKeyId: text(500),
  secretAccessKey: secret(500),
  sessionToken: secret(10_000).optional(),
  forcePathStyle: z.boolean().optional(),
  pathPrefix,
})

const sftp = z
  .strictObject({
    host: text(255).refine((value) => !/[\s/@]/.test(value), 'it is no name of a host'),
    port: z.int().min(1).max(65_535).default(22),
    username: text(255),
    password: secret(1_000).optional(),
    privateKey: secret(20_000).optional(),
    passphrase: secret(1_000).optional(),
    pathPrefix,
    hostKey: z
      .string()
      .max(5_000)
      .transform((value, context) => {
        const hostKey = readHostKey(value)
        if (hostKey) return hostKey
        context.addIssue(
          'it must be a line like "ssh-ed25519 AAAA…" or a fingerprint like "SHA256:…" (ssh-keyscan, ssh-keygen -l)',
        )
        return z.NEVER
      }),
  })
  .superRefine((config, context) => {
    if ((config.password === undefined) === (config.privateKey === undefined)) {
      context.addIssue({
        code: 'custom',
        path: ['password'],
        message: 'either it or privateKey must be given, and not both',
      })
    }
    if (config.passphrase && !config.privateKey) {
      context.addIssue({
        code: 'custom',
        path: ['passphrase'],
        message: 'there is no privateKey that it opens',
      })
    }
  })

const SCHEMAS = { 'local-fs': localFs, s3, sftp }

export type LocalFsConfig = z.output<typeof localFs>
export type S3Config = z.output<typeof s3>
export type SftpConfig = z.output<typeof sftp>

/** A config that was read, with its secrets as `Secret`. */
export type DestinationConfig =
  | ({ readonly adapterId: 'local-fs' } & LocalFsConfig)
  | ({ readonly adapterId: 's3' } & S3Config)
  | ({ readonly adapterId: 'sftp' } & SftpConfig)

/** Reads the config of a storage adapter. Throws `adapter-config`, which names every field that is wrong, and no value. */
export function parseDestinationConfig(adapterId: string, config: unknown): DestinationConfig {
  if (!isStorageAdapter(adapterId)) {
    throw new Fault('adapter-config', `There is no storage adapter ${JSON.stringify(adapterId)} here.`, {
      place: { field: 'adapterId' },
      remedy: `Supported are ${STORAGE_ADAPTERS.join(', ')}.`,
    })
  }
  const parsed = SCHEMAS[adapterId].safeParse(config)
  if (parsed.success) return { adapterId, ...parsed.data } as DestinationConfig
  throw Fault.of(
    parsed.error.issues.map((issue) => {
      const field = issue.code === 'unrecognized_keys' ? issue.keys.join(', ') : issue.path.join('.')
      return {
        code: 'adapter-config',
        severity: 'error',
        message: `The config of the ${adapterId} destination is wrong${field && ` at ${field}`}: ${issue.message}.`,
        place: { field: field || undefined },
      }
    }),
  )
}

function isStorageAdapter(adapterId: string): adapterId is StorageAdapter {
  return (STORAGE_ADAPTERS as readonly string[]).includes(adapterId)
}
