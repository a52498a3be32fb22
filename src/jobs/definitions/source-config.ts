import { z } from 'zod'
import { Fault } from '../../lib/fault.ts'
import { Secret } from '../../lib/secret.ts'
import { type Target, TLS_MODES } from '../../postgres/connection/target.ts'

const CONNECT_SECONDS = 15

const text = (most: number) =>
  z
    .string()
    .min(1)
    .max(most)
    .refine((value) => !value.includes('\0'), 'it holds a NUL character')

/** The configuration of a PostgreSQL source, in the words of the documented API. */
const schema = z
  .strictObject({
    host: text(1000),
    port: z.coerce.number().int().min(1).max(65_535).default(5432),
    user: text(63).optional(),
    /** The document's examples write it so. */
    username: text(63).optional(),
    password: text(10_000).optional(),
    /** Which one to connect to where a job names none. */
    database: text(63).default('postgres'),
    /** Settings of the session: `-c search_path=app`. */
    options: text(10_000).optional(),
    sslMode: z.enum(TLS_MODES).default('prefer'),
    /** Files on the server that pgveil runs on. */
    sslRootCertificate: text(4000).optional(),
    sslCertificate: text(4000).optional(),
    sslKey: text(4000).optional(),
  })
  .refine(({ user, username }) => user !== undefined || username !== undefined, {
    path: ['user'],
    message: 'it is missing',
  })

/** Fields that are shown to nobody who may not write them. */
export const SOURCE_SECRETS = ['password']

/** The database that a configuration means, or another one of the same server. Throws `adapter-config`. */
export function readSourceConfig(config: unknown, database?: string): Target {
  const parsed = schema.safeParse(config)
  if (!parsed.success) throw configFault(parsed.error)
  const { host, port, user, username, password, options, sslMode } = parsed.data
  return {
    host,
    port,
    database: database ?? parsed.data.database,
    user: user ?? username ?? '',
    password: password === undefined ? undefined : new Secret(password),
    tls: {
      mode: sslMode,
      rootCertificate: parsed.data.sslRootCertificate,
      certificate: parsed.data.sslCertificate,
      key: parsed.data.sslKey,
    },
    connectTimeout: CONNECT_SECONDS,
    options,
  }
}

function configFault({ issues: [issue] }: z.ZodError): Fault {
  const field = issue?.path.join('.') || 'config'
  return new Fault('adapter-config', `The configuration is wrong at "${field}": ${issue?.message}.`, {
    place: { field },
    remedy: 'A PostgreSQL source has host, port, user, password, database, options and sslMode.',
  })
}
