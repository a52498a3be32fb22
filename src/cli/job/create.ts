import { type Command, Option } from 'commander'
import { idsByName, withIds } from '../../jobs/definitions/apply.ts'
import { createJob } from '../../jobs/definitions/jobs.ts'
import type { FiledJob } from '../../jobs/definitions/jobs-file.ts'
import { nextRuns, readSchedule } from '../../jobs/schedule/cron.ts'
import { Fault } from '../../lib/fault.ts'
import { readRetention } from '../../storage/retention.ts'
import { COMPRESSIONS } from '../../storage/sidecar.ts'
import type { CommandContext } from '../command-context.ts'
import { withJobs } from '../with-jobs.ts'
import { wholeNumber, withSpeech } from '../work-flags.ts'

interface CreateFlags {
  readonly name: string
  readonly schedule: string
  readonly timeZone: string
  readonly missedRuns: 'skip' | 'run-once'
  readonly source: string
  readonly databases?: string[]
  readonly dictionaries?: string[]
  readonly anonymize: boolean
  readonly unknownColumns: FiledJob['unknownColumns']
  readonly destination: string
  readonly compression: FiledJob['compression']
  readonly encryptionProfile?: string
  readonly keep?: number
  readonly retention?: string
  readonly notify?: string[]
  readonly refresh?: string
  readonly refreshDatabase?: string
  readonly disabled?: boolean
}

export function addCreate(job: Command, context: CommandContext): void {
  const command = job
    .command('create')
    .description('Makes a job. What it names must be there: pgveil apply makes it, or the REST API.')
    .requiredOption('--name <name>', 'name of the job')
    .requiredOption('--schedule <cron>', 'when it runs: "0 2 * * *"')
    .option('--time-zone <name>', 'time zone of the schedule and the retention', 'UTC')
    .addOption(
      new Option('--missed-runs <policy>', 'what becomes of runs that were missed while no server ran')
        .choices(['skip', 'run-once'])
        .default('run-once'),
    )
    .optionsGroup('What is copied:')
    .requiredOption('--source <name>', 'source')
    .option('--databases <names...>', 'databases of the source (default: the one that it names)')
    .option('--dictionaries <names...>', 'dictionaries')
    .option('--no-anonymize', 'copy the rows as they are')
    .addOption(
      new Option('--unknown-columns <policy>', 'columns that no dictionary knows')
        .choices(['copy', 'fail', 'null'])
        .default('copy'),
    )
    .optionsGroup('Where to:')
    .requiredOption('--destination <name>', 'destination')
    .addOption(new Option('--compression <kind>', 'of the file').choices([...COMPRESSIONS]).default('GZIP'))
    .option('--encryption-profile <name>', 'seal the file with this key of the vault')
    .option('--keep <number>', 'keep this many of the newest files', wholeNumber)
    .option(
      '--retention <json>',
      'or keep by this policy: \'{"mode":"SMART","smart":{"daily":7,"weekly":4}}\'',
    )
    .optionsGroup('Afterwards:')
    .option('--refresh <source>', 'restore into this server after each success')
    .option('--refresh-database <name>', 'under this name (default: the same)')
    .option('--notify <names...>', 'notification channels to tell of failures, and when they are over')
    .option('--disabled', 'do not run it by its schedule yet')
    .addHelpText('after', EXAMPLES)
  withSpeech(command).action((flags: CreateFlags) =>
    withJobs(context, async (jobs) => {
      const input = withIds(filedJob(flags), await idsByName(jobs))
      const made = await createJob(jobs, input)
      const [next] = nextRuns(readSchedule(made.schedule, made.timeZone), jobs.clock.now(), 1)
      const when = made.enabled ? `next run ${next?.toISOString()}` : 'disabled'
      context.screen.result({ id: made.id, ...input }, `The job "${made.name}" is there, ${when}.`)
    }),
  )
}

const EXAMPLES = `
Examples:
  pgveil job create --name nightly --schedule "0 2 * * *" --time-zone Europe/Berlin --source shop --dictionaries masks \\
    --destination backups --encryption-profile vault --keep 14 --refresh staging --refresh-database shop_test`

function filedJob(flags: CreateFlags): FiledJob {
  return {
    name: flags.name,
    schedule: flags.schedule,
    timeZone: flags.timeZone,
    missedRuns: flags.missedRuns,
    enabled: !flags.disabled,
    source: flags.source,
    databases: flags.databases ?? [],
    anonymize: flags.anonymize,
    unknownColumns: flags.unknownColumns,
    dictionaries: flags.dictionaries ?? [],
    destination: flags.destination,
    compression: flags.compression,
    encryptionProfile: flags.encryptionProfile ?? null,
    retention: retentionOf(flags),
    notifications: flags.notify ?? [],
    notificationEvents: null,
    targets:
      flags.refresh === undefined
        ? []
        : [
            {
              targetSource: flags.refresh,
              targetDatabaseName: flags.refreshDatabase,
              findings: 'fail',
              connections: 'end',
            },
          ],
  }
}

function retentionOf({ keep, retention }: CreateFlags): FiledJob['retention'] {
  if (keep !== undefined) return { mode: 'SIMPLE', simple: { keepCount: keep } }
  if (retention === undefined) return { mode: 'NONE' }
  try {
    return readRetention(JSON.parse(retention))
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    throw new Fault('retention-invalid', '--retention is no JSON.', { cause: error })
  }
}
