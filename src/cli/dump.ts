import { basename, extname } from 'node:path'
import type { Command } from 'commander'
import { type DumpResult, dump } from '../operations/dump/dump.ts'
import { DUMP_CONTENTS, type DumpRequest } from '../operations/dump/request.ts'
import { pgDumpOptions } from '../operations/program-options.ts'
import type { ValidateRequest } from '../operations/validate/validate.ts'
import type { CommandContext } from './command-context.ts'
import { withConnection } from './connection.ts'
import { type PlanningFlags, planningFrom, withPlanning } from './planning-flags.ts'
import { withSavedRun } from './saved-run.ts'
import { bytes, counted } from './screen/words.ts'
import { runValidate } from './validate.ts'
import { jobsFrom, programsFrom, type WorkFlags, withSpeech, withWork } from './work-flags.ts'

interface DumpFlags extends PlanningFlags, WorkFlags {
  readonly outputDir?: string
  readonly clearOutputDir?: boolean
  readonly pgDump?: string
  readonly pgDumpOptions?: string
  readonly ignorePrivileges?: boolean
  readonly largeObjects?: boolean
  readonly constraintChecks: boolean
  readonly saveDicts?: boolean
  readonly internalOperationId?: string
  readonly dbgStage1?: boolean
  readonly dbgStage2?: boolean
  readonly dbgStage3?: boolean
}

const KINDS = [
  { name: 'dump', summary: 'make an anonymized archive: structure and rows' },
  { name: 'sync-struct-dump', summary: 'make an archive of the structure alone' },
  { name: 'sync-data-dump', summary: 'make an anonymized archive of the rows alone' },
] as const

export function addDumps(program: Command, context: CommandContext): void {
  for (const { name, summary } of KINDS) {
    const content = DUMP_CONTENTS[name]
    const command = withDumpOptions(program.command(name).summary(summary).description(DESCRIPTIONS[content]))
      .addHelpText('after', EXAMPLES)
      .action((flags: DumpFlags) => runDump(name, content, flags, context))
    withConnection(withSpeech(withWork(command)))
  }
}

const DESCRIPTIONS = {
  full: `Makes an anonymized archive of a database, in the directory format of pg_dump, which plain pg_restore restores.
Masking happens inside PostgreSQL, in one read-only snapshot: no raw row reaches this machine's disk. What would leak
(a rule that finds no column) or would not restore (a duplicate key, NULL where none may be) is refused beforehand.`,
  structure: 'Makes an archive of the structure of a database, without any rows.',
  data: `Makes an anonymized archive of the rows of a database, for a target that has the structure already.`,
} as const

const EXAMPLES = `
Examples:
  pgveil dump --db-name shop --prepared-sens-dict-file masks.py --output-dir copy
  pgveil dump --db-name shop --prepared-sens-dict-file base.py extra.json --output-dir copy --clear-output-dir
  pgveil dump --db-name shop --prepared-sens-dict-file masks.py --partial-tables-dict-file only.py --output-dir part

A dictionary that masks one column:
  {"dictionary": [{"schema": "public", "table": "customers", "fields": {"email": "md5(email)"}}]}`

function withDumpOptions(command: Command): Command {
  return withPlanning(command)
    .optionsGroup('What to dump:')
    .option('--ignore-privileges', 'leave out privileges (GRANT, REVOKE)')
    .option('--large-objects', 'include large objects; they are copied as they are, masked by nothing')
    .option('--no-constraint-checks', 'do not ask beforehand whether masked rows keep the constraints')
    .optionsGroup('Where to:')
    .option('--output-dir <folder>', 'folder for the archive (default: the name of the first dictionary)')
    .option('--clear-output-dir', 'remove an archive that is there already')
    .option('--save-dicts', 'keep the dictionaries and options of this run under PGVEIL_HOME/runs')
    .option('--internal-operation-id <id>', 'id of the run to keep')
    .optionsGroup('Only validate (what pgveil validate does):')
    .option('--dbg-stage-1', 'make no archive; validate without reading rows')
    .option('--dbg-stage-2', 'make no archive; validate on 100 rows of each table')
    .option('--dbg-stage-3', 'make no archive; validate on all rows')
    .optionsGroup("PostgreSQL's programs:")
    .option('--pg-dump <path>', 'pg_dump to use (default: the one that fits the server)')
    .option('--pg-dump-options <text>', 'options to pass on to pg_dump, in one text')
}

async function runDump(
  name: string,
  content: DumpRequest['content'],
  flags: DumpFlags,
  context: CommandContext,
): Promise<void> {
  const stage = stageOf(flags)
  if (stage !== undefined) return runValidate({ ...flags, sample: stage }, context)
  const request: DumpRequest = {
    ...(await planningFrom(flags)),
    content,
    outputFolder: flags.outputDir ?? nameOf(flags.preparedSensDictFile?.[0] ?? ''),
    clearOutput: flags.clearOutputDir ?? false,
    programs: await programsFrom(flags),
    pgDumpOptions: pgDumpOptions(flags.pgDumpOptions),
    ignorePrivileges: flags.ignorePrivileges ?? false,
    largeObjects: flags.largeObjects ?? false,
    checkConstraints: flags.constraintChecks,
    jobs: jobsFrom(flags),
  }
  const started = performance.now()
  const run = {
    name,
    flags,
    dictionaries: {
      prepared_sens_dict_files: request.dictionaries,
      prepared_no_sens_dict_files: request.knownColumns,
      partial_tables_dict_files: request.onlyTables,
      partial_tables_exclude_dict_files: request.withoutTables,
    },
  }
  const result = await withSavedRun(context, run, () => dump(context.operation(), request))
  for (const warning of result.warnings) context.screen.warn(warning)
  for (const leftOut of result.manifest.leftOut) context.screen.say(`left out: ${leftOut}`)
  const seconds = (performance.now() - started) / 1000
  context.screen.result(
    { folder: result.folder, seconds, manifest: result.manifest, warnings: result.warnings },
    summary(result, seconds),
  )
}

/** The names of pg_anon for validating in the place of dumping. */
function stageOf(flags: DumpFlags): ValidateRequest['sample'] | undefined {
  if (flags.dbgStage1) return 'none'
  if (flags.dbgStage2) return 100
  return flags.dbgStage3 ? 'all' : undefined
}

function nameOf(file: string): string {
  return basename(file, extname(file))
}

function summary({ folder, manifest }: DumpResult, seconds: number): string {
  const rows = manifest.tables.reduce((sum, table) => sum + table.rows, 0)
  const size = manifest.tables.reduce((sum, table) => sum + table.fileBytes, 0)
  const masked = manifest.tables.reduce((sum, table) => sum + table.masked.length, 0)
  const tables = manifest.tables.filter((table) => table.file !== null).length
  const what =
    manifest.content === 'structure'
      ? 'the structure'
      : `${counted(tables, 'table')}, ${counted(rows, 'row')}, ${counted(masked, 'column')} masked, ${bytes(size)}`
  return `${folder}: ${what}, in ${seconds.toFixed(1)} s.`
}
