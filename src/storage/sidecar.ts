import { z } from 'zod'
import { manifestSchema } from '../archive/manifest.ts'
import { Fault } from '../lib/fault.ts'

/** Behind the name of the file that it describes. */
export const SIDECAR_SUFFIX = '.meta.json'

export const COMPRESSIONS = ['NONE', 'GZIP', 'ZSTD'] as const
export type Compression = (typeof COMPRESSIONS)[number]

/** One database in a backup, in the order in which they lie in the file. */
const databaseSchema = z.object({
  name: z.string(),
  manifest: manifestSchema,
})

/**
 * What lies beside a backup as `<file>.meta.json`: written last, so that a file without one is no backup. Storage is the
 * truth: a lost state file can be made again from these.
 */
export const sidecarSchema = z.object({
  format: z.literal('pgveil-backup'),
  version: z.literal(1),
  jobId: z.string().nullable(),
  jobName: z.string().nullable(),
  sourceName: z.string(),
  sourceType: z.literal('postgres'),
  /** PostgreSQL's, of the source. */
  engineVersion: z.string(),
  /** When the snapshot was taken, ISO 8601. */
  timestamp: z.string(),
  originalFileName: z.string(),
  compression: z.enum(COMPRESSIONS),
  encryption: z.object({ profileId: z.string(), algorithm: z.literal('AES256_GCM_HKDF_1MB') }).nullable(),
  /** SHA-256 of the file as it is stored, hexadecimal. */
  checksum: z.string(),
  /** Bytes of the file as it is stored. */
  size: z.int().nonnegative(),
  /** Kept by every retention, until it is unlocked. */
  locked: z.boolean(),
  anonymized: z.boolean(),
  /** SHA-256 over the dictionaries; null where there are none. */
  dictionariesHash: z.string().nullable(),
  /** SHA-256 over the tables of all databases with their columns: it changes with the schema. */
  schemaFingerprint: z.string(),
  /** How much of what was dumped was masked. */
  coverage: z.object({ columns: z.int(), masked: z.int() }),
  databases: z.array(databaseSchema).min(1),
})

export type Sidecar = z.infer<typeof sidecarSchema>

/** The text of a sidecar. */
export function writeSidecar(sidecar: Sidecar): string {
  return `${JSON.stringify(sidecar, null, 2)}\n`
}

/** Throws `backup-format` where a text is none, or of a version that is not read here. */
export function readSidecar(text: string, path: string): Sidecar {
  const parsed = sidecarSchema.safeParse(parseJson(text))
  if (parsed.success) return parsed.data
  throw new Fault('backup-format', 'The description beside the backup is not one that this version reads.', {
    place: { file: path },
    remedy: 'Restore it with the version of pgveil that made it.',
  })
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
