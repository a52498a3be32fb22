import { resolve } from 'node:path'
import { type Command, Option } from 'commander'
import { columnName } from '../catalog/table-column.ts'
import type { Reason } from '../compile/scan/settle-rules.ts'
import { Fault } from '../lib/fault.ts'
import { LOCK_WAIT_MILLISECONDS } from '../operations/planning.ts'
import { reportPage } from '../operations/scan/report/html.ts'
import { SCAN_DEFAULTS, type ScanRequest } from '../operations/scan/request.ts'
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
      SCAN_DEFAULTS.partialRows,
    )
    .option(
      '--statement-timeout <seconds>',
      'how long one statement may take before its columns are given up as too slow',
      wholeNumber,
      SCAN_DEFAULTS.statementTimeout / 1000,
    )
    .option(
      '--lock-wait-timeout <seconds>',
      'how long to wait for a table that somebody is about to change',
      wholeNumber,
      LOCK_WAIT_MILLISECONDS / 1000,
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
  refuseEqualFiles(flags)
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
    const [json, html] = reportFiles(flags)
    if (json !== undefined) await writeWhole(json, `${JSON.stringify(found.report, null, 2)}\n`)
    if (html !== undefined) await writeWhole(html, reportPage(found.report))
    return found
  })
  for (const warning of result.warnings) context.screen.warn(warning)
  const seconds = (performance.now() - started) / 1000
  if (sawNothing(result)) context.endAs('failed')
  context.screen.result(resultObject(flags, result, seconds), summary(flags, result, seconds))
}

/** One output would replace another, or what is read. */
function refuseEqualFiles(flags: ScanFlags): void {
  const outputs = [flags.outputSensDictFile, flags.outputNoSensDictFile, ...reportFiles(flags)]
  const inputs = [...(flags.metaDictFile ?? []), ...(flags.since === undefined ? [] : [flags.since])]
  const paths = [...outputs.map((file) => resolve(file)), ...new Set(inputs.map((file) => resolve(file)))]
  const twice = paths.find((path, at) => paths.indexOf(path) !== at && !isOldReport(path, flags))
  if (twice === undefined) return
  throw new Fault('usage', 'Two of the files of the command are the same one.', {
    place: { file: twice },
    remedy: 'Give --output-sens-dict-file, --output-no-sens-dict-file and --report names of their own.',
  })
}

/** A report may be replaced by the next one, which has read it before. */
function isOldReport(path: string, flags: ScanFlags): boolean {
  return (
    flags.since !== undefined &&
    path === resolve(flags.since) &&
    path === resolve(reportFiles(flags)[0] ?? '')
  )
}

function reportFiles({ report }: ScanFlags): string[] {
  const base = report?.replace(/\.(?:html|json)$/, '')
  return base === undefined ? [] : [`${base}.json`, `${base}.html`]
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

/** Not one column could be looked at. */
function sawNothing({ outcomes }: ScanResult): boolean {
  const missed = outcomes.filter(({ outcome }) => outcome.kind === 'not-scanned').length
  return missed > 0 && outcomes.every(({ outcome }) => ['not-scanned', 'passed-over'].includes(outcome.kind))
}
