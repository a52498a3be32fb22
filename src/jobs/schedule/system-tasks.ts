import type { Clock } from '../../lib/clock.ts'
import type { Log } from '../../lib/log.ts'
import type { State } from '../../store/state.ts'
import type { Sleep } from '../until-written.ts'
import type { Decision, ScheduledEntry } from './due.ts'
import { Scheduler } from './scheduler.ts'
import {
  listSystemTasks,
  readSystemTaskId,
  SYSTEM_TASK_TIME_ZONE,
  type SystemTask,
  type SystemTaskId,
} from './system-task-list.ts'

/** What each task does. It ends early when the signal aborts. */
export type SystemTaskWork = Readonly<Record<SystemTaskId, (signal: AbortSignal) => Promise<unknown>>>

export interface SystemTasksContext {
  readonly state: State
  readonly clock: Clock
  readonly log: Log
  readonly sleep: Sleep
}

/**
 * Runs the system tasks when they are due: different ones beside each other, none beside itself. Times that pass while the
 * server is down are skipped; what must not wait for the next one runs at the start.
 */
export class SystemTasks {
  readonly #context: SystemTasksContext
  readonly #work: SystemTaskWork
  readonly #scheduler: Scheduler
  readonly #running = new Map<SystemTaskId, Promise<void>>()
  readonly #stopped = new AbortController()
  /** From when on the present schedule of each task counts. */
  readonly #seen = new Map<SystemTaskId, { readonly task: SystemTask; readonly until: Date }>()
  #starting: Promise<void> = Promise.resolve()

  constructor(context: SystemTasksContext, work: SystemTaskWork) {
    this.#context = context
    this.#work = work
    this.#scheduler = new Scheduler({
      ...context,
      entries: () => this.#entries(),
      fire: (entry, decision) => this.#fire(entry, decision),
    })
  }

  /** Begins with those that run at the start. */
  start(): void {
    const { state, log } = this.#context
    this.#starting = listSystemTasks(state)
      .then((tasks) => {
        for (const task of tasks) if (task.enabled && task.runOnStartup) this.#begin(task.id)
      })
      .catch((error) => log.error({ reason: String(error) }, 'system tasks are not run at the start'))
      .finally(() => this.#scheduler.start())
  }

  /** A task was changed. */
  wake(): void {
    this.#scheduler.wake()
  }

  /** Begins a task, enabled or not; false where it is under way already, or the server stops. Throws `system-task-unknown`. */
  runNow(id: string): boolean {
    return this.#begin(readSystemTaskId(id))
  }

  /** Tells the tasks under way to end, and waits for them. */
  async stop(): Promise<void> {
    this.#stopped.abort()
    await this.#starting
    await this.#scheduler.stop()
    await Promise.all(this.#running.values())
  }

  async #entries(): Promise<ScheduledEntry[]> {
    const tasks = await listSystemTasks(this.#context.state)
    return tasks.map((task) => {
      const seen = this.#seen.get(task.id)
      const counts = seen && seen.task.schedule === task.schedule && seen.task.enabled === task.enabled
      const until = counts ? seen.until : this.#context.clock.now()
      this.#seen.set(task.id, { task, until })
      return {
        id: task.id,
        schedule: task.schedule,
        timeZone: SYSTEM_TASK_TIME_ZONE,
        missedRuns: 'skip',
        scheduledUntil: until,
        enabled: task.enabled,
      }
    })
  }

  async #fire({ id }: ScheduledEntry, { dueAt, seenUntil }: Decision): Promise<void> {
    const known = readSystemTaskId(id)
    const seen = this.#seen.get(known)
    if (seen) this.#seen.set(known, { ...seen, until: seenUntil })
    if (dueAt && !this.#begin(known)) {
      this.#context.log.warn(
        { task: id },
        'a system task is due again while it still runs; it is passed over',
      )
    }
  }

  #begin(id: SystemTaskId): boolean {
    if (this.#stopped.signal.aborted || this.#running.has(id)) return false
    const running = this.#run(id).finally(() => this.#running.delete(id))
    this.#running.set(id, running)
    return true
  }

  async #run(id: SystemTaskId): Promise<void> {
    const { clock, log } = this.#context
    const began = clock.elapsed()
    try {
      await this.#work[id](this.#stopped.signal)
      log.info({ task: id, milliseconds: Math.round(clock.elapsed() - began) }, 'system task done')
    } catch (error) {
      if (this.#stopped.signal.aborted) return
      log.error({ task: id, reason: String(error) }, 'a system task failed')
    }
  }
}
