import { type Adapter, listAdapters } from '../../jobs/definitions/adapters.ts'
import type { Job } from '../../jobs/definitions/jobs.ts'
import { type EncryptionProfile, listProfiles } from '../../jobs/definitions/profiles.ts'
import { nextRuns, readSchedule } from '../../jobs/schedule/cron.ts'
import type { BackupContext } from './context.ts'
import type { JobAnswer } from './schemas/jobs.ts'

/** What jobs name, by ids. */
interface Names {
  readonly adapters: ReadonlyMap<string, Adapter>
  readonly profiles: ReadonlyMap<string, EncryptionProfile>
}

/** Jobs as the document shows them, with the names of what they name. */
export async function presentJobs(context: BackupContext, jobs: readonly Job[]): Promise<JobAnswer[]> {
  const byId = <Item extends { id: string }>(items: readonly Item[]) =>
    new Map(items.map((item) => [item.id, item]))
  const names = { adapters: byId(await listAdapters(context)), profiles: byId(await listProfiles(context)) }
  const now = context.clock.now()
  return jobs.map((job) => presentJob(job, names, now))
}

function presentJob(job: Job, { adapters, profiles }: Names, now: Date): JobAnswer {
  const { createdAt, updatedAt, scheduledUntil: _, ...settings } = job
  const profile = job.encryptionProfileId === null ? undefined : profiles.get(job.encryptionProfileId)
  return {
    ...settings,
    source: { name: adapters.get(job.sourceId)?.name ?? '', type: 'database' },
    destination: { name: adapters.get(job.destinationId)?.name ?? '', type: 'storage' },
    encryptionProfile: profile ? { name: profile.name } : null,
    nextRunAt: nextRunOf(job, now)?.toISOString() ?? null,
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  }
}

function nextRunOf({ enabled, schedule, timeZone }: Job, now: Date): Date | undefined {
  return enabled ? nextRuns(readSchedule(schedule, timeZone), now, 1)[0] : undefined
}
