import { asFault } from '../lib/fault.ts'
import { type Attempt, deliver } from './delivery.ts'
import type { JobsContext } from './jobs-context.ts'
import { forgetReported } from './runs.ts'
import { openBody, openWebhook } from './sealed.ts'
import type { Signer } from './signature.ts'
import type { Webhook } from './surface.ts'
import { RETRY_MILLISECONDS, untilWritten } from './until-written.ts'

/** Pauses double from one second to an hour; 20 attempts take some nine hours, which a receiver's bad night fits into. */
const FIRST_PAUSE = 1000
const LONGEST_PAUSE = 60 * 60 * 1000
const MOST_ATTEMPTS = 20

/** Attempts at once to one receiver: one that never answers must not take the places of the others. */
const AT_ONCE_PER_RECEIVER = 4

/** Reports that are read at a time; a scan's may be large. */
const LOOKED_AT_ONCE = 16

/** A timer may not sleep longer: the clock of the machine may be set meanwhile. */
const LONGEST_SLEEP = 60_000

export interface OutboxOptions {
  readonly signer: Signer | undefined
  /** Milliseconds that a receiver has to answer. */
  readonly timeout: number
}

interface Due {
  readonly id: number
  readonly runId: string
  readonly receiver: string
  readonly attempts: number
  readonly webhook: Webhook
  readonly body: string
}

/**
 * Delivers the reports of runs, from the state file: each at least once, those of one run in their order, those of
 * different runs beside each other.
 */
export class Outbox {
  readonly #context: JobsContext
  readonly #options: OutboxOptions
  /** By the run's id. */
  readonly #underWay = new Map<string, Promise<void>>()
  readonly #byReceiver = new Map<string, number>()
  readonly #stuck = new Set<string>()
  readonly #stopped = new AbortController()
  #timer: Timer | undefined
  #started = false
  #looking: Promise<void> = Promise.resolve()

  constructor(context: JobsContext, options: OutboxOptions) {
    this.#context = context
    this.#options = options
  }

  start(): void {
    this.#started = true
    this.wake()
  }

