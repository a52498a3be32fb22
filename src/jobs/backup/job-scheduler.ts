import { asFault } from '../../lib/fault.ts'
import type { StateTransaction } from '../../store/state.ts'
import { addFailedRun } from '../add-run.ts'
import { findJob } from '../definitions/jobs.ts'
import { describeFault } from '../describe-fault.ts'
import type { JobsContext } from '../jobs-context.ts'
import type { Queue } from '../queue.ts'
import type { Decision, ScheduledEntry } from '../schedule/due.ts'
import { claimDue, scheduledJobs } from '../schedule/scheduled-jobs.ts'
import { Scheduler } from '../schedule/scheduler.ts'
import type { OrderContext } from './order-backup.ts'
import { newRun, refuseSecond, WaitsAlready, waitingRun } from './run-job.ts'
import { BACKUP_SURFACE } from './surface-name.ts'

type SchedulingContext = JobsContext & OrderContext & { readonly queue: Queue }

/** Begins the runs of jobs at their times. */
export function jobScheduler(context: SchedulingContext): Scheduler {
  return new Scheduler({
    ...context,
    entries: () => scheduledJobs(context.state),
    fire: (entry, decision) => fire(context, entry, decision),
  })
}

/** The decision turned out to be void in the moment in which it was to be written down. */
class ChangedMeanwhile extends Error {}

async function fire(context: SchedulingContext, entry: ScheduledEntry, decision: Decision): Promise<void> {
  const claim = async (transaction: StateTransaction) => {
    if (!(await claimDue(transaction, entry, decision))) throw new ChangedMeanwhile()
  }
  const claimOnly = () =>
    context.state.transaction().execute(async (transaction) => {
      await claimDue(transaction, entry, decision)
    })
  try {
    if (decision.dueAt === undefined) return await claimOnly()
    await begin(context, entry.id, claim)
  } catch (error) {
    if (error instanceof ChangedMeanwhile) return
    if (!(error instanceof WaitsAlready)) throw error
    context.log.warn({ job: entry.id }, 'a run of the job waits already; no other is queued')
    await claimOnly()
  }
}

/** What cannot be begun is a run that failed: somebody has to hear of it. */
async function begin(
  context: SchedulingContext,
  jobId: string,
  claim: (transaction: StateTransaction) => Promise<void>,
): Promise<void> {
  const waiting = await waitingRun(context, jobId)
  if (waiting) throw new WaitsAlready(waiting)
  const job = await findJob(context.state, jobId)
  let run: Awaited<ReturnType<typeof newRun>>
  try {
    run = await newRun(context, job, 'schedule')
  } catch (error) {
    const failed = {
      surface: BACKUP_SURFACE,
      kind: 'backup',
      options: { jobId, jobName: job.name },
      job: { id: jobId, cause: 'schedule' },
      fault: describeFault(asFault(error)),
    }
    await addFailedRun(context, failed, claim)
    return
  }
  await context.queue.submit(run, async (transaction) => {
    await claim(transaction)
    await refuseSecond(transaction, jobId)
  })
}
