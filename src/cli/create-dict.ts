import { type Command, Option } from 'commander'
import { columnName } from '../catalog/table-column.ts'
import type { Reason } from '../compile/scan/settle-rules.ts'
import { reportPage } from '../operations/scan/report/html.ts'
import type { ScanRequest } from '../operations/scan/request.ts'
import type { ScanResult } from '../operations/scan/result.ts'
import { scan } from '../operations/scan/scan.ts'
import type { CommandContext } from './command-context.ts'
import { type ConnectionFlags, targetFrom, withConnection } from './connection.ts'
import { withSavedRun } from './saved-run.ts'
import { screenWidth, table } from './screen/table.ts'
import { count } from './screen/words.ts'
import {
  jobsFrom,
  readDictionaries,
  type WorkFlags,
  wholeNumber,
  withSpeech,
  withWork,
} from './work-flags.ts'
import { writeWhole } from './write-whole.ts'

interface ScanFlags extends ConnectionFlags, WorkFlags {
  readonly metaDictFile?: string[]
  readonly preparedSensDictFile?: string[]
  readonly preparedNoSensDictFile?: string[]
  readonly outputSensDictFile: string
  readonly outputNoSensDictFile: string
  readonly scanMode: ScanRequest['mode']
  readonly scanPartialRows: number
  readonly builtin?: boolean
  readonly report?: string
  readonly since?: string
  readonly statementTimeout: number
  readonly lockWaitTimeout: number
  readonly saveDicts?: boolean
  readonly internalOperationId?: string
}

export function addCreateDict(program: Command, context: CommandContext): void {
  const command = program
    .command('create-dict')
    .alias('scan')
    .summary('find the columns that hold personal data, and write the dictionary that masks them')
    .description(DESCRIPTION)
    .optionsGroup('What to look for:')
    .option('--meta-dict-file <files...>', 'meta-dictionaries: what to look for; the later one wins')
    .option(
      '--builtin',
      'also judge columns by what pgveil knows itself (default where no meta-dictionary is given)',
    )
    .option(
      '--prepared-sens-dict-file <files...>',
      'sensitive dictionaries: what they mask is not looked at, and stays in the result',
    )
    .option(
      '--prepared-no-sens-dict-file <files...>',
      'non-sensitive dictionaries: columns that are not looked at, and stay in the result',
    )
    .optionsGroup('How hard to look:')
    .addOption(
      new Option('--scan-mode <mode>', 'the first values of each column, or all rows')
        .choices(['partial', 'full'])
        .default('partial'),
    )
    .option(
      '--scan-partial-rows <number>',
      'values of a column that a partial scan looks at',
      wholeNumber,
      10_000,
    )
    .option(
      '--statement-timeout <seconds>',
      'how long one statement may take before its columns are given up as too slow',
      wholeNumber,
      60,
    )
    .option(
      '--lock-wait-timeout <seconds>',
      'how long to wait for a table that somebody is about to change',
      wholeNumber,
      30,
    )
    .option(
      '--since <report>',
      'JSON report of an earlier scan: tables that have not changed since are not looked at',
    )
    .optionsGroup('Where to:')
    .option('--output-sens-dict-file <file>', 'sensitive dictionary to write', 'sens_dict.json')
    .option('--output-no-sens-dict-file <file>', 'non-sensitive dictionary to write', 'no_sens_dict.json')
    .option('--report <file>', 'also write what was found and why, as <file>.html and <file>.json')
    .option('--save-dicts', 'keep the dictionaries and options of this run under PGVEIL_HOME/runs')
    .option('--internal-operation-id <id>', 'id of the run to keep')
    .addHelpText('after', EXAMPLES)
    .action((flags: ScanFlags) => runScan(flags, context))
  withConnection(withSpeech(withWork(command)))
}

