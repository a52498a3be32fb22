import type { Insertable, Selectable } from 'kysely'
import type { z } from 'zod'
import { Fault } from '../../lib/fault.ts'
import { mappedName } from '../../operations/backup/mapped-name.ts'
import { refuseTargetName } from '../../operations/refresh/names.ts'
import type { State } from '../../store/state.ts'
import type { JobsTable } from '../../store/tables.ts'
import { readSchedule } from '../schedule/cron.ts'
import { type Definitions, findAdapter } from './adapters.ts'
import { findDictionary, masksSomething } from './dictionaries.ts'
import { channelsOf, type JobInput, type JobSettings, jobSchema } from './job-input.ts'
import { readName, refuseTakenName, unlessTaken } from './names.ts'
import { refuseProduction } from './production.ts'
import { findProfile } from './profiles.ts'

/** A backup job: what is copied, when, where to, and what becomes of it. */
export interface Job extends JobSettings {
  readonly id: string
  /** Of its files in the destination; it stays when the job is renamed. */
  readonly folder: string
  /** All times of the schedule up to this one have been seen to. */
  readonly scheduledUntil: Date
  readonly createdAt: Date
  readonly updatedAt: Date
}

/** The newest first. */
export async function listJobs(state: State): Promise<Job[]> {
  const rows = await state
    .selectFrom('jobs')
    .selectAll()
    .orderBy('created_at', 'desc')
    .orderBy('id')
    .execute()
  return rows.map(readJob)
}

/** Throws `job-unknown`. */
export async function findJob(state: State, id: string): Promise<Job> {
  const row = await state.selectFrom('jobs').selectAll().where('id', '=', id).executeTakeFirst()
  if (!row) throw new Fault('job-unknown', 'There is no such job.')
  return readJob(row)
}

/** Throws `job-invalid`, `schedule-invalid`, `name-taken`, `production-target`, `…-unknown` for what it names. */
export async function createJob(context: Definitions, input: JobInput): Promise<Job> {
  const settings = parseJob(input)
  await checkJob(context, settings)
  await refuseTakenName(context.state, 'jobs', settings.name)
  const id = crypto.randomUUID()
  const now = context.clock.now()
  const row = await unlessTaken(
    settings.name,
    context.state
      .insertInto('jobs')
      .values({
        ...columnsOf(settings),
        id,
        folder: folderOf(settings.name, id),
        scheduled_until: now.getTime(),
        created_at: now.getTime(),
        updated_at: now.getTime(),
      })
      .returningAll()
      .executeTakeFirstOrThrow(),
  )
  return readJob(row)
}

/** Changes what is given and nothing else; a new schedule counts from now. Throws as `createJob`, `job-unknown`. */
export async function changeJob(context: Definitions, id: string, changes: Partial<JobInput>): Promise<Job> {
  const before = await findJob(context.state, id)
  const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined))
  const settings = parseJob({ ...settingsOf(before), ...given })
  await checkJob(context, settings)
  await refuseTakenName(context.state, 'jobs', settings.name, id)
  const now = context.clock.now()
  const rescheduled =
    settings.schedule !== before.schedule ||
    settings.timeZone !== before.timeZone ||
    (settings.enabled && !before.enabled)
  const row = await unlessTaken(
    settings.name,
    context.state
      .updateTable('jobs')
      .set({
        ...columnsOf(settings),
        updated_at: now.getTime(),
        ...(rescheduled && { scheduled_until: now.getTime() }),
      })
      .where('id', '=', id)
      .returningAll()
      .executeTakeFirstOrThrow(),
  )
  return readJob(row)
}

/** Its backups and the record of its runs stay. Throws `job-unknown`. */
export async function removeJob({ state }: Definitions, id: string): Promise<void> {
  await findJob(state, id)
  await state.deleteFrom('jobs').where('id', '=', id).execute()
}

/** A job without what only the server decides. */
export function settingsOf(job: Job): JobSettings {
  const {
    id: _id,
    folder: _folder,
    scheduledUntil: _until,
    createdAt: _made,
    updatedAt: _changed,
    ...settings
  } = job
  return settings
}

function parseJob(input: unknown): JobSettings {
  const parsed = jobSchema.safeParse(input)
  if (parsed.success) return { ...parsed.data, name: readName(parsed.data.name) }
  throw invalid(parsed.error)
}

function invalid({ issues: [issue] }: z.ZodError): Fault {
  const field = issue?.path.join('.') ?? ''
  const where = field === '' ? '' : ` at "${field}"`
  return new Fault('job-invalid', `The job is wrong${where}: ${issue?.message}.`, { place: { field } })
}

