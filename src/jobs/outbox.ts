import type { Attempt } from './delivery/attempt.ts'
import { deliverNotification, SEND_TIMEOUT } from './delivery/notification.ts'
import { deliverReport } from './delivery/report.ts'
import { type Due, dueDeliveries } from './due-deliveries.ts'
import type { JobsContext } from './jobs-context.ts'
import { forgetReported } from './runs.ts'
import type { Signer } from './signature.ts'
import { RETRY_MILLISECONDS, untilWritten } from './until-written.ts'

/** Pauses double from one second to an hour; 20 attempts take some nine hours, which a receiver's bad night fits into. */
const FIRST_PAUSE = 1000
const LONGEST_PAUSE = 60 * 60 * 1000
const MOST_ATTEMPTS = 20

/** Attempts at once to one receiver: one that never answers must not take the places of the others. */
const AT_ONCE_PER_RECEIVER = 4

/** A timer may not sleep longer: the clock of the machine may be set meanwhile. */
const LONGEST_SLEEP = 60_000

export interface OutboxOptions {
  readonly signer: Signer | undefined
  /** Milliseconds that the receiver of a report has to answer. */
  readonly timeout: number
  /** Milliseconds that sending a notification may take; 30 s where it is not given. */
  readonly sendTimeout?: number
}

/**
 * Delivers the reports of runs and notifications, from the state file: each at least once, those of one run to one receiver
 * in their order, all others beside each other.
 */
export class Outbox {
  readonly #context: JobsContext
  readonly #options: OutboxOptions
  /** By the delivery's id. */
  readonly #underWay = new Map<number, Promise<void>>()
  readonly #byReceiver = new Map<string, number>()
  readonly #stuck = new Set<number>()
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
        this.#underWay.delete(due.id)
        const left = (this.#byReceiver.get(receiver) ?? 1) - 1
        if (left > 0) this.#byReceiver.set(receiver, left)
        else this.#byReceiver.delete(receiver)
        this.wake()
      })
    this.#underWay.set(due.id, attempt)
  }

  /** The state file could not be written until the server stopped. The next start sends the same again. */
  #unnoted(due: Due, error: unknown): void {
    this.#stuck.add(due.id)
    this.#context.log.error({ run: due.runId, reason: String(error) }, 'a webhook is not noted')
  }

  async #attempt(due: Due): Promise<void> {
    const attempt = await this.#deliver(due)
    const attempts = due.attempts + 1
    const over = attempt.kind === 'through' || attempts >= MOST_ATTEMPTS
    const { outcome } = attempt
    const accepted = attempt.kind === 'through' && attempt.accepted
    const [what, receiver] =
      'channel' in due.to ? ['notification', { receiver: due.receiver }] : ['webhook', {}]
    const { log } = this.#context
    log[accepted ? 'info' : 'warn']({ run: due.runId, ...receiver, attempt: attempts, outcome, over }, what)
    // What was sent is not sent again because nobody wrote it down.
    const note = () => this.#note(due, attempts, attempt, over)
    await untilWritten(this.#context, this.#stopped.signal, due.runId, note)
  }

  #deliver({ id, runId, body, to }: Due): Promise<Attempt> {
    const { clock, webhookHosts: hosts } = this.#context
    const { signer, timeout, sendTimeout = SEND_TIMEOUT } = this.#options
    const message = { id: `${runId}.${id}`, body }
    const now = clock.now()
    if ('webhook' in to) return deliverReport(to.webhook, message, { hosts, signer, timeout, now })
    return deliverNotification(to.channel, message, { hosts, timeout: sendTimeout, now })
  }

  async #note(due: Due, attempts: number, attempt: Attempt, over: boolean): Promise<void> {
    const now = this.#context.clock.now().getTime()
    const { outcome } = attempt
    const asked = attempt.kind === 'again' ? (attempt.pause ?? 0) : 0
    const pause = Math.max(asked, Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** due.attempts))
    const changes = over ? { done_at: now, body: null, channel: null } : { due_at: now + pause }
    await this.#context.state.transaction().execute(async (transaction) => {
      await transaction
        .updateTable('deliveries')
        .set({ attempts, outcome, ...changes })
        .where('id', '=', due.id)
        .execute()
      await forgetReported(transaction, due.runId)
    })
  }

  async #due(): Promise<Due[]> {
    const busy = [...this.#byReceiver]
      .filter(([, count]) => count >= AT_ONCE_PER_RECEIVER)
      .map(([name]) => name)
    return dueDeliveries(this.#context, [...this.#underWay.keys(), ...this.#stuck], busy)
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
