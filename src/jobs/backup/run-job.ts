import type { StateTransaction } from '../../store/state.ts'
import type { NewRun } from '../add-run.ts'
import { findJob, type Job } from '../definitions/jobs.ts'
import type { Queue } from '../queue.ts'
import type { Run } from '../run.ts'
import { readRun } from '../run.ts'
import { type OrderContext, orderBackup } from './order-backup.ts'
import { BACKUP_SURFACE } from './surface-name.ts'

/** What makes a job run. */
export type Cause = 'schedule' | 'api' | 'command-line'

/** Another run of the job was written down while this one was made ready. */
export class WaitsAlready extends Error {
  constructor(readonly run: Run) {
    super('a run of the job waits already')
  }
}

/**
 * Queues a run of a job. One that waits already is given instead, and not `isNew`: it will do the same. While one works,
 * another may wait; no two of one job work at once. Throws `job-unknown`, `queue-full`, what `orderBackup` throws.
 */
export async function runJob(
  context: OrderContext & { readonly queue: Queue },
  id: string,
  cause: Cause,
): Promise<{ readonly run: Run; readonly isNew: boolean }> {
  const job = await findJob(context.state, id)
  try {
    const submitted = await context.queue.submit(await newRun(context, job, cause), (transaction) =>
      refuseSecond(transaction, id),
    )
    return { run: submitted, isNew: true }
  } catch (error) {
    if (error instanceof WaitsAlready) return { run: error.run, isNew: false }
    throw error
  }
}

/** In the transaction that writes a run down, so that of two processes one finds that of the other. */
export async function refuseSecond(transaction: StateTransaction, jobId: string): Promise<void> {
  const waiting = await waitingRun({ state: transaction }, jobId)
  if (waiting) throw new WaitsAlready(waiting)
}

/** A run of a job, to be written down. */
export async function newRun(context: OrderContext, job: Job, cause: Cause): Promise<NewRun> {
  const task = await orderBackup(context, job)
  return {
    id: crypto.randomUUID(),
    surface: BACKUP_SURFACE,
    options: {
      jobId: job.id,
      jobName: job.name,
      sourceName: task.source.name,
      databases: task.databases,
      destinationId: job.destinationId,
      refreshes: task.targets.length,
    },
    archive: null,
    task,
    job: { id: job.id, cause },
  }
}

export async function waitingRun(
  { state }: { readonly state: OrderContext['state'] | StateTransaction },
  jobId: string,
): Promise<Run | undefined> {
  const row = await state
    .selectFrom('runs')
    .selectAll()
    .where('job_id', '=', jobId)
    .where('state', '=', 'queued')
    .limit(1)
    .executeTakeFirst()
  return row && readRun(row)
}
