import type { Command } from 'commander'
import { executionOf, executionRun } from '../../jobs/backup/executions.ts'
import { runJob } from '../../jobs/backup/run-job.ts'
import { settleInterrupted } from '../../jobs/interrupted.ts'
import { Outbox } from '../../jobs/outbox.ts'
import { Queue } from '../../jobs/queue.ts'
import type { Run } from '../../jobs/run.ts'
import { isSettled } from '../../jobs/run.ts'
import { Fault } from '../../lib/fault.ts'
import { isFaultCode, kindOf } from '../../lib/fault-codes.ts'
import type { Context } from '../../operations/context.ts'
import { ServerLock } from '../../store/server-lock.ts'
import type { CommandContext } from '../command-context.ts'
import { bytes } from '../screen/words.ts'
import { type OpenedJobs, withJobs } from '../with-jobs.ts'
import { withSpeech } from '../work-flags.ts'
import { jobNamed } from './named.ts'

/** How often the state file is asked how far a run is: a server of another process may be doing it. */
const LOOK_MILLISECONDS = 250

/** A receiver of notifications has this long to answer. */
const WEBHOOK_MILLISECONDS = 10_000

export function addRun(job: Command, context: CommandContext): void {
  const command = job
    .command('run')
    .description(
      'Runs a job now and waits for its end. A server that keeps its state here does it; where none runs, this command does.',
    )
    .argument('<job>', 'its name or id')
    .option('--no-wait', 'only queue it, for a server')
  withSpeech(command).action((nameOrId: string, { wait }: { readonly wait: boolean }) =>
    withJobs(context, async (jobs) => {
      const { id, name } = await jobNamed(jobs.state, nameOrId)
      const queue = new Queue(jobs, outboxOf(jobs), { maxRuns: 1, maxJobs: 1, grace: 0 })
      const { run } = await runJob({ ...jobs, queue }, id, 'command-line')
      if (!wait) {
        context.screen.result({ executionId: run.id }, `A run of "${name}" is queued: ${run.id}.`)
        return
      }
      tellEnd(context, name, await waitFor(jobs, context.operation(), run.id))
    }),
  )
}

function outboxOf(jobs: OpenedJobs): Outbox {
  return new Outbox(jobs, { signer: undefined, timeout: WEBHOOK_MILLISECONDS })
}

/**
 * Whoever holds the lock of the home does the work: a server, or we ourselves for this one run. Another command that holds
 * it does its own run and no other, so that ours begins when it has ended.
 */
async function waitFor(jobs: OpenedJobs, operation: Context, id: string): Promise<Run> {
  for (;;) {
    operation.signal.throwIfAborted()
    const run = await executionRun(jobs.state, id)
    if (isSettled(run.state)) return run
    if (run.progress) operation.onProgress(run.progress)
    const lock = takeLock(jobs.home.lockFile)
    if (lock) return runHere(jobs, operation, id, lock)
    await jobs.sleep(LOOK_MILLISECONDS, operation.signal)
  }
}

async function runHere(jobs: OpenedJobs, operation: Context, id: string, lock: ServerLock): Promise<Run> {
  const outbox = outboxOf(jobs)
  const queue = new Queue(jobs, outbox, { maxRuns: 1, maxJobs: 1, grace: 0, only: id })
  try {
    await settleInterrupted(jobs)
    queue.start()
    return await follow(jobs, operation, id)
  } finally {
    // An interrupt ends the run and waits until it has cleaned up.
    await queue.cancel(id).catch(() => {})
    await queue.stop()
    await outbox.deliverDue()
    lock.release()
  }
}

function takeLock(file: string): ServerLock | undefined {
  try {
    return ServerLock.take(file)
  } catch (error) {
    if (error instanceof Fault && error.code === 'home-busy') return undefined
    throw error
  }
}

/** Tells of the progress of a run until it has ended. An interrupt ends the waiting. */
async function follow(jobs: OpenedJobs, { signal, onProgress }: Context, id: string): Promise<Run> {
  for (;;) {
    signal.throwIfAborted()
    const run = await executionRun(jobs.state, id)
    if (isSettled(run.state)) return run
    if (run.progress) onProgress(run.progress)
    await jobs.sleep(LOOK_MILLISECONDS, signal)
  }
}

function tellEnd({ screen, endAs }: CommandContext, name: string, run: Run): void {
  const execution = executionOf(run)
  const { status, path, size, error } = execution
  if (status === 'Success') {
    screen.result(execution, `"${name}" succeeded: ${path} (${bytes(size ?? 0)}).`)
    return
  }
  screen.result(execution, `"${name}" failed: ${error}`)
  const { code } = run.fault ?? {}
  endAs(isFaultCode(code) ? kindOf(code) : 'failed')
}
