import { Command } from 'commander'
import { systemClock } from '../lib/clock.ts'
import { VERSION } from '../version.ts'
import { addAnswer } from './answer.ts'
import { addApply } from './apply.ts'
import type { CommandContext } from './command-context.ts'
import { addCompile } from './compile.ts'
import { addCreateDict } from './create-dict.ts'
import { addDemo } from './demo.ts'
import { addDumps } from './dump.ts'
import { addInit } from './init.ts'
import { addJob } from './job/job.ts'
import { addKeys } from './keys.ts'
import { addRefresh } from './refresh.ts'
import { addRestores } from './restore.ts'
import type { Screen } from './screen/screen.ts'
import { addServe } from './serve.ts'
import { addValidate } from './validate.ts'
import { addViewData, addViewFields } from './view.ts'
import { addViews } from './views.ts'
import { addWork } from './work.ts'

/** All commands. Parsing throws a CommanderError instead of ending the process. */
export function createProgram(screen: Screen, signal: AbortSignal, endAs: CommandContext['endAs']): Command {
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
  addInit(program, context)
  addCreateDict(program, context)
  addValidate(program, context)
  addCompile(program, context)
  addViewFields(program, context)
  addViewData(program, context)
  addViews(program, context)
  addDumps(program, context)
  addRestores(program, context)
  addRefresh(program, context)
  addApply(program, context)
  addJob(program, context)
  addServe(program, context)
  addKeys(program, context)
  addDemo(program, context)
  addWork(program, context)
  addAnswer(program, context)
  return program
}

const HELP = `
A copy in three steps:
  pgveil init    --db-host prod --db-name shop --db-user app
  pgveil dump    --db-host prod --db-name shop --db-user app --prepared-sens-dict-file masks.py --output-dir copy
  pgveil restore --db-host test --db-name shop_test --db-user app --input-dir copy

Exit codes: 0 done, 1 failed, 2 wrong use, 3 dictionary or plan refused, 130 interrupted.`