/** Everything that a job names is there and fits. */
async function checkJob(context: Definitions, job: JobSettings): Promise<void> {
  readSchedule(job.schedule, job.timeZone)
  await findAdapter(context, job.sourceId, 'database')
  await findAdapter(context, job.destinationId, 'storage')
  for (const id of channelsOf(job)) await findAdapter(context, id, 'notification')
  if (job.encryptionProfileId !== null) await findProfile(context, job.encryptionProfileId)
  const dictionaries = await Promise.all(job.dictionaryIds.map((id) => findDictionary(context, id)))
  checkAnonymization(job, dictionaries.some(masksSomething))
  refuseTwice(job.databases)
  for (const target of job.targets) {
    const adapter = await findAdapter(context, target.targetSourceId, 'database')
    await refuseProduction(context, adapter)
    checkMapping(job, target)
  }
}

function checkAnonymization({ anonymize }: JobSettings, masks: boolean): void {
  if (anonymize && !masks) {
    throw new Fault('job-invalid', 'The job has no dictionary that masks anything.', {
      place: { field: 'dictionaryIds' },
      remedy:
        'Give it a sensitive dictionary; or say "anonymize": false (--no-anonymize) for a copy of the rows as they are.',
    })
  }
  if (!anonymize && masks) {
    throw new Fault('job-invalid', 'The job has a dictionary that masks, and says "anonymize": false.', {
      place: { field: 'anonymize' },
      remedy: 'Leave out one of them.',
    })
  }
}

function refuseTwice(databases: readonly string[]): void {
  const twice = databases.find((name, index) => databases.indexOf(name) !== index)
  if (twice !== undefined) {
    throw new Fault('job-invalid', `The database ${JSON.stringify(twice)} is named twice.`, {
      place: { field: 'databases' },
    })
  }
}

function checkMapping(job: JobSettings, target: JobSettings['targets'][number]): void {
  if (target.targetDatabaseName !== undefined && job.databases.length > 1) {
    throw new Fault('database-mapping', 'targetDatabaseName is for jobs of one database.', {
      remedy: 'Map each database: "databaseMapping": {"shop": "shop_test", …}.',
    })
  }
  const unknown = Object.keys(target.databaseMapping ?? {}).find(
    (name) => job.databases.length > 0 && !job.databases.includes(name),
  )
  if (unknown !== undefined) {
    throw new Fault('database-mapping', `The job does not copy the database ${JSON.stringify(unknown)}.`)
  }
  const names = job.databases.map((name) => mappedName(target.databaseMapping ?? {}, name))
  const { targetDatabaseName, databaseMapping = {} } = target
  for (const name of [...names, ...Object.values(databaseMapping), targetDatabaseName ?? '']) {
    refuseTargetName(name)
  }
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) {
    throw new Fault('database-mapping', `Two databases would become ${JSON.stringify(twice)}.`)
  }
}

type JobColumns = Omit<
  Insertable<JobsTable>,
  'id' | 'folder' | 'scheduled_until' | 'created_at' | 'updated_at'
>

function columnsOf(job: JobSettings): JobColumns {
  return {
    name: job.name,
    enabled: job.enabled ? 1 : 0,
    schedule: job.schedule,
    time_zone: job.timeZone,
    missed_runs: job.missedRuns,
    source_id: job.sourceId,
    databases: JSON.stringify(job.databases),
    anonymize: job.anonymize ? 1 : 0,
    unknown_columns: job.unknownColumns,
    dictionary_ids: JSON.stringify(job.dictionaryIds),
    destination_id: job.destinationId,
    compression: job.compression,
    encryption_profile_id: job.encryptionProfileId,
    retention: JSON.stringify(job.retention),
    notification_ids: JSON.stringify(job.notificationIds),
    notification_events: JSON.stringify(job.notificationEvents),
    targets: JSON.stringify(job.targets),
  }
}

function readJob(row: Selectable<JobsTable>): Job {
  return {
    id: row.id,
    folder: row.folder,
    scheduledUntil: new Date(row.scheduled_until),
    createdAt: new Date(row.created_at),
    updatedAt: new Date(row.updated_at),
    ...jobSchema.parse({
      name: row.name,
      schedule: row.schedule,
      timeZone: row.time_zone,
      missedRuns: row.missed_runs,
      enabled: row.enabled === 1,
      sourceId: row.source_id,
      databases: JSON.parse(row.databases),
      anonymize: row.anonymize === 1,
      unknownColumns: row.unknown_columns,
      dictionaryIds: JSON.parse(row.dictionary_ids),
      destinationId: row.destination_id,
      compression: row.compression,
      encryptionProfileId: row.encryption_profile_id,
      retention: JSON.parse(row.retention),
      notificationIds: JSON.parse(row.notification_ids),
      notificationEvents: JSON.parse(row.notification_events),
      targets: JSON.parse(row.targets),
    }),
  }
}

/** For people who look into the destination: the job's name as far as every file system takes it, and some of its id. */
function folderOf(name: string, id: string): string {
  const slug = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 40)
  return [slug, id.slice(0, 8)].filter((part) => part !== '').join('-')
}
