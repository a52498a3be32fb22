import type { Command } from 'commander'
import { compile, compileViews } from '../operations/compile.ts'
import type { CommandContext } from './command-context.ts'
import { withConnection } from './connection.ts'
import { type PlanningFlags, planningFrom, withPlanning } from './planning-flags.ts'
import { withViewsSchema } from './views.ts'
import { withSpeech } from './work-flags.ts'

interface CompileFlags extends PlanningFlags {
  readonly views?: boolean
  readonly viewsSchema: string
}

export function addCompile(program: Command, context: CommandContext): void {
  const command = withPlanning(
    program
      .command('compile')
      .summary('print the SQL that a dump would run, for review')
      .description(DESCRIPTION),
  )
  withViewsSchema(command)
    .option('--views', 'print the CREATE VIEW statements of pgveil views install instead')
    .addHelpText('after', EXAMPLES)
    .action((flags: CompileFlags) => runCompile(flags, context))
  withConnection(withSpeech(command))
}

const DESCRIPTION = `Prints, for each table, the COPY that a dump with these dictionaries runs, with comments that say where each rule
stands. The same dictionaries and the same tables give the same text, so that a diff between two versions of a
dictionary is a diff of SQL. psql runs the text as it is, and shows real data, masked.`

const EXAMPLES = `
Examples:
  pgveil compile --db-name shop --prepared-sens-dict-file masks.py > masks.sql
  pgveil compile --db-name shop --prepared-sens-dict-file masks.py | psql shop
  pgveil compile --db-name shop --prepared-sens-dict-file masks.py --views`

async function runCompile(flags: CompileFlags, context: CommandContext): Promise<void> {
  const request = { ...(await planningFrom(flags)), viewsSchema: flags.viewsSchema }
  const { text, warnings } = await (flags.views ? compileViews : compile)(context.operation(), request)
  for (const warning of warnings) context.screen.warn(warning)
  context.screen.result({ sql: text, warnings }, text.trimEnd())
}
