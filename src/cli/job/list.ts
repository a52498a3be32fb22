import type { Command } from 'commander'
import { listExecutions } from '../../jobs/backup/executions.ts'
import { listJobs } from '../../jobs/definitions/jobs.ts'
import { nextRuns, readSchedule } from '../../jobs/schedule/cron.ts'
import type { CommandContext } from '../command-context.ts'
import { screenWidth, table } from '../screen/table.ts'
import { withJobs } from '../with-jobs.ts'
import { withSpeech } from '../work-flags.ts'

export function addList(job: Command, context: CommandContext): void {
  withSpeech(job.command('list').description('Lists the jobs with their next and their last run.')).action(
    () =>
      withJobs(context, async ({ state, clock }) => {
        const jobs = await listJobs(state)
        const found = await Promise.all(
          jobs.map(async ({ id, name, enabled, schedule, timeZone }) => {
            const [last] = await listExecutions(state, { limit: 1, jobId: id })
            const [next] = enabled ? nextRuns(readSchedule(schedule, timeZone), clock.now(), 1) : []
            return { id, name, enabled, schedule, timeZone, nextRun: next ?? null, lastRun: last ?? null }
          }),
        )
        const rows = found.map((entry) => [
          entry.name,
          `${entry.schedule} ${entry.timeZone}`,
          entry.nextRun?.toISOString() ?? (entry.enabled ? 'never' : 'disabled'),
          entry.lastRun ? `${entry.lastRun.status} ${entry.lastRun.createdAt.toISOString()}` : 'none',
        ])
        const text =
          rows.length > 0
            ? table(['name', 'schedule', 'next run', 'last run'], rows, screenWidth())
            : 'There are no jobs. Make some: pgveil apply jobs.yaml'
        context.screen.result(found, text)
      }),
  )
}
