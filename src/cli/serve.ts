import { appendFileSync, chmodSync } from 'node:fs'
import { type Command, InvalidArgumentError } from 'commander'
import pLimit from 'p-limit'
import type { ApiContext } from '../api/anonymization/context.ts'
import { anonymizationApi } from '../api/anonymization/mount.ts'
import { anonymizationSurface } from '../api/anonymization/report.ts'
import { hasKeys } from '../http/api-key.ts'
import { createApp } from '../http/app.ts'
import { listen } from '../http/server.ts'
import { settleInterrupted } from '../jobs/interrupted.ts'
import type { JobsContext } from '../jobs/jobs-context.ts'
import { Outbox } from '../jobs/outbox.ts'
import { Queue } from '../jobs/queue.ts'
import { Signer } from '../jobs/signature.ts'
import { Fault } from '../lib/fault.ts'
import { createLog, type Log } from '../lib/log.ts'
import { Secret } from '../lib/secret.ts'
import { programFolders } from '../postgres/programs.ts'
import { type Home, homePath, openHome } from '../store/home.ts'
import { Seal } from '../store/seal.ts'
import { ServerLock } from '../store/server-lock.ts'
import { openState, type State } from '../store/state.ts'
import type { CommandContext } from './command-context.ts'
import { wholeNumber, withSpeech } from './work-flags.ts'

interface ServeFlags {
  readonly host: string
  readonly port: number
  readonly maxRuns: number
  readonly grace: number
  readonly insecure?: boolean
  readonly rateLimit: number
  readonly dbHosts?: string[]
  readonly webhookHosts?: string[]
  readonly webhookTimeout: number
  readonly programFolders?: string[]
}

/** Questions to databases at once, beside the runs: each takes some connections. */
const QUESTIONS_AT_ONCE = 8

export function addServe(program: Command, context: CommandContext): void {
  const command = program
    .command('serve')
    .summary('answer the REST API: scans, dumps and restores in the background, told of by webhooks')
    .description(DESCRIPTION)
    .optionsGroup('Where:')
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--port <port>', 'port to listen on; 0 takes a free one', portNumber, 8000)
    .optionsGroup('Runs:')
    .option('--max-runs <number>', 'runs that work at once; others wait', wholeNumber, 2)
    .option('--grace <seconds>', 'how long running operations may go on after SIGTERM', seconds, 30)
    .option('--webhook-timeout <seconds>', 'how long a receiver of webhooks has to answer', wholeNumber, 10)
    .optionsGroup('Who may do what:')
    .option('--insecure', 'let other machines in without a key')
    .option('--rate-limit <number>', 'requests a minute from one other machine', wholeNumber, 1200)
    .option(
      '--db-hosts <hosts...>',
      'the only hosts of databases that requests may name (.example.org: all below)',
    )
    .option('--webhook-hosts <hosts...>', 'the only hosts that webhooks may go to')
    .option('--program-folders <folders...>', 'more folders whose pg_dump and pg_restore requests may name')
    .addHelpText('after', EXAMPLES)
    .action((flags: ServeFlags) => serve(flags, context))
  withSpeech(command)
}

const DESCRIPTION = `Serves the documented REST API (/docs shows it). Everything it keeps lives under PGVEIL_HOME (./pgveil): state.db, runs/
and output/. What was asked for is written down before it is answered; what runs when the server is killed is settled
as failed by the next start, and what waits goes on. Without a key (pgveil keys create) it answers this machine only.`

const EXAMPLES = `
Examples:
  pgveil serve
  PGVEIL_HOME=/var/lib/pgveil pgveil serve --host 0.0.0.0 --max-runs 4

Environment: PGVEIL_HOME, PGVEIL_KEY (seals passwords in the state file), PGVEIL_API_TOKEN (a key of all permissions),
PGVEIL_WEBHOOK_SECRET (signs webhooks), PGVEIL_SALT (of pseudonyms).`

async function serve(flags: ServeFlags, context: CommandContext): Promise<void> {
  const { signal, clock, log } = context.operation()
  const home = await openHome(homePath(process.env))
  const lock = ServerLock.take(home.lockFile)
  let state: State | undefined
  try {
    state = await openState(home.stateFile)
    const token = secretOf('PGVEIL_API_TOKEN')
    const loopback = isLoopback(flags.host)
    await refuseUnguarded(flags, state, loopback, token)
    const seal = await Seal.open(home.keyFile, process.env.PGVEIL_KEY)
    const webhookHosts = { allowed: flags.webhookHosts }
    const surfaces = new Map([[anonymizationSurface.name, anonymizationSurface]])
    const jobs: JobsContext = { home, state, seal, clock, log, surfaces, webhookHosts }
    const outbox = new Outbox(jobs, { signer: signer(), timeout: flags.webhookTimeout * 1000 })
    const queue = new Queue(jobs, outbox, { maxRuns: flags.maxRuns, grace: flags.grace * 1000 })
    await settleInterrupted(jobs)
    const api: ApiContext = {
      ...{ home, state, queue, clock, log, webhookHosts },
      databaseHosts: { allowed: flags.dbHosts },
      programFolders: [...programFolders(process.env), ...(flags.programFolders ?? [])],
      salt: secretOf('PGVEIL_SALT'),
      inTurn: pLimit(QUESTIONS_AT_ONCE),
    }
    const http = listen(flags, (addressOf) => {
      const audit = auditLog(home)
      const app = {
        ...{ state: api.state, clock, log, audit, token, loopback, addressOf },
        open: loopback || !!flags.insecure,
      }
      return createApp({ ...app, rateLimit: flags.rateLimit }, [anonymizationApi(api)]).fetch
    })
    outbox.start()
    queue.start()
    context.screen.result({ url: http.url, home: home.path }, `Listening on ${http.url} (${home.path}).`)
    await untilAborted(signal)
    http.stop()
    await queue.stop()
    await outbox.stop()
    await http.close()
  } finally {
    await state?.destroy()
    lock.release()
  }
}

/** Fail closed: a server that others reach has a key, or its operator has said that it needs none. */
async function refuseUnguarded(
  flags: ServeFlags,
  state: State,
  loopback: boolean,
  token: Secret | undefined,
): Promise<void> {
  if (loopback || flags.insecure || token || (await hasKeys(state))) return
  throw new Fault(
    'binding-refused',
    `On ${flags.host} other machines would reach the server, and there is no key.`,
    {
      remedy: 'Make one: pgveil keys create; or listen on 127.0.0.1; or pass --insecure.',
    },
  )
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)
}

function secretOf(variable: string): Secret | undefined {
  const value = process.env[variable]
  return value ? new Secret(value) : undefined
}

function signer(): Signer | undefined {
  const secret = secretOf('PGVEIL_WEBHOOK_SECRET')
  return secret && new Signer(secret)
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

function portNumber(text: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535)
    throw new InvalidArgumentError('It must be a port: 0 to 65535.')
  return Number(text)
}

function seconds(text: string): number {
  if (!/^\d{1,6}$/.test(text)) throw new InvalidArgumentError('It must be a whole number from 0.')
  return Number(text)
}
