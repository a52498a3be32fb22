import { type Command, InvalidArgumentError } from 'commander'
import { programFolders } from '../postgres/programs.ts'
import { homePath } from '../store/home.ts'
import type { CommandContext } from './command-context.ts'
import { runServer, type ServerSettings } from './run-server.ts'
import { secretOf } from './secret-variable.ts'
import { wholeNumber, withSpeech } from './work-flags.ts'

interface ServeFlags {
  readonly host: string
  readonly port: number
  readonly maxRuns: number
  readonly maxJobs: number
  readonly grace: number
  readonly insecure?: boolean
  readonly rateLimit: number
  readonly rateLimitReads: number
  readonly rateLimitWrites: number
  readonly rateLimitAuthentication: number
  readonly trustedProxies?: string[]
  readonly publicUrl?: string
  readonly dbHosts?: string[]
  readonly webhookHosts?: string[]
  readonly storageHosts?: string[]
  readonly webhookTimeout: number
  readonly answerTimeout: number
  readonly programFolders?: string[]
}

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
    .option('--max-jobs <number>', 'backup jobs and restores that work at once; others wait', wholeNumber, 1)
    .option('--grace <seconds>', 'how long running operations may go on after SIGTERM', seconds, 30)
    .option('--webhook-timeout <seconds>', 'how long a receiver of webhooks has to answer', wholeNumber, 10)
    .option('--answer-timeout <seconds>', 'how long a view of fields or rows may take', wholeNumber, 120)
    .optionsGroup('Who may do what:')
    .option('--insecure', 'let other machines in without a key')
    .option('--rate-limit <number>', 'requests a minute from one other machine', wholeNumber, 1200)
    .option(
      '--rate-limit-reads <number>',
      'of the backup API: GET requests a minute a client',
      wholeNumber,
      100,
    )
    .option('--rate-limit-writes <number>', 'other requests a minute', wholeNumber, 20)
    .option('--rate-limit-authentication <number>', 'requests without a valid key a minute', wholeNumber, 5)
    .option(
      '--trusted-proxies <addresses...>',
      'proxies (addresses, CIDR ranges) whose X-Forwarded-For is believed',
    )
    .option('--public-url <url>', 'where others reach the server, for download links', originOf)
    .option(
      '--db-hosts <hosts...>',
      'the only hosts of databases that requests may name (.example.org: all below)',
    )
    .option('--webhook-hosts <hosts...>', 'the only hosts that webhooks and notifications may go to')
    .option('--storage-hosts <hosts...>', 'the only hosts of destinations that jobs may name')
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
  const operation = context.operation()
  // A mistake of ours in one request must not end the others.
  process.on('unhandledRejection', (reason) =>
    operation.log.error({ reason: String(reason) }, 'unhandled rejection'),
  )
  const settings: ServerSettings = {
    home: homePath(process.env),
    host: flags.host,
    port: flags.port,
    maxRuns: flags.maxRuns,
    maxJobs: flags.maxJobs,
    grace: flags.grace * 1000,
    insecure: flags.insecure ?? false,
    rateLimit: flags.rateLimit,
    rateLimits: {
      read: flags.rateLimitReads,
      write: flags.rateLimitWrites,
      authentication: flags.rateLimitAuthentication,
    },
    trustedProxies: flags.trustedProxies ?? [],
    publicUrl: flags.publicUrl,
    databaseHosts: { allowed: flags.dbHosts },
    webhookHosts: { allowed: flags.webhookHosts },
    storageHosts: { allowed: flags.storageHosts },
    webhookTimeout: flags.webhookTimeout * 1000,
    answerTimeout: flags.answerTimeout * 1000,
    programFolders: [...programFolders(process.env), ...(flags.programFolders ?? [])],
    key: secretOf('PGVEIL_KEY'),
    token: secretOf('PGVEIL_API_TOKEN'),
    salt: secretOf('PGVEIL_SALT'),
    webhookSecret: secretOf('PGVEIL_WEBHOOK_SECRET'),
  }
  await runServer(operation, settings, (url, home) =>
    context.screen.result({ url, home: home.path }, `Listening on ${url} (${home.path}).`),
  )
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

/** Also with a path, where a proxy serves us below one. */
function originOf(text: string): string {
  const url = URL.parse(text)
  if (!url || !/^https?:$/.test(url.protocol) || url.search !== '' || url.hash !== '' || url.username !== '')
    throw new InvalidArgumentError('It must be an http or https URL: https://backups.example.org.')
  return url.href.replace(/\/+$/, '')
}
