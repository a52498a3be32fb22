import { addRun } from '../../../src/jobs/add-run.ts'
import type { JobsContext } from '../../../src/jobs/jobs-context.ts'
import { addNotification } from '../../../src/jobs/notifications/add-notification.ts'
import type { Channel } from '../../../src/jobs/notifications/channel.ts'
import { messageOf, type Occasion } from '../../../src/jobs/notifications/message.ts'
import { Outbox } from '../../../src/jobs/outbox.ts'
import { settleRun, takeNextRun } from '../../../src/jobs/runs.ts'
import type { Surface } from '../../../src/jobs/surface.ts'
import { sleep } from '../../../src/jobs/until-written.ts'
import { createLog } from '../../../src/lib/log.ts'
import { openHome } from '../../../src/store/home.ts'
import { Seal } from '../../../src/store/seal.ts'
import { openState } from '../../../src/store/state.ts'
import { TestFolder } from '../../server/folder.ts'

export const occasion: Occasion = {
  id: 'run-1',
  event: 'backup_failure',
  jobName: 'Nightly shop',
  kind: 'backup',
  state: 'failed',
  startedAt: new Date('2026-11-21T02:00:00Z'),
  endedAt: new Date('2026-11-21T02:03:04Z'),
  size: 1536,
  path: 'nightly-shop/nightly-shop_2026-11-21T02-00-00Z.dump',
  error: { code: 'query-failed', message: 'The table public.users cannot be read.' },
  figures: { rows: 12 },
}

const surface: Surface = {
  name: 'of the test',
  report: (run, webhook) => ({ operation_id: webhook.context, status: run.state }),
}

/** A state file with an outbox and a run, run-1, whose reports are through; and a clock whose hands the test turns. Declare it by `await using`. */
export class OutboxOfTest implements AsyncDisposable {
  readonly log: string[] = []
  #now = Date.UTC(2030, 0, 1)

  private constructor(
    readonly folder: TestFolder,
    public context: JobsContext,
  ) {}

  static async open(): Promise<OutboxOfTest> {
    const folder = await TestFolder.create()
    const test = new OutboxOfTest(folder, undefined as never)
    await test.reopen()
    await test.endedRun('run-1', 'http://127.0.0.1:1/')
    await test.context.state.deleteFrom('deliveries').execute()
    return test
  }

  /** As after a restart. */
  async reopen(): Promise<void> {
    await this.context?.state.destroy()
    const home = await openHome(this.folder.path)
    this.context = {
      home,
      state: await openState(home.stateFile),
      seal: await Seal.open(home.keyFile, undefined),
      clock: { now: () => new Date(this.#now), elapsed: () => this.#now },
      log: createLog('debug', { write: (line) => void this.log.push(line) }),
      sleep,
      surfaces: new Map([[surface.name, surface]]),
      webhookHosts: { allowed: undefined },
    }
  }

  forward(milliseconds: number): void {
    this.#now += milliseconds
  }

  outbox(sendTimeout = 1000): Outbox {
    return new Outbox(this.context, { signer: undefined, timeout: 1000, sendTimeout })
  }

  /** All that is due now, and nothing that is due later. */
  async deliver(sendTimeout?: number): Promise<void> {
    await this.outbox(sendTimeout).deliverDue()
  }

  async notify(channel: Channel, { channelId = 'c', run = 'run-1', ...changes }: Told = {}): Promise<void> {
    const message = messageOf({ ...occasion, id: run, ...changes })
    await this.context.state
      .transaction()
      .execute((transaction) =>
        addNotification(this.context, transaction, run, { id: channelId, channel }, message),
      )
  }

  /** A run that has ended, with both reports waiting. */
  async endedRun(id: string, url: string): Promise<void> {
    const source = {
      host: 'x',
      port: 1,
      database: 'x',
      user: 'x',
      connectTimeout: 1,
      tls: { mode: 'disable' },
    } as const
    const none = { metaDictionaries: [], sensitive: [], nonSensitive: [], givesNonSensitive: false }
    await addRun(this.context, {
      id,
      surface: surface.name,
      options: {},
      archive: null,
      task: { kind: 'scan', source, mode: 'full', partialRows: 1, ...none },
      webhook: { url, headers: {}, verifyTls: true, context: id },
    })
    await takeNextRun(this.context)
    await settleRun(this.context, id, { state: 'failed', fault: { code: 'internal', message: 'x' } })
  }

  async rows() {
    return this.context.state
      .selectFrom('deliveries')
      .select(['id', 'run_id', 'receiver', 'attempts', 'outcome', 'done_at', 'due_at', 'body', 'channel'])
      .orderBy('id')
      .execute()
  }

  /** Of the delivery added last. */
  async last() {
    return (await this.rows()).at(-1)!
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.context.state.destroy()
    await this.folder[Symbol.asyncDispose]()
  }
}

type Told = Partial<Occasion> & { readonly run?: string; readonly channelId?: string }