  /** There may be something to deliver. */
  wake(): void {
    if (!this.#started) return
    this.#looking = this.#looking
      .then(() => this.#sendDue())
      .catch((error) => {
        this.#context.log.error({ reason: String(error) }, 'webhooks cannot be sent; it is tried again')
        if (this.#started) this.#timer = setTimeout(() => this.wake(), RETRY_MILLISECONDS)
      })
  }

  /** Begins no more attempts and waits for those under way; what is not through stays for the next start. */
  async stop(): Promise<void> {
    this.#started = false
    this.#stopped.abort()
    clearTimeout(this.#timer)
    await this.#looking
    await Promise.all(this.#underWay.values())
  }

  /** Sends all that is due by the clock, until nothing is; what fails is due again later. */
  async deliverDue(): Promise<void> {
    do {
      await this.#sendDue()
      await Promise.all(this.#underWay.values())
    } while ((await this.#due()).length > 0)
  }

  /** Until every receiver that something is due for is as busy as it may be. */
  async #sendDue(): Promise<void> {
    for (let due = await this.#due(); due.length > 0; due = await this.#due()) {
      for (const report of due) this.#begin(report)
    }
    await this.#sleep()
  }

  #begin(due: Due): void {
    const { receiver } = due
    const busy = this.#byReceiver.get(receiver) ?? 0
    if (busy >= AT_ONCE_PER_RECEIVER) return
    this.#byReceiver.set(receiver, busy + 1)
    const attempt = this.#attempt(due)
      .catch((error) => this.#unnoted(due, error))
      .finally(() => {
        this.#underWay.delete(due.runId)
        const left = (this.#byReceiver.get(receiver) ?? 1) - 1
        if (left > 0) this.#byReceiver.set(receiver, left)
        else this.#byReceiver.delete(receiver)
        this.wake()
      })
    this.#underWay.set(due.runId, attempt)
  }

  /** The state file could not be written until the server stopped. The next start sends the same again. */
  #unnoted(due: Due, error: unknown): void {
    this.#stuck.add(due.runId)
    this.#context.log.error({ run: due.runId, reason: String(error) }, 'a webhook is not noted')
  }

  async #attempt(due: Due): Promise<void> {
    const { clock, log, webhookHosts: hosts } = this.#context
    const message = { id: `${due.runId}.${due.id}`, body: due.body }
    const attempt = await deliver(due.webhook, message, { ...this.#options, hosts, now: clock.now() })
    const attempts = due.attempts + 1
    const over = attempt.kind === 'through' || attempts >= MOST_ATTEMPTS
    const { outcome } = attempt
    const accepted = attempt.kind === 'through' && attempt.accepted
    log[accepted ? 'info' : 'warn']({ run: due.runId, attempt: attempts, outcome, over }, 'webhook')
    // What was sent is not sent again because nobody wrote it down.
    const note = () => this.#note(due, attempts, attempt, over)
    await untilWritten(this.#context, this.#stopped.signal, due.runId, note)
  }

  async #note(due: Due, attempts: number, { outcome }: Attempt, over: boolean): Promise<void> {
    const now = this.#context.clock.now().getTime()
    const pause = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** due.attempts)
    await this.#context.state.transaction().execute(async (transaction) => {
      await transaction
        .updateTable('deliveries')
        .set({ attempts, outcome, ...(over ? { done_at: now, body: null } : { due_at: now + pause }) })
        .where('id', '=', due.id)
        .execute()
      await forgetReported(transaction, due.runId)
    })
  }

  /** The next report of each run that is due and not under way, the longest waiting first. */
  async #due(): Promise<Due[]> {
    const busy = [...this.#byReceiver]
      .filter(([, count]) => count >= AT_ONCE_PER_RECEIVER)
      .map(([name]) => name)
    const rows = await this.#context.state
      .selectFrom('deliveries as d')
      .innerJoin('runs as r', 'r.id', 'd.run_id')
      .select(['d.id', 'd.run_id', 'd.receiver', 'd.attempts', 'd.body', 'r.webhook'])
      .where('d.done_at', 'is', null)
      .where('d.due_at', '<=', this.#context.clock.now().getTime())
      .where(({ not, exists, selectFrom }) =>
        not(
          exists(
            selectFrom('deliveries as earlier')
              .select('earlier.id')
              .whereRef('earlier.run_id', '=', 'd.run_id')
              .whereRef('earlier.id', '<', 'd.id')
              .where('earlier.done_at', 'is', null),
          ),
        ),
      )
      .where('d.run_id', 'not in', [...this.#underWay.keys(), ...this.#stuck, ''])
      .where('d.receiver', 'not in', [...busy, ''])
      .orderBy('d.due_at')
      .orderBy('d.id')
      .limit(LOOKED_AT_ONCE)
      .execute()
    const due: Due[] = []
    for (const { id, run_id: runId, receiver, attempts, body, webhook } of rows) {
      const opened = webhook && body && this.#open(runId, webhook, body)
      if (opened) due.push({ id, runId, receiver, attempts, ...opened })
      else await this.#putOff(id)
    }
    return due
  }

  #open(runId: string, webhook: Uint8Array, body: Uint8Array): Pick<Due, 'webhook' | 'body'> | undefined {
    try {
      return {
        webhook: openWebhook(this.#context, runId, webhook),
        body: openBody(this.#context, runId, body),
      }
    } catch (error) {
      this.#context.log.error({ run: runId, reason: asFault(error).message }, 'a report cannot be opened')
      return undefined
    }
  }

  /** It is kept as it is: who repairs the state file, or brings back its key, loses no report. */
  async #putOff(id: number): Promise<void> {
    await this.#context.state
      .updateTable('deliveries')
      .set({ due_at: this.#context.clock.now().getTime() + LONGEST_PAUSE, outcome: 'cannot be opened' })
      .where('id', '=', id)
      .execute()
  }

  async #sleep(): Promise<void> {
    if (!this.#started) return
    const next = await this.#context.state
      .selectFrom('deliveries')
      .select(({ fn }) => fn.min('due_at').as('at'))
      .where('done_at', 'is', null)
      .where('due_at', '>', this.#context.clock.now().getTime())
      .executeTakeFirst()
    clearTimeout(this.#timer)
    if (next?.at == null) return
    const pause = Math.min(LONGEST_SLEEP, Math.max(0, next.at - this.#context.clock.now().getTime()))
    this.#timer = setTimeout(() => this.wake(), pause + 1)
  }
}
