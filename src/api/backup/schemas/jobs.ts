import { z } from '@hono/zod-openapi'
import { COMPRESSIONS } from '../../../storage/sidecar.ts'
import { settings, strictly, text, time } from './wire.ts'

const id = text(200).min(1)
const ids = z.array(id).max(1000)

const retention = settings.openapi({
  example: { mode: 'SMART', smart: { daily: 7, weekly: 4, monthly: 12, yearly: 2 } },
  description:
    '`{"mode": "NONE"}` keeps all, `{"mode": "SIMPLE", "simple": {"keepCount": 7}}` the newest, SMART the newest of each day, ISO week, month and year.',
})

const events = settings.openapi({
  example: { backup_failure: true },
  description: 'Names of events to true, for all channels of the job, or to a list of ids.',
})

const target = settings.openapi({
  example: { targetSourceId: '6fa459ea-ee8a-3ca4-894e-db77e160355e', databaseMapping: { shop: 'shop_test' } },
  description:
    'A database to refresh after each success: targetSourceId, targetDatabaseName, databaseMapping, findings (fail, warn, off), connections (end, refuse).',
})

/** What the definitions of jobs check once more, and fill in where it is left out. */
const fields = {
  name: text(200).min(1).openapi({ example: 'Nightly shop', description: 'Display name.' }),
  schedule: text(200).min(1).openapi({ example: '0 2 * * *', description: 'Cron expression.' }),
  sourceId: id,
  destinationId: id,
  timeZone: text(100).optional().openapi({
    example: 'Europe/Berlin',
    description: 'Of the schedule: a name of the IANA database. Default: UTC.',
  }),
  missedRuns: z
    .enum(['skip', 'run-once'])
    .optional()
    .openapi({ description: 'What becomes of times that passed while no server ran. Default: run-once.' }),
  enabled: z.boolean().optional().openapi({ description: 'Whether the schedule counts. Default: true.' }),
  compression: z.enum(COMPRESSIONS).optional().openapi({ description: 'Default: GZIP.' }),
  encryptionProfileId: id.nullish().openapi({ description: 'null: the files are not sealed.' }),
  notificationIds: ids.optional(),
  notificationEvents: events.nullish(),
  retention: retention.optional(),
  databases: z
    .array(text(63).min(1))
    .max(1000)
    .optional()
    .openapi({ description: 'Default: the database that the source names.' }),
  anonymize: z.boolean().optional().openapi({
    description: 'false, in so many words, for a copy of the rows as they are. Default: true.',
  }),
  unknownColumns: z.enum(['copy', 'fail', 'null']).optional().openapi({
    description:
      'Columns that no dictionary of the job knows: copied as they are, refused before the first byte, or NULL. Default: copy.',
  }),
  dictionaryIds: ids.optional().openapi({ description: 'What to mask with; the later one wins.' }),
  targets: z.array(target).max(100).optional(),
}

/** What answers hold beside that; a client may send back what it got. */
const READ_ONLY = [
  'id',
  'folder',
  'source',
  'destination',
  'encryptionProfile',
  'nextRunAt',
  'createdAt',
  'updatedAt',
]

export const createJobSchema = strictly(fields, READ_ONLY).openapi('CreateJob')
export const changeJobSchema = strictly(
  {
    ...fields,
    name: fields.name.optional(),
    schedule: fields.schedule.optional(),
    sourceId: fields.sourceId.optional(),
    destinationId: fields.destinationId.optional(),
  },
  READ_ONLY,
).openapi('ChangeJob')

const named = (type: string) =>
  z.object({ name: z.string(), type: z.string() }).openapi({ example: { name: 'Shop', type } })

export const jobSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    schedule: z.string(),
    timeZone: z.string(),
    missedRuns: z.string(),
    enabled: z.boolean(),
    sourceId: z.string(),
    databases: z.array(z.string()),
    anonymize: z.boolean(),
    unknownColumns: z.string(),
    dictionaryIds: z.array(z.string()),
    destinationId: z.string(),
    compression: z.enum(COMPRESSIONS),
    encryptionProfileId: z.string().nullable(),
    retention: settings,
    notificationIds: z.array(z.string()),
    notificationEvents: settings.nullable(),
    targets: z.array(settings),
    folder: z.string().openapi({ description: 'Of its files in the destination.' }),
    source: named('database'),
    destination: named('storage'),
    encryptionProfile: z.object({ name: z.string() }).nullable(),
    nextRunAt: time.nullable().openapi({ description: 'null: the job is disabled, or no time is left.' }),
    createdAt: time,
    updatedAt: time,
  })
  .openapi('Job')

export const startedSchema = z
  .object({
    success: z.literal(true),
    executionId: z.string(),
    message: z.string().openapi({ example: 'Job queued successfully' }),
  })
  .openapi('ExecutionStarted')

export type JobAnswer = z.input<typeof jobSchema>
