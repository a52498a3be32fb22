import type { Command } from 'commander'
import { Option } from 'commander'
import { Fault } from '../lib/fault.ts'
import { installLibraryIfCalled } from '../operations/library.ts'
import { pgDumpOptions, pgRestoreOptions } from '../operations/program-options.ts'
import { refreshFromSource } from '../operations/refresh/from-source.ts'
import type { RefreshCheck, RefreshOptions, RefreshResult } from '../operations/refresh/request.ts'
import { resolveTarget } from '../postgres/connection/resolve.ts'
import type { Target } from '../postgres/connection/target.ts'
import type { CommandContext } from './command-context.ts'
import { withConnection } from './connection.ts'
import { type PlanningFlags, planningFrom, withPlanning } from './planning-flags.ts'
import { counted } from './screen/words.ts'
import { secretOf } from './secret-variable.ts'
import { jobsFrom, programsFrom, type WorkFlags, withSpeech, withWork } from './work-flags.ts'

interface RefreshFlags extends PlanningFlags, WorkFlags {
  readonly targetDsn?: string
  readonly targetHost?: string
  readonly targetPort?: string
  readonly targetName?: string
  readonly targetUser?: string
  readonly targetPassfile?: string
  readonly targetSslMode?: string
  readonly findings: RefreshCheck['findings']
  readonly connections: RefreshOptions['connections']
  readonly keepOld: boolean
  readonly ignorePrivileges?: boolean
  readonly constraintChecks: boolean
  readonly pgDumpOptions?: string
  readonly pgRestoreOptions?: string
}

export function addRefresh(program: Command, context: CommandContext): void {
  const command = withPlanning(
    program
      .command('refresh')
      .summary('replace a test database by an anonymized copy of another, at once and whole')
      .description(DESCRIPTION),
  )
    .optionsGroup('Target (what is not given comes from the PG* environment and .pgpass):')
    .option('--target-dsn <string>', 'connection string: postgresql://… or "host=… dbname=…"')
    .option('--target-host <host>', 'host, address or folder of a Unix socket')
    .option('--target-port <port>', 'port')
    .option('--target-name <name>', 'database to replace, or to make')
    .option('--target-user <name>', 'user; it needs CREATEDB, and to own the database')
    .option('--target-passfile <file>', 'password file in the format of .pgpass')
    .option('--target-ssl-mode <mode>', 'disable, allow, prefer, require, verify-ca or verify-full')
    .addOption(
      new Option(
        '--findings <policy>',
        'where the scan of the copy finds personal data in columns that nothing masks or knows',
      )
        .choices(['fail', 'warn', 'off'])
        .default('fail'),
    )
    .addOption(
      new Option('--connections <policy>', 'what becomes of those who are connected to the target')
        .choices(['end', 'refuse'])
        .default('end'),
    )
    .option('--no-keep-old', 'drop the old database at once, not with the next refresh')
    .optionsGroup('How to copy:')
    .option('--ignore-privileges', 'leave out GRANT and REVOKE')
    .option('--no-constraint-checks', 'do not ask the source if masked rows keep their constraints')
    .option('--pg-dump-options <options>', 'more options for pg_dump')
    .option('--pg-restore-options <options>', 'more options for pg_restore')
    .addHelpText('after', EXAMPLES)
  withConnection(withSpeech(withWork(command))).action((flags: RefreshFlags) => run(flags, context))
}

const DESCRIPTION = `Copies a database, masked by the server, straight into a new one beside the target; checks it (rows, foreign keys,
nothing unmasked); and puts it in the place of the target by renaming both. Until that moment, and when anything fails,
the target is what it was. The old one is kept as <name>_pgveil_old until the next refresh has succeeded.`

const EXAMPLES = `
Examples:
  pgveil refresh --db-host prod --db-name shop --prepared-sens-dict-file masks.py --target-host test --target-name shop_test
  pgveil refresh --dsn postgresql://app@prod/shop --prepared-sens-dict-file masks.py --target-dsn postgresql://app@test/shop_test

Passwords: PGPASSWORD or .pgpass, for the target alone PGVEIL_TARGET_PASSWORD.`

async function run(flags: RefreshFlags, context: CommandContext): Promise<void> {
  const planning = await planningFrom(flags)
  const operation = context.operation()
  const programs = await programsFrom(flags)
  const target = targetFrom(flags)
  await installLibraryIfCalled(operation, planning.source, planning.dictionaries)
  const { dictionaries, knownColumns, followKeys } = planning
  const result = await refreshFromSource(operation, {
    target,
    check: { dictionaries, knownColumns, followKeys, findings: flags.findings },
    connections: flags.connections,
    keepOld: flags.keepOld,
    programs,
    pgRestoreOptions: pgRestoreOptions(flags.pgRestoreOptions),
    ignorePrivileges: flags.ignorePrivileges ?? false,
    jobs: jobsFrom(flags),
    dump: {
      ...planning,
      programs,
      pgDumpOptions: pgDumpOptions(flags.pgDumpOptions),
      ignorePrivileges: flags.ignorePrivileges ?? false,
      checkConstraints: flags.constraintChecks,
      jobs: jobsFrom(flags),
    },
  })
  tell(result, context)
}

/** A target is named in so many words: what the environment names is the source. */
function targetFrom(flags: RefreshFlags): Target {
  if (flags.targetName === undefined && flags.targetDsn === undefined) {
    throw new Fault('usage', 'The target is not named.', { remedy: 'Give --target-name, or --target-dsn.' })
  }
  return resolveTarget(
    {
      dsn: flags.targetDsn,
      host: flags.targetHost,
      port: flags.targetPort,
      database: flags.targetName,
      user: flags.targetUser,
      password: secretOf('PGVEIL_TARGET_PASSWORD'),
      passfile: flags.targetPassfile,
      tlsMode: flags.targetSslMode,
    },
    process.env,
  )
}

function tell({ manifest, warnings, ...result }: RefreshResult, { screen }: CommandContext): void {
  for (const warning of warnings) screen.warn(warning)
  const { database, oldDatabase, tables, rows, swapMilliseconds } = result
  const masked = manifest.tables.reduce((sum, table) => sum + table.masked.length, 0)
  const old = oldDatabase === null ? '' : ` The old one is kept as ${oldDatabase}.`
  screen.result(
    { ...result, maskedColumns: masked },
    `Refreshed ${database}: ${counted(tables, 'table')}, ${counted(rows, 'row')}, ${counted(masked, 'column')} masked; away for ${Math.round(swapMilliseconds)} ms.${old}`,
  )
}
