import { z } from 'zod'
import { retentionSchema } from '../../storage/retention.ts'
import { COMPRESSIONS } from '../../storage/sidecar.ts'
import { notificationEventsSchema } from '../notifications/events.ts'

/** Most items of any list in a job. */
const MOST_ITEMS = 1000

const id = z.string().min(1).max(200)

/** PostgreSQL cuts names after 63 bytes. */
const databaseName = z
  .string()
  .min(1)
  .refine((name) => Buffer.byteLength(name) <= 63 && !name.includes('\0'), 'it is no name of a database')

/** Databases to refresh after each success: which of the backup becomes which. */
export const refreshTargetSchema = z.strictObject({
  /** The adapter of the server that is restored into. */
  targetSourceId: id,
  /** Of a backup of one database. Without it the database keeps its name. */
  targetDatabaseName: databaseName.optional(),
  /** Names in the backup to names on the target; what is not named keeps its name. */
  databaseMapping: z.record(databaseName, databaseName).optional(),
  /** What becomes of personal data that the scan finds in columns that no rule masks. */
  findings: z.enum(['fail', 'warn', 'off']).default('fail'),
  /** What becomes of those who are connected to the target. */
  connections: z.enum(['end', 'refuse']).default('end'),
})

export type RefreshTargetInput = z.infer<typeof refreshTargetSchema>

/** A job as it is written down, in the words of the documented API and of a file of jobs. */
export const jobSchema = z.strictObject({
  name: z.string().min(1).max(200),
  schedule: z.string().min(1).max(200),
  /** A name of the IANA time zone database. */
  timeZone: z.string().min(1).max(100).default('UTC'),
  missedRuns: z.enum(['skip', 'run-once']).default('run-once'),
  enabled: z.boolean().default(true),
  sourceId: id,
  /** Empty: the database that the source names. */
  databases: z.array(databaseName).max(MOST_ITEMS).default([]),
  /** False, in so many words, for a job that copies the rows as they are. */
  anonymize: z.boolean().default(true),
  /** What becomes of columns that no dictionary of the job knows. */
  unknownColumns: z.enum(['copy', 'fail', 'null']).default('copy'),
  dictionaryIds: z.array(id).max(MOST_ITEMS).default([]),
  destinationId: id,
  compression: z.enum(COMPRESSIONS).default('GZIP'),
  encryptionProfileId: id.nullable().default(null),
  retention: retentionSchema.default({ mode: 'NONE' }),
  notificationIds: z.array(id).max(MOST_ITEMS).default([]),
  /** Null: failures, and that they are over. */
  notificationEvents: notificationEventsSchema.nullable().default(null),
  targets: z.array(refreshTargetSchema).max(100).default([]),
})

/** As a request gives it: what has a default may be left out. */
export type JobInput = z.input<typeof jobSchema>
export type JobSettings = z.output<typeof jobSchema>

/** All channels that a job may tell: its own, and those that its events name beside them. */
export function channelsOf({
  notificationIds,
  notificationEvents,
}: Pick<JobSettings, 'notificationIds' | 'notificationEvents'>): Set<string> {
  const named = Object.values(notificationEvents ?? {}).flatMap((wish) => (Array.isArray(wish) ? wish : []))
  return new Set([...notificationIds, ...named])
}
