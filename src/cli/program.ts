import { Command } from 'commander'
import { systemClock } from '../lib/clock.ts'
import { VERSION } from '../version.ts'
import type { CommandContext } from './command-context.ts'
import type { Screen } from './screen/screen.ts'

type Add = (program: Command, context: CommandContext) => void

/**
 * What adds each command, in the order in which help shows them. To load all of them took 0.35 s
 * of CPU, one takes 0.1 s.
 */
const COMMANDS: readonly { readonly names: readonly string[]; readonly load: () => Promise<Add> }[] = [
  { names: ['init'], load: async () => (await import('./init.ts')).addInit },
  { names: ['create-dict', 'scan'], load: async () => (await import('./create-dict.ts')).addCreateDict },
  { names: ['validate'], load: async () => (await import('./validate.ts')).addValidate },
  { names: ['compile'], load: async () => (await import('./compile.ts')).addCompile },
  { names: ['view-fields'], load: async () => (await import('./view.ts')).addViewFields },
  { names: ['view-data'], load: async () => (await import('./view.ts')).addViewData },
  { names: ['views'], load: async () => (await import('./views.ts')).addViews },
  {
    names: ['dump', 'sync-struct-dump', 'sync-data-dump'],
    load: async () => (await import('./dump.ts')).addDumps,
  },
  {
    names: ['restore', 'sync-struct-restore', 'sync-data-restore'],
    load: async () => (await import('./restore.ts')).addRestores,
  },
  { names: ['refresh'], load: async () => (await import('./refresh.ts')).addRefresh },
  { names: ['apply'], load: async () => (await import('./apply.ts')).addApply },
  { names: ['job'], load: async () => (await import('./job/job.ts')).addJob },
  { names: ['serve'], load: async () => (await import('./serve.ts')).addServe },
  { names: ['keys'], load: async () => (await import('./keys.ts')).addKeys },
  { names: ['demo'], load: async () => (await import('./demo.ts')).addDemo },
  { names: ['work'], load: async () => (await import('./work.ts')).addWork },
  { names: ['answer'], load: async () => (await import('./answer.ts')).addAnswer },
]

/**
 * The command that a command line names, or all of them where it names none. Parsing throws a CommanderError instead of
 * ending the process.
 */
export async function createProgram(
  argv: readonly string[],
  screen: Screen,
  signal: AbortSignal,
  endAs: CommandContext['endAs'],
): Promise<Command> {
  const program = new Command('pgveil')
    .description('Finds personal data in a PostgreSQL database and makes a copy that holds none.')
    .version(VERSION)
    .exitOverride()
    .configureHelp({ showGlobalOptions: false })
    .showSuggestionAfterError()
    .addHelpText('after', HELP)
  const context: CommandContext = {
    screen,
    endAs,
    operation: () => ({
      signal,
      log: screen.log,
      clock: systemClock,
      onProgress: (progress) => screen.progress(progress),
    }),
  }
  const named = COMMANDS.filter(({ names }) => names.includes(argv[0] ?? ''))
  for (const { load } of named.length > 0 ? named : COMMANDS) (await load())(program, context)
  return program
}

const HELP = `
A copy in three steps:
  pgveil init    --db-host prod --db-name shop --db-user app
  pgveil dump    --db-host prod --db-name shop --db-user app --prepared-sens-dict-file masks.py --output-dir copy
  pgveil restore --db-host test --db-name shop_test --db-user app --input-dir copy

Exit codes: 0 done, 1 failed, 2 wrong use, 3 dictionary or plan refused, 130 interrupted.`