const DESCRIPTION = `Looks through a database for personal data and writes two dictionaries: the columns that hold some, each with
the rule that masks it, and those that hold none. PostgreSQL tests and counts; no value leaves it. Without a
meta-dictionary pgveil judges by names, forms, checksums and vocabularies that it knows itself. Read the result
before you use it: no scan finds everything. (Only for regular expressions that PostgreSQL does not have do values come
here, of columns that nothing else has decided; a warning says so.)`

const EXAMPLES = `
Examples:
  pgveil create-dict --db-name shop
  pgveil create-dict --db-name shop --report shop_report
  pgveil create-dict --db-name shop --meta-dict-file meta.py --output-sens-dict-file masks.py --scan-mode full
  pgveil create-dict --db-name shop --prepared-sens-dict-file sens_dict.json --prepared-no-sens-dict-file no_sens_dict.json

The last one looks at columns only that came since. What comes out is what pgveil dump takes.`

async function runScan(flags: ScanFlags, context: CommandContext): Promise<void> {
  const [since] = await readDictionaries(flags.since === undefined ? [] : [flags.since])
  const request: ScanRequest = {
    source: targetFrom(flags),
    metaDictionaries: await readDictionaries(flags.metaDictFile),
    sensitive: await readDictionaries(flags.preparedSensDictFile),
    nonSensitive: await readDictionaries(flags.preparedNoSensDictFile),
    mode: flags.scanMode,
    partialRows: flags.scanPartialRows,
    builtin: flags.builtin,
    since,
    jobs: jobsFrom(flags),
    statementTimeout: flags.statementTimeout * 1000,
    lockWait: flags.lockWaitTimeout * 1000,
  }
  const run = {
    name: 'create-dict',
    flags,
    dictionaries: {
      meta_dict_files: request.metaDictionaries,
      prepared_sens_dict_files: request.sensitive,
      prepared_no_sens_dict_files: request.nonSensitive,
    },
  }
  const started = performance.now()
  const result = await withSavedRun(context, run, async () => {
    const found = await scan(context.operation(), request)
    await writeWhole(flags.outputSensDictFile, found.sensitive)
    await writeWhole(flags.outputNoSensDictFile, found.nonSensitive)
    if (flags.report !== undefined) {
      const base = flags.report.replace(/\.(?:html|json)$/, '')
      await writeWhole(`${base}.json`, `${JSON.stringify(found.report, null, 2)}\n`)
      await writeWhole(`${base}.html`, reportPage(found.report))
    }
    return found
  })
  for (const warning of result.warnings) context.screen.warn(warning)
  const seconds = (performance.now() - started) / 1000
  context.screen.result(resultObject(flags, result, seconds), summary(flags, result, seconds))
}

function resultObject(flags: ScanFlags, { report, warnings }: ScanResult, seconds: number): object {
  return {
    sensitiveDictionary: flags.outputSensDictFile,
    nonSensitiveDictionary: flags.outputNoSensDictFile,
    seconds,
    report,
    warnings,
  }
}

function summary(flags: ScanFlags, { outcomes }: ScanResult, seconds: number): string {
  const rows = outcomes.flatMap(({ outcome, ...member }) =>
    outcome.kind === 'sensitive'
      ? [[columnName(member), member.column.type, because(outcome.reason), outcome.rule ?? '']]
      : [],
  )
  const found =
    rows.length > 0 ? `${table(['column', 'type', 'because', 'rule'], rows, screenWidth())}\n\n` : ''
  const looked = outcomes.filter(({ outcome }) => outcome.kind !== 'passed-over').length
  return `${found}${count(rows.length)} of ${count(looked)} columns hold personal data, in ${seconds.toFixed(1)} s.
Written to ${flags.outputSensDictFile} and ${flags.outputNoSensDictFile}.`
}

function because(reason: Reason): string {
  if (reason.kind === 'report') return reason.reported.entity ?? 'report'
  return reason.kind === 'detection'
    ? `${reason.detection.entity} ${reason.detection.confidence.toFixed(2)}`
    : reason.kind
}
