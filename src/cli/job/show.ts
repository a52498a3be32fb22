import type { Command } from 'commander'
import { type Execution, listExecutions } from '../../jobs/backup/executions.ts'
import { listAdapters } from '../../jobs/definitions/adapters.ts'
import { listDictionaries } from '../../jobs/definitions/dictionaries.ts'
import { type Job, settingsOf } from '../../jobs/definitions/jobs.ts'
import { listProfiles } from '../../jobs/definitions/profiles.ts'
import { nextRuns, readSchedule } from '../../jobs/schedule/cron.ts'
import type { CommandContext } from '../command-context.ts'
import { screenWidth, table } from '../screen/table.ts'
import { bytes } from '../screen/words.ts'
import { type OpenedJobs, withJobs } from '../with-jobs.ts'
import { withSpeech } from '../work-flags.ts'
import { jobNamed } from './named.ts'

const RUNS_SHOWN = 5

export function addShow(job: Command, context: CommandContext): void {
  const command = job
    .command('show')
    .description('Shows a job: what it does, when it runs next, how it ended last.')
    .argument('<job>', 'its name or id')
  withSpeech(command).action((nameOrId: string) =>
    withJobs(context, async (jobs) => {
      const found = await jobNamed(jobs.state, nameOrId)
      const upcoming = found.enabled
        ? nextRuns(readSchedule(found.schedule, found.timeZone), jobs.clock.now(), RUNS_SHOWN)
        : []
      const executions = await listExecutions(jobs.state, { limit: RUNS_SHOWN, jobId: found.id })
      const value = {
        id: found.id,
        folder: found.folder,
        ...settingsOf(found),
        nextRuns: upcoming,
        executions,
      }
      context.screen.result(value, await describe(jobs, found, upcoming, executions))
    }),
  )
}

async function describe(
  jobs: OpenedJobs,
  job: Job,
  upcoming: readonly Date[],
  executions: readonly Execution[],
): Promise<string> {
  const names = new Map(
    [...(await listAdapters(jobs)), ...(await listDictionaries(jobs)), ...(await listProfiles(jobs))].map(
      ({ id, name }) => [id, name],
    ),
  )
  const nameOf = (id: string) => names.get(id) ?? id
  const lines = [
    ['Job', job.name],
    ['Source', `${nameOf(job.sourceId)} ${job.databases.join(', ')}`.trim()],
    [
      'Masked by',
      job.anonymize ? job.dictionaryIds.map(nameOf).join(', ') : 'nothing: rows are copied as they are',
    ],
    ['Destination', `${nameOf(job.destinationId)}, folder ${job.folder}`],
    ['Compression', job.compression],
    ['Encryption', job.encryptionProfileId === null ? 'none' : nameOf(job.encryptionProfileId)],
    ['Retention', JSON.stringify(job.retention)],
    ['Refreshes', job.targets.map(({ targetSourceId }) => nameOf(targetSourceId)).join(', ') || 'nothing'],
    ['Tells', job.notificationIds.map(nameOf).join(', ') || 'nobody'],
    ['Schedule', `${job.schedule} ${job.timeZone}${job.enabled ? '' : ' (disabled)'}`],
    ...upcoming.map((time, index) => [index === 0 ? 'Next runs' : '', time.toISOString()]),
  ]
  const settings = lines.map(([label = '', value = '']) => `${label.padEnd(12)} ${value}`).join('\n')
  if (executions.length === 0) return settings
  const rows = executions.map((execution) => [
    execution.createdAt.toISOString(),
    execution.status,
    execution.error ??
      `${execution.path ?? ''}${execution.size === null ? '' : ` (${bytes(execution.size)})`}`,
    execution.id,
  ])
  return `${settings}\n\n${table(['last runs', 'status', 'what came of it', 'id'], rows, screenWidth())}`
}
