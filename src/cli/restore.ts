import type { Command } from 'commander'
import { pgRestoreOptions } from '../operations/program-options.ts'
import { existingFrom, RESTORE_CONTENTS, type RestoreRequest } from '../operations/restore/request.ts'
import { restore } from '../operations/restore/restore.ts'
import type { CommandContext } from './command-context.ts'
import { type ConnectionFlags, targetFrom, withConnection } from './connection.ts'
import { withSavedRun } from './saved-run.ts'
import { counted } from './screen/words.ts'
import {
  jobsFrom,
  programsFrom,
  readDictionaries,
  type WorkFlags,
  withSpeech,
  withWork,
} from './work-flags.ts'

interface RestoreFlags extends ConnectionFlags, WorkFlags {
  readonly inputDir: string
  readonly partialTablesDictFile?: string[]
  readonly partialTablesExcludeDictFile?: string[]
  readonly cleanDb?: boolean
  readonly dropDb?: boolean
  readonly ignorePrivileges?: boolean
  readonly dropCustomCheckConstr?: boolean
  readonly seqInitByMaxValue?: boolean
  readonly disableChecks?: boolean
  readonly pgRestore?: string
  readonly pgRestoreOptions?: string
  readonly saveDicts?: boolean
  readonly internalOperationId?: string
}

const KINDS = [
  { name: 'restore', summary: 'restore an archive: structure and rows' },
  { name: 'sync-struct-restore', summary: 'restore the structure of an archive' },
  { name: 'sync-data-restore', summary: 'restore the rows of an archive into tables that are there' },
] as const

const DESCRIPTIONS = {
  full: `Restores an archive into an empty database through pg_restore, several tables at once. Checksums, versions, disk
space and the emptiness of the target are checked first; it never restores onto the database the archive came from.`,
  structure: 'Restores the structure of an archive, without its rows, into an empty database.',
  data: `Restores the rows of an archive into tables that exist and are empty, and checks their foreign keys. With
--clean-db the tables are emptied first.`,
} as const

const EXAMPLES = `
Examples:
  pgveil restore --db-name shop_test --input-dir copy
  pgveil restore --db-name shop_test --input-dir copy --drop-db
  pgveil restore --db-name shop_test --input-dir copy --partial-tables-exclude-dict-file without.py`

export function addRestores(program: Command, context: CommandContext): void {
  for (const { name, summary } of KINDS) {
    const content = RESTORE_CONTENTS[name]
    const command = withRestoreOptions(
      program.command(name).summary(summary).description(DESCRIPTIONS[content]),
    )
      .addHelpText('after', EXAMPLES)
      .action((flags: RestoreFlags) => runRestore(name, content, flags, context))
    withConnection(withSpeech(withWork(command)))
  }
}

function withRestoreOptions(command: Command): Command {
  return command
    .optionsGroup('What to restore:')
    .requiredOption('--input-dir <folder>', 'folder of the archive')
    .option('--partial-tables-dict-file <files...>', 'tables dictionaries: restore only these tables')
    .option('--partial-tables-exclude-dict-file <files...>', 'tables dictionaries: leave these tables out')
    .option('--ignore-privileges', 'leave out privileges (GRANT, REVOKE)')
    .optionsGroup('The target:')
    .option('--clean-db', 'drop what the archive holds before restoring it (rows alone: empty the tables)')
    .option('--drop-db', 'drop the whole database and create it anew')
    .option('--drop-custom-check-constr', 'drop CHECK constraints that call functions of the database')
    .option('--seq-init-by-max-value', 'set sequences by the highest value of their column')
    .option('--disable-checks', 'do not check version and disk space')
    .option('--save-dicts', 'keep the dictionaries and options of this run under PGVEIL_HOME/runs')
    .option('--internal-operation-id <id>', 'id of the run to keep')
    .optionsGroup("PostgreSQL's programs:")
    .option('--pg-restore <path>', 'pg_restore to use (default: the one that fits)')
    .option('--pg-restore-options <text>', 'options to pass on to pg_restore, in one text')
}

async function runRestore(
  name: string,
  content: RestoreRequest['content'],
  flags: RestoreFlags,
  context: CommandContext,
): Promise<void> {
  const existing = existingFrom(flags.cleanDb ?? false, flags.dropDb ?? false)
  const request: RestoreRequest = {
    target: targetFrom(flags),
    inputFolder: flags.inputDir,
    content,
    onlyTables: await readDictionaries(flags.partialTablesDictFile),
    withoutTables: await readDictionaries(flags.partialTablesExcludeDictFile),
    existing,
    programs: await programsFrom(flags),
    pgRestoreOptions: pgRestoreOptions(flags.pgRestoreOptions),
    ignorePrivileges: flags.ignorePrivileges ?? false,
    dropCustomChecks: flags.dropCustomCheckConstr ?? false,
    sequencesByMaxValue: flags.seqInitByMaxValue ?? false,
    disableChecks: flags.disableChecks ?? false,
    jobs: jobsFrom(flags),
  }
  const started = performance.now()
  const run = {
    name,
    flags,
    dictionaries: {
      partial_tables_dict_files: request.onlyTables,
      partial_tables_exclude_dict_files: request.withoutTables,
    },
  }
  const result = await withSavedRun(context, run, () => restore(context.operation(), request))
  for (const warning of result.warnings) context.screen.warn(warning)
  for (const leftOut of result.leftOut) context.screen.say(`left out: ${leftOut}`)
  const seconds = (performance.now() - started) / 1000
  const what =
    content === 'structure'
      ? 'the structure'
      : `${counted(result.tables, 'table')}, ${counted(result.rows, 'row')}`
  context.screen.result(
    { database: request.target.database, seconds, ...result },
    `${request.target.database}: ${what}, in ${seconds.toFixed(1)} s.`,
  )
}
