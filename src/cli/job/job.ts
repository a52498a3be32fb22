import type { Command } from 'commander'
import type { CommandContext } from '../command-context.ts'
import { addCreate } from './create.ts'
import { addList } from './list.ts'
import { addLogs } from './logs.ts'
import { addRun } from './run.ts'
import { addShow } from './show.ts'

/** Scheduled copies, over the same state file as the server's. */
export function addJob(program: Command, context: CommandContext): void {
  const job = program
    .command('job')
    .summary('scheduled copies: list, create, run, show, logs')
    .description(
      'Works with the backup jobs of PGVEIL_HOME, whether a server uses it at the time or not. Sources, destinations,\ndictionaries and keys are made by pgveil apply, or over the REST API.',
    )
    .addHelpText('after', EXAMPLES)
  addList(job, context)
  addCreate(job, context)
  addRun(job, context)
  addShow(job, context)
  addLogs(job, context)
}

const EXAMPLES = `
Examples:
  pgveil apply jobs.yaml
  pgveil job list
  pgveil job run nightly
  pgveil job show nightly
  pgveil job logs nightly`
