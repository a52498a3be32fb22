import { asFault } from '../lib/fault.ts'
import { isAlive, type ProcessIdentity } from '../storage/process-identity.ts'
import type { JobsContext } from './jobs-context.ts'
import { CANCELLED } from './queue.ts'
import type { Run } from './run.ts'
import { runsInState, settleRun } from './runs.ts'
import { saveStatus } from './status-file.ts'
import { sweepArchive } from './sweep-archive.ts'

/** How long a worker whose server was killed may take to clean up before it is killed, too. */
const GRACE_MILLISECONDS = 15_000
const ASK_MILLISECONDS = 20

/**
 * Settles the runs that a killed server left running, as failed: their workers end, what they left unfinished goes, and
 * their reports are written. Call it before the queue starts.
 */
export async function settleInterrupted(context: JobsContext): Promise<void> {
  const runs = await runsInState(context.state, 'running')
  await Promise.all(runs.map((run) => settleOne(context, run)))
}

async function settleOne(context: JobsContext, run: Run): Promise<void> {
  await endWorker(run)
  if (run.archive !== null)
    await sweepArchive(context.home, run.archive).catch((error) => tellLeft(context, run, error))
  const settled = await settleRun(
    context,
    run.id,
    run.cancelRequested
      ? CANCELLED
      : {
          state: 'failed',
          fault: { code: 'interrupted', message: 'Interrupted: the server ended while it ran.' },
        },
  )
  if (settled) await saveStatus(context.home, settled)
  context.log.warn({ run: run.id }, 'a run was interrupted by the end of the server')
}

/** What cannot be removed must not keep the server from starting; nothing takes it for an archive. */
function tellLeft({ log }: JobsContext, run: Run, error: unknown): void {
  log.error({ run: run.id, reason: asFault(error).message }, 'what a run left unfinished cannot be removed')
}

/** The worker noticed that its standard input closed, and is cleaning up. */
async function endWorker({ worker }: Run): Promise<void> {
  if (!worker) return
  if (await isGoneWithin(worker, GRACE_MILLISECONDS)) return
  process.kill(worker.pid, 'SIGKILL')
  await isGoneWithin(worker, GRACE_MILLISECONDS)
}

async function isGoneWithin(worker: ProcessIdentity, milliseconds: number): Promise<boolean> {
  const giveUp = performance.now() + milliseconds
  while (await isAlive(worker)) {
    if (performance.now() > giveUp) return false
    await Bun.sleep(ASK_MILLISECONDS)
  }
  return true
}
