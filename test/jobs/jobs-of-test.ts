import type { OrderContext } from '../../src/jobs/backup/order-backup.ts'
import { backupSurface } from '../../src/jobs/backup/surface.ts'
import { createAdapter } from '../../src/jobs/definitions/adapters.ts'
import { createDictionary } from '../../src/jobs/definitions/dictionaries.ts'
import type { JobInput } from '../../src/jobs/definitions/job-input.ts'
import type { JobsContext } from '../../src/jobs/jobs-context.ts'
import { openSeal } from '../../src/jobs/open-seal.ts'
import { Outbox } from '../../src/jobs/outbox.ts'
import { Queue, type QueueOptions } from '../../src/jobs/queue.ts'
import { createLog } from '../../src/lib/log.ts'
import { Secret } from '../../src/lib/secret.ts'
import { openHome } from '../../src/store/home.ts'
import { openState } from '../../src/store/state.ts'
import { TestFolder } from '../server/folder.ts'
import { Hands } from './schedule/hands.ts'

export const PASSWORD = "it's a \\ secret; pässword"

export const MASKS = JSON.stringify({
  dictionary: [{ schema: 'public', table: 'users', fields: { email: 'md5(email)' } }],
})

/** A state file with what jobs are made from, and a clock whose hands the test turns. Declare it by `await using`. */
export class JobsOfTest implements AsyncDisposable {
  readonly log: string[] = []
  readonly clock = new Hands('2026-05-01T00:00:30Z')
  context!: JobsContext & OrderContext

  private constructor(readonly folder: TestFolder) {}

  static async open(): Promise<JobsOfTest> {
    const test = new JobsOfTest(await TestFolder.create())
    test.context = await test.another()
    return test
  }

  /** The same state file, as another process opens it. */
  async another(): Promise<JobsContext & OrderContext> {
    const home = await openHome(this.folder.file('home'))
    const state = await openState(home.stateFile)
    return {
      home,
      state,
      seal: await openSeal(state, home, undefined),
      clock: this.clock,
      log: createLog('debug', { write: (line) => void this.log.push(line) }),
      sleep: this.clock.sleep,
      surfaces: new Map([[backupSurface.name, backupSurface]]),
      webhookHosts: { allowed: undefined },
      storageHosts: { allowed: undefined },
      salt: new Secret('salt of the test'),
    }
  }

  queue(context = this.context, options: Partial<QueueOptions> = {}): Queue {
    const outbox = new Outbox(context, { signer: undefined, timeout: 1000 })
    return new Queue(context, outbox, { maxRuns: 1, maxJobs: 1, grace: 0, ...options })
  }

  async source(name: string, config: Record<string, unknown> = {}, production = false) {
    const whole = { host: '127.0.0.1', port: 1, user: 'app', password: PASSWORD, ...config }
    return createAdapter(this.context, {
      name,
      type: 'database',
      adapterId: 'postgres',
      config: whole,
      production,
    })
  }

  async destination(name: string, basePath = this.folder.file(`kept-${name.length}`)) {
    return createAdapter(this.context, { name, type: 'storage', adapterId: 'local-fs', config: { basePath } })
  }

  async channel(name: string, url = 'http://127.0.0.1:9/token') {
    const config = { url }
    return createAdapter(this.context, { name, type: 'notification', adapterId: 'webhook', config })
  }

  async dictionary(name: string, text = MASKS) {
    return createDictionary(this.context, { name, kind: 'sensitive', text })
  }

  /** What a job needs at least. */
  async jobInput(name = 'nightly'): Promise<JobInput & { dictionaryIds: string[] }> {
    return {
      name,
      schedule: '0 2 * * *',
      sourceId: (await this.source(`source of ${name}`)).id,
      destinationId: (await this.destination(`destination of ${name}`)).id,
      dictionaryIds: [(await this.dictionary(`masks of ${name}`)).id],
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.context.state.destroy()
    await this.folder[Symbol.asyncDispose]()
  }
}

/** The code of the fault that something is refused with. */
export async function codeOf(act: () => unknown): Promise<string> {
  return faultOf(act).then(({ code }) => code)
}

export async function faultOf(act: () => unknown): Promise<{ code: string; message: string }> {
  try {
    await act()
  } catch (error) {
    const { code, message } = error as { code: string; message: string }
    return { code, message }
  }
  return { code: 'nothing', message: 'nothing was refused' }
}
