import type { StateTransaction } from '../../store/state.ts'
import { findAdapter } from '../definitions/adapters.ts'
import { findJob, type Job } from '../definitions/jobs.ts'
import { addNotification } from '../notifications/add-notification.ts'
import { parseChannelConfig } from '../notifications/channels.ts'
import { channelsToTell, eventsOf, type NotificationEvent } from '../notifications/events.ts'
import { messageOf } from '../notifications/message.ts'
import type { Run, RunState } from '../run.ts'
import type { SettlingContext, Surface } from '../surface.ts'
import { BACKUP_SURFACE } from './surface-name.ts'

/** The runs of backup jobs, and the restores of what they stored: their ends are told to the channels of the job. */
export const backupSurface: Surface = { name: BACKUP_SURFACE, onSettled: tellChannels }

async function tellChannels(
  context: SettlingContext,
  transaction: StateTransaction,
  run: Run,
): Promise<void> {
  const { jobId } = run.options as { jobId?: string | null }
  const job = jobId ? await findJob(transaction, jobId).catch(() => undefined) : undefined
  if (!job) return
  const events = await eventsOfRun(transaction, run, job)
  for (const [id, event] of channelsToTell(job, events)) {
    try {
      await tell(context, transaction, run, job, id, event)
    } catch (error) {
      // A channel that cannot be told must not keep the run from ending.
      context.log.error(
        { run: run.id, channel: id, reason: (error as Error).message },
        'a channel cannot be told',
      )
    }
  }
}

async function tell(
  context: SettlingContext,
  transaction: StateTransaction,
  run: Run,
  job: Job,
  id: string,
  event: NotificationEvent,
): Promise<void> {
  const adapter = await findAdapter({ ...context, state: transaction }, id, 'notification')
  const channel = parseChannelConfig(adapter.adapterId, adapter.config)
  const { size, path, ...figures } = (run.result ?? {}) as Record<string, unknown>
  const message = messageOf({
    id: run.id,
    event,
    jobName: job.name,
    kind: run.kind,
    state: run.state,
    startedAt: run.startedAt,
    endedAt: run.endedAt ?? context.clock.now(),
    size: typeof size === 'number' ? size : null,
    path: typeof path === 'string' ? path : null,
    error: run.fault,
    figures: Object.fromEntries(
      Object.entries(figures).filter((entry): entry is [string, number] => typeof entry[1] === 'number'),
    ),
  })
  await addNotification(context, transaction, run.id, { id, channel }, message)
}

/**
 * A backup that also refreshes is told of as both; so is one that was stored and then could not be restored, and who hears
 * of both hears that the refresh failed: the backup is there.
 */
async function eventsOfRun(transaction: StateTransaction, run: Run, job: Job): Promise<NotificationEvent[]> {
  const { state } = run
  if (run.kind === 'stored-restore') return eventsOf({ kind: 'restore', state, previousState: undefined })
  const previousState = await stateBefore(transaction, run)
  const refreshes = job.targets.length > 0 && (state === 'succeeded' || run.progress?.stage === 'Restoring')
  const ofBackup = eventsOf({ kind: 'backup', state, previousState })
  const ofRefresh = refreshes ? eventsOf({ kind: 'refresh', state, previousState }) : []
  return state === 'failed' ? [...ofBackup, ...ofRefresh] : [...ofRefresh, ...ofBackup]
}

/** How the run before ended; cancelled ones are not counted. */
async function stateBefore(transaction: StateTransaction, run: Run): Promise<RunState | undefined> {
  const row = await transaction
    .selectFrom('runs')
    .select('state')
    .where('job_id', '=', run.jobId)
    .where('kind', '=', run.kind)
    .where('id', '<>', run.id)
    .where('state', 'in', ['succeeded', 'failed'])
    .orderBy('number', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row?.state as RunState | undefined
}
