import { appendFileSync, chmodSync } from 'node:fs'
import pLimit from 'p-limit'
import { anonymizationApi } from '../api/anonymization/mount.ts'
import { anonymizationSurface } from '../api/anonymization/report.ts'
import { backupApi } from '../api/backup/mount.ts'
import { hasKeys } from '../http/api-key.ts'
import { createApp } from '../http/app.ts'
import { trustedProxies } from '../http/client-address.ts'
import { listen } from '../http/server.ts'
import type { RateLimits } from '../http/surface.ts'
import { jobScheduler } from '../jobs/backup/job-scheduler.ts'
import { backupSurface } from '../jobs/backup/surface.ts'
import { settleInterrupted } from '../jobs/interrupted.ts'
import type { JobsContext } from '../jobs/jobs-context.ts'
import { openSeal } from '../jobs/open-seal.ts'
import { Outbox } from '../jobs/outbox.ts'
import { Desk } from '../jobs/questions/desk.ts'
import { Queue } from '../jobs/queue.ts'
import { SystemTasks } from '../jobs/schedule/system-tasks.ts'
import { Signer } from '../jobs/signature.ts'
import type { Surface } from '../jobs/surface.ts'
import { sleep } from '../jobs/until-written.ts'
import { systemTaskWork } from '../jobs/upkeep/work.ts'
import { Fault } from '../lib/fault.ts'
import type { HostPolicy } from '../lib/hosts.ts'
import { createLog, type Log } from '../lib/log.ts'
import type { Secret } from '../lib/secret.ts'
import type { Context } from '../operations/context.ts'
import { type Home, openHome } from '../store/home.ts'
import { ServerLock } from '../store/server-lock.ts'
import { openState, type State } from '../store/state.ts'

/** What a server is told by its operator. Times are in milliseconds. */
export interface ServerSettings {
  readonly home: string
  readonly host: string
  readonly port: number
  readonly maxRuns: number
  readonly maxJobs: number
  readonly grace: number
  readonly insecure: boolean
  readonly rateLimit: number
  /** Of the backup API. */
  readonly rateLimits: RateLimits
  /** Addresses and CIDR ranges of proxies whose X-Forwarded-For is believed. */
  readonly trustedProxies: readonly string[]
  /** Under which origin other machines reach the server, for links. */
  readonly publicUrl: string | undefined
  readonly databaseHosts: HostPolicy
  /** Hosts of destinations. */
  readonly storageHosts: HostPolicy
  readonly webhookHosts: HostPolicy
  readonly webhookTimeout: number
  readonly answerTimeout: number
  readonly programFolders: readonly string[]
  /** PGVEIL_KEY, as it stands there. */
  readonly key: Secret | undefined
  readonly token: Secret | undefined
  readonly salt: Secret | undefined
  readonly webhookSecret: Secret | undefined
}

/** Questions at once that take no planning: whether a database lets somebody in, which schemas it has. */
const LIGHT_QUESTIONS_AT_ONCE = 8

/**
 * The command line may write down a run while a server works, and the server's own tasks and the schedule what is to be told;
 * it takes a fraction of a millisecond to see that none waits.
 */
const LOOK_MILLISECONDS = 1000

/** Serves until the signal aborts, and stops in order. Throws `home-busy`, `state-…`, `binding-refused`. */
export async function runServer(
  context: Context,
  settings: ServerSettings,
  onListening: (url: string, home: Home) => void,
): Promise<void> {
  const home = await openHome(settings.home)
  const lock = ServerLock.take(home.lockFile)
  try {
    const state = await openState(home.stateFile)
    try {
      await refuseUnguarded(settings, state)
      await serve(context, settings, home, state, onListening)
    } finally {
      await state.destroy()
    }
  } finally {
    lock.release()
  }
}

async function serve(
  { signal, clock, log }: Context,
  settings: ServerSettings,
  home: Home,
  state: State,
  onListening: (url: string, home: Home) => void,
): Promise<void> {
  const { webhookHosts, databaseHosts, storageHosts, programFolders, salt, token, rateLimit } = settings
  const seal = await openSeal(state, home, settings.key)
  const surfaces = new Map(
    [anonymizationSurface, backupSurface].map((one): [string, Surface] => [one.name, one]),
  )
  const jobs: JobsContext = { home, state, seal, clock, log, sleep, surfaces, webhookHosts }
  const signer = settings.webhookSecret && new Signer(settings.webhookSecret)
  const outbox = new Outbox(jobs, { signer, timeout: settings.webhookTimeout })
  const queue = new Queue(jobs, outbox, settings)
  const desk = new Desk(settings.answerTimeout)
  const scheduling = { ...jobs, queue, salt, storageHosts }
  const scheduler = jobScheduler(scheduling)
  const systemTasks = new SystemTasks(jobs, systemTaskWork({ ...jobs, storageHosts }))
  await settleInterrupted(jobs)

  const inTurn = pLimit(LIGHT_QUESTIONS_AT_ONCE)
  const shared = { home, state, clock, log }
  const api = anonymizationApi({
    ...shared,
    queue,
    desk,
    inTurn,
    databaseHosts,
    webhookHosts,
    programFolders,
    salt,
  })
  const backups = backupApi({
    ...scheduling,
    systemTasks,
    inTurn,
    databaseHosts,
    rateLimits: settings.rateLimits,
    publicUrl: settings.publicUrl,
    jobsChanged: () => scheduler.wake(),
  })
  const loopback = isLoopback(settings.host)
  const access = {
    token,
    rateLimit,
    loopback,
    open: loopback || settings.insecure,
    audit: auditLog(home),
    trustedProxies: trustedProxies(settings.trustedProxies),
  }
  const http = listen(
    settings,
    (addressOf) => createApp({ ...shared, ...access, addressOf }, [api, backups]).fetch,
  )
  outbox.start()
  queue.start()
  scheduler.start()
  systemTasks.start()
  const looking = setInterval(() => {
    queue.wake()
    outbox.wake()
  }, LOOK_MILLISECONDS)
  onListening(http.url, home)

  await untilAborted(signal)
  clearInterval(looking)
  http.stop()
  await Promise.all([scheduler.stop(), systemTasks.stop()])
  await queue.stop()
  await outbox.stop()
  await desk.close()
  await http.close()
}

/** Fail closed: a server that others reach has a key, or its operator has said that it needs none. */
async function refuseUnguarded({ host, insecure, token }: ServerSettings, state: State): Promise<void> {
  if (isLoopback(host) || insecure || token || (await hasKeys(state))) return
  throw new Fault(
    'binding-refused',
    `On ${host} other machines would reach the server, and there is no key.`,
    {
      remedy: 'Make one: pgveil keys create; or listen on 127.0.0.1; or pass --insecure.',
    },
  )
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)
}

/** Appended and never rotated by us; it holds no bodies. */
function auditLog(home: Home): Log {
  appendFileSync(home.auditFile, '', { mode: 0o600 })
  chmodSync(home.auditFile, 0o600)
  return createLog('info', { write: (line) => appendFileSync(home.auditFile, line) })
}

function untilAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}
