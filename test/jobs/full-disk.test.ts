import { afterEach, beforeEach, expect, test } from 'bun:test'
import { sql } from 'kysely'
import type { BackupContext } from '../../src/api/backup/context.ts'
import { backupApi } from '../../src/api/backup/mount.ts'
import { createApp } from '../../src/http/app.ts'
import { trustedProxies } from '../../src/http/client-address.ts'
import { addRun } from '../../src/jobs/add-run.ts'
import type { JobsContext } from '../../src/jobs/jobs-context.ts'
import { Outbox } from '../../src/jobs/outbox.ts'
import { Queue } from '../../src/jobs/queue.ts'
import { findRun, settleRun, takeNextRun } from '../../src/jobs/runs.ts'
import type { Surface } from '../../src/jobs/surface.ts'
import { silentLog } from '../../src/lib/log.ts'
import { openHome } from '../../src/store/home.ts'
import { Seal } from '../../src/store/seal.ts'
import { openState } from '../../src/store/state.ts'
import { Receiver } from '../api/receiver.ts'
import { until } from '../api/serving.ts'
import { TestFolder } from '../server/folder.ts'

const surface: Surface = {
  name: 'of the test',
  report: (run, webhook) => ({ operation_id: webhook.context, status: run.state }),
}

/** Who sleeps wakes when the test says so. */
const sleepers: (() => void)[] = []
const wakeAll = () => {
  for (const wake of sleepers.splice(0)) wake()
}

let folder: TestFolder
let receiver: Receiver
let context: JobsContext
let now = 0
beforeEach(async () => {
  sleepers.length = 0
  folder = await TestFolder.create()
  receiver = new Receiver()
  const home = await openHome(folder.path)
  context = {
    home,
    state: await openState(home.stateFile),
    seal: await Seal.open(home.keyFile, undefined),
    clock: { now: () => new Date(1_900_000_000_000 + now), elapsed: () => now },
    log: silentLog,
    sleep: (_, signal) =>
      new Promise((resolve) => {
        sleepers.push(resolve)
        signal.addEventListener('abort', () => resolve())
      }),
    surfaces: new Map([[surface.name, surface]]),
    webhookHosts: { allowed: undefined },
  }
})
afterEach(async () => {
  await context.state.destroy()
  await receiver[Symbol.asyncDispose]()
  await folder[Symbol.asyncDispose]()
})

/** As on a full disk: what is there can be read, and nothing written. */
async function writable(yes: boolean): Promise<void> {
  await sql.raw(`PRAGMA query_only = ${yes ? 'OFF' : 'ON'}`).execute(context.state)
}

async function waitingRun(port: number): Promise<void> {
  const tls = { mode: 'disable' as const }
  const source = { host: '127.0.0.1', port, database: 'x', user: 'x', tls, connectTimeout: 60 }
  await addRun(context, {
    id: 'a',
    surface: surface.name,
    options: {},
    archive: null,
    task: {
      kind: 'scan',
      source,
      mode: 'full',
      partialRows: 1,
      metaDictionaries: [{ name: 'meta.json', text: '{"field": {"constants": ["email"]}}' }],
      sensitive: [],
      nonSensitive: [],
      givesNonSensitive: false,
    },
    webhook: { url: receiver.url, headers: {}, verifyTls: true, context: 'a' },
  })
}

const stateOf = async () => (await findRun(context.state, 'a'))?.state

test('on a full disk runs wait, and keep what came of them, until it has room again', async () => {
  const connected = Promise.withResolvers<void>()
  // A database that says nothing until the test has it break off.
  const database = Bun.listen({
    hostname: '127.0.0.1',
    port: 0,
    socket: { open: () => connected.resolve(), data: () => {} },
  })
  await waitingRun(database.port)
  const outbox = new Outbox(context, { signer: undefined, timeout: 5000 })
  const queue = new Queue(context, outbox, { maxRuns: 1, maxJobs: 1, grace: 0 })
  await writable(false)
  queue.start()
  await until('taking it failed', () => sleepers.length === 1)
  expect(await stateOf()).toBe('queued')
  await writable(true)
  wakeAll()
  await connected.promise
  expect(await stateOf()).toBe('running')
  await writable(false)
  database.stop(true)
  await until('settling it failed', () => sleepers.length === 1)
  wakeAll()
  await until('settling it failed again', () => sleepers.length === 1)
  expect(await stateOf()).toBe('running')
  await writable(true)
  wakeAll()
  await until('it is settled', async () => (await stateOf()) === 'failed')
  expect((await findRun(context.state, 'a'))?.fault?.code).toMatch(/^connection-/)
  await queue.stop()
})

test('a webhook that was sent while the disk was full is noted later, and not sent again', async () => {
  await waitingRun(1)
  await takeNextRun(context)
  await settleRun(context, 'a', { state: 'failed', fault: { code: 'internal', message: 'x' } })
  const outbox = new Outbox(context, { signer: undefined, timeout: 5000 })
  await writable(false)
  outbox.start()
  await until('the first is sent, and not noted', () => sleepers.length === 1)
  expect(receiver.statuses('a')).toEqual(['running'])
  await writable(true)
  wakeAll()
  await until('the second is sent', () => receiver.statuses('a').length === 2)
  expect(receiver.statuses('a')).toEqual(['running', 'failed'])
  await outbox.stop()
})

test('/health says 503 while the state cannot be written, and asks the disk once in five seconds', async () => {
  const access = {
    token: undefined,
    loopback: true,
    open: true,
    rateLimit: 1,
    addressOf: () => '',
    trustedProxies: trustedProxies([]),
  }
  const rateLimits = { read: 100, write: 100, authentication: 100 }
  // Of what the other routes need nothing is asked here.
  const backups = backupApi({ ...context, rateLimits } as unknown as BackupContext)
  const app = createApp({ ...context, ...access, audit: silentLog }, [backups])
  const health = async () => {
    const { status } = await app.request('/health')
    const documented = await app.request('/api/health', { headers: { host: 'localhost' } })
    const answer = (await documented.json()) as { status: string; database: string }
    const expected = status === 200 ? ['healthy', 'connected'] : ['unhealthy', 'disconnected']
    expect([documented.status, answer.status, answer.database]).toEqual([status, ...expected])
    return status
  }
  expect(await health()).toBe(200)
  await writable(false)
  expect(await health()).toBe(200)
  now += 5000
  expect(await health()).toBe(503)
  await writable(true)
  expect(await health()).toBe(200)
})
