import type { Command } from 'commander'
import { executionLog, executionRun, listExecutions } from '../../jobs/backup/executions.ts'
import { Fault } from '../../lib/fault.ts'
import type { State } from '../../store/state.ts'
import type { CommandContext } from '../command-context.ts'
import { withJobs } from '../with-jobs.ts'
import { wholeNumber, withSpeech } from '../work-flags.ts'
import { jobNamed } from './named.ts'

interface LogsFlags {
  readonly tail: number
}

export function addLogs(job: Command, context: CommandContext): void {
  const command = job
    .command('logs')
    .description('Shows the log of a run: the last one of a job, or the one of an id.')
    .argument('<job or run>', 'name or id of a job, or id of a run')
    .option('--tail <lines>', 'how many of the last lines', wholeNumber, 1000)
  withSpeech(command).action((which: string, { tail }: LogsFlags) =>
    withJobs(context, async ({ state, home }) => {
      const run = await executionRun(state, await runMeant(state, which))
      const entries = await executionLog(home, run, tail)
      const lines = entries.map(({ timestamp, level, stage, message }) =>
        [timestamp, level, stage, message].filter((part) => part !== undefined).join(' '),
      )
      context.screen.result({ id: run.id, logs: entries }, lines.join('\n') || 'The log is empty.')
    }),
  )
}

async function runMeant(state: State, which: string): Promise<string> {
  const isRun = await executionRun(state, which).catch(() => undefined)
  if (isRun) return which
  const { id, name } = await jobNamed(state, which)
  const [last] = await listExecutions(state, { limit: 1, jobId: id })
  if (last) return last.id
  throw new Fault('run-unknown', `The job "${name}" has not run yet.`, {
    remedy: `Run it: pgveil job run ${name}`,
  })
}
