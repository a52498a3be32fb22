import { asFault, Fault } from '../lib/fault.ts'
import type { Progress } from '../operations/context.ts'
import { RunFolder } from '../store/run-folder.ts'
import type { StateTransaction } from '../store/state.ts'
import { addRun, type NewRun } from './add-run.ts'
import { BACKUP_SURFACE } from './backup/surface-name.ts'
import { taskAsOfNow } from './backup/task-as-of-now.ts'
import { describeFault } from './describe-fault.ts'
import type { JobsContext } from './jobs-context.ts'
import type { Outbox } from './outbox.ts'
import type { Run } from './run.ts'
import { noteProgress, noteWorker, type PassedOver, requestCancel, settleRun, takeNextRun } from './runs.ts'
import { openTask } from './sealed.ts'
import { saveStatus } from './status-file.ts'
import { sweepArchive } from './sweep-archive.ts'
import { RETRY_MILLISECONDS, untilWritten } from './until-written.ts'
import type { TaskOutput } from './worker/messages.ts'
import { type WorkerEnd, WorkerProcess } from './worker/worker-process.ts'

/** How many runs may wait. More is a client in a loop rather than work to be done. */
const MOST_QUEUED = 10_000

/** A scan leaves nothing behind: one that an expression of a dictionary keeps busy is not waited for. */
const SCAN_GRACE_MILLISECONDS = 2000

export interface QueueOptions {
  /** Runs that work at once, those of backup jobs aside. */
  readonly maxRuns: number
  /** Runs of backup jobs, and restores of what they stored, that work at once. */
  readonly maxJobs: number
  /** Takes this run alone. */
  readonly only?: string | undefined
  /** Milliseconds that running operations get to finish by themselves when the server stops. */
  readonly grace: number
}

/** Takes runs in the order in which they came and gives each to a worker, some at once. */
export class Queue {
  readonly #context: JobsContext
  readonly #options: QueueOptions
  readonly #outbox: Outbox
  readonly #changes = new EventTarget()
  /** By the run's id. */
  readonly #working = new Map<string, Working>()
  /** Runs that wait and were sealed with another key, or damaged. */
  readonly #unopened = new Set<string>()
  readonly #stopped = new AbortController()
  #started = false
  #taking: Promise<void> = Promise.resolve()

  constructor(context: JobsContext, outbox: Outbox, options: QueueOptions) {
    this.#context = context
    this.#outbox = outbox
    this.#options = options
  }

  /** Begins with what waits. Settle what a killed server left first: `settleInterrupted`. */
  start(): void {
    this.#started = true
    this.wake()
  }

  /** Writes a run down; when this returns it will be done, or told of, whatever happens to the server. */
  async submit(run: NewRun, also?: (transaction: StateTransaction) => Promise<void>): Promise<Run> {
    if (this.#stopped.signal.aborted) throw new Fault('interrupted', 'The server is stopping.')
    const { waiting } = await this.#context.state
      .selectFrom('runs')
      .select(({ fn }) => fn.countAll<number>().as('waiting'))
      .where('state', '=', 'queued')
      .executeTakeFirstOrThrow()
    if (waiting >= MOST_QUEUED) throw new Fault('queue-full', `${MOST_QUEUED} runs are waiting already.`)
    const added = await addRun(this.#context, run, also)
    await saveStatus(this.#context.home, added)
    this.wake()
    return added
  }

  /** Stops a run: at once where it waits, when its worker has cleaned up where it works. Throws `run-unknown`, `run-settled`. */
  async cancel(id: string): Promise<Run> {
    const run = await requestCancel(this.#context.state, id)
    const working = this.#working.get(id)
    if (working) await endWorking(working)
    else await this.#settle(run, CANCELLED)
    return run
  }

  /** Calls back whenever something of the run has changed, until the signal aborts. */
  onChange(id: string, signal: AbortSignal, callback: () => void): void {
    this.#changes.addEventListener(id, callback, { signal })
  }

  /**
   * No new work from now on. Running operations get the grace to finish, then their workers end; what has ended is
   * settled, what waits stays for the next start.
   */
  async stop(): Promise<void> {
    this.#stopped.abort()
    await this.#taking
    const ending = [...this.#working.values()].map(({ done }) => done)
    const grace = Promise.withResolvers<void>()
    const timer = setTimeout(grace.resolve, this.#options.grace)
    await Promise.race([Promise.all(ending), grace.promise])
    clearTimeout(timer)
    await Promise.all([...this.#working.values()].map(endWorking))
  }

  /** Something may wait that another process wrote down. One look after the other, so that none is taken beyond the limit. */
  wake(): void {
    if (!this.#started) return
    this.#taking = this.#taking
      .then(() => this.#takeRuns())
      .catch((error) => {
        const { log, sleep } = this.#context
        log.error({ reason: String(error) }, 'the queue cannot go on; it is tried again')
        sleep(RETRY_MILLISECONDS, this.#stopped.signal).then(() => this.wake())
      })
  }

  async #takeRuns(): Promise<void> {
    while (!this.#stopped.signal.aborted) {
      const next = await takeNextRun(this.#context, this.#passedOver())
      if (!next) return
      if ('unopened' in next) {
        this.#unopened.add(next.unopened)
        this.#context.log.error({ run: next.unopened }, 'a run cannot be opened; it waits for the next start')
        continue
      }
      this.#outbox.wake()
      const { run, task } = next
      const grace = run.kind === 'scan' ? SCAN_GRACE_MILLISECONDS : undefined
      const working: Working = { run, worker: undefined, grace, ending: false, done: Promise.resolve() }
      this.#working.set(run.id, working)
      working.done = this.#work(run, task, working)
        .catch((error) => this.#unsettled(run, error))
        .finally(() => {
          this.#working.delete(run.id)
          this.wake()
        })
    }
  }

  #passedOver(): PassedOver {
    const runs = [...this.#working.values()].map(({ run }) => run)
    const bySurface = Map.groupBy(runs, ({ surface }) => surface)
    const busy = [...bySurface].filter(([surface, working]) => working.length >= this.#limitOf(surface))
    return {
      runs: this.#unopened,
      only: this.#options.only,
      surfaces: new Set(busy.map(([surface]) => surface)),
      jobs: new Set(runs.flatMap(({ jobId }) => jobId ?? [])),
    }
  }

  #limitOf(surface: string): number {
    return surface === BACKUP_SURFACE ? this.#options.maxJobs : this.#options.maxRuns
  }

  async #work(run: Run, sealed: Uint8Array, working: Working): Promise<void> {
    const { state, home, log } = this.#context
    log.info({ run: run.id, kind: run.kind }, 'run begins')
    this.#tellChange(run.id)
    let end: WorkerEnd
    try {
      await saveStatus(home, run)
      const task = await taskAsOfNow(this.#context, openTask(this.#context, run.id, sealed))
      const { logFile } = RunFolder.at(home.path, run.folder)
      const worker = await WorkerProcess.start(logFile, (progress) => this.#progress(run, progress))
      working.worker = worker
      // Before it gets its task: a worker that nobody knows of has nothing to do.
      await noteWorker(state, run.id, worker.identity)
      if (working.ending || (await this.#isCancelRequested(run.id))) await worker.end(working.grace)
      else worker.give(task)
      end = await worker.ended
    } catch (error) {
      await working.worker?.end(working.grace)
      end = { fault: describeFault(asFault(error)) }
    }
    await this.#conclude(run, end)
  }

  async #conclude(run: Run, end: WorkerEnd): Promise<void> {
    if ('output' in end) {
      await this.#settleSurely(run, await this.#saveOutput(run, end.output))
      return
    }
    if (run.archive !== null) {
      await sweepArchive(this.#context.home, run.archive).catch(() => {})
    }
    const fault = 'fault' in end ? end.fault : lost(end.lost, this.#stopped.signal.aborted)
    await this.#settleSurely(run, { state: 'failed', fault })
  }

  /** What came of the work is kept until the state file takes it. */
  async #settleSurely(run: Run, end: End): Promise<void> {
    await untilWritten(this.#context, this.#stopped.signal, run.id, async () => {
      const cancelled = end.state === 'failed' && (await this.#isCancelRequested(run.id))
      await this.#settle(run, cancelled ? CANCELLED : end)
    })
  }

  /** The state file could not be written until the server stopped; the next start settles the run. */
  #unsettled(run: Run, error: unknown): void {
    this.#context.log.error({ run: run.id, reason: String(error) }, 'a run cannot be settled')
  }

  async #saveOutput(run: Run, output: TaskOutput): Promise<End> {
    try {
      if (run.keepsDictionaries) {
        await RunFolder.at(this.#context.home.path, run.folder).saveOutput(output.dictionaries)
      }
      return { state: 'succeeded', output }
    } catch (error) {
      const message = `The dictionaries cannot be kept: ${(error as Error).message}`
      return { state: 'failed', fault: { code: 'disk', message } }
    }
  }

  async #settle(run: Run, end: End): Promise<void> {
    const { home, log } = this.#context
    const settled = await settleRun(this.#context, run.id, end)
    if (!settled) return
    await saveStatus(home, settled)
    log.info({ run: run.id, state: settled.state, code: settled.fault?.code }, 'run ended')
    this.#tellChange(run.id)
    this.#outbox.wake()
  }

  async #isCancelRequested(id: string): Promise<boolean> {
    const row = await this.#context.state
      .selectFrom('runs')
      .select('cancel_requested')
      .where('id', '=', id)
      .executeTakeFirst()
    return row?.cancel_requested === 1
  }

  #progress(run: Run, progress: Progress): void {
    noteProgress(this.#context.state, run.id, progress)
      .then(() => this.#tellChange(run.id))
      .catch((error) =>
        this.#context.log.error({ run: run.id, reason: String(error) }, 'progress is not stored'),
      )
  }

  #tellChange(id: string): void {
    this.#changes.dispatchEvent(new Event(id))
  }
}

type End = Parameters<typeof settleRun>[2]

interface Working {
  readonly run: Run
  /** Undefined until it has started. */
  worker: WorkerProcess | undefined
  /** Milliseconds that it may clean up; undefined: the usual. */
  readonly grace: number | undefined
  ending: boolean
  done: Promise<void>
}

async function endWorking(working: Working): Promise<void> {
  working.ending = true
  await working.worker?.end(working.grace)
  await working.done
}

export const CANCELLED: End = { state: 'cancelled', fault: { code: 'interrupted', message: 'Cancelled.' } }

function lost(how: string, stopping: boolean) {
  return stopping
    ? ({ code: 'interrupted', message: 'Interrupted: the server was stopped.' } as const)
    : ({
        code: 'worker-lost',
        message: `The process that did the work ended unexpectedly (${how}).`,
      } as const)
}
