import { BACKUP_SURFACE } from '../../jobs/backup/surface-name.ts'
import { type Run, type RunState, readRun } from '../../jobs/run.ts'
import { findRun, unknownRun } from '../../jobs/runs.ts'
import { RunFolder } from '../../store/run-folder.ts'
import type { State } from '../../store/state.ts'
import type { BackupContext } from './context.ts'
import type { ExecutionAnswer, HistoryAnswer } from './schemas/executions.ts'

/** What the document lists. */
const HISTORY_LENGTH = 100

/** Lines of a log that one answer holds: the last ones. */
const MOST_LINES = 10_000

const STATUSES: Readonly<Record<RunState, ExecutionAnswer['status']>> = {
  queued: 'Pending',
  running: 'Running',
  succeeded: 'Success',
  failed: 'Failed',
  cancelled: 'Failed',
}

/** A run of this surface. Throws `run-unknown`. */
export async function findExecution({ state }: BackupContext, id: string): Promise<Run> {
  const run = await findRun(state, id)
  if (!run || run.surface !== BACKUP_SURFACE) throw unknownRun()
  return run
}

export async function describeExecution(
  { state, home }: BackupContext,
  run: Run,
  includeLogs: boolean,
): Promise<ExecutionAnswer> {
  const { startedAt, endedAt, result } = run
  const { size, path } = (result ?? {}) as { readonly size?: unknown; readonly path?: unknown }
  return {
    id: run.id,
    jobId: run.jobId,
    jobName: await jobNameOf(state, run),
    type: typeOf(run.kind),
    status: STATUSES[run.state],
    progress: percentOf(run),
    stage: stageOf(run),
    startedAt: startedAt?.toISOString() ?? null,
    endedAt: endedAt?.toISOString() ?? null,
    duration: startedAt && endedAt ? endedAt.getTime() - startedAt.getTime() : null,
    size: typeof size === 'number' ? size : null,
    path: typeof path === 'string' ? path : null,
    error: run.fault?.message ?? null,
    logs: includeLogs
      ? (await RunFolder.at(home.path, run.folder).lastLogLines(MOST_LINES)).flatMap(readLine)
      : [],
  }
}

/** The last executions, the newest first. */
export async function listExecutions({ state }: BackupContext): Promise<HistoryAnswer[]> {
  const rows = await state
    .selectFrom('runs')
    .leftJoin('jobs', 'jobs.id', 'runs.job_id')
    .selectAll('runs')
    .select('jobs.name as job_name')
    .where('runs.surface', '=', BACKUP_SURFACE)
    .where('runs.deleted', '=', 0)
    .orderBy('runs.number', 'desc')
    .limit(HISTORY_LENGTH)
    .execute()
  return rows.map(({ job_name: jobName, ...row }) => {
    const run = readRun(row)
    const name = jobName ?? nameAtTheTime(run)
    return {
      id: run.id,
      jobId: run.jobId,
      type: typeOf(run.kind),
      status: STATUSES[run.state],
      startedAt: run.startedAt?.toISOString() ?? null,
      endedAt: run.endedAt?.toISOString() ?? null,
      job: name === null ? null : { name },
    }
  })
}

function typeOf(kind: string): ExecutionAnswer['type'] {
  return kind === 'backup' ? 'Backup' : 'Restore'
}

/** A failed one stays where it was. */
function percentOf({ state, progress }: Run): number {
  if (state === 'succeeded') return 100
  if (!progress || progress.total <= 0) return 0
  return Math.min(100, Math.max(0, Math.floor((progress.done / progress.total) * 100)))
}

function stageOf({ state, progress }: Run): string {
  if (state === 'queued') return 'Pending'
  if (state === 'running') return progress?.stage ?? 'Initializing'
  return state === 'succeeded' ? 'Completed' : state === 'cancelled' ? 'Cancelled' : 'Failed'
}

async function jobNameOf(state: State, run: Run): Promise<string | null> {
  const job = run.jobId
    ? await state.selectFrom('jobs').select('name').where('id', '=', run.jobId).executeTakeFirst()
    : undefined
  return job?.name ?? nameAtTheTime(run)
}

/** The job may be gone. */
function nameAtTheTime({ options }: Run): string | null {
  const { jobName } = options as { readonly jobName?: unknown }
  return typeof jobName === 'string' ? jobName : null
}

/** A line of the worker's log; a line that is none (a crash of the runtime) is left out. */
function readLine(line: string): ExecutionAnswer['logs'] {
  try {
    const { time, level, msg, stage } = JSON.parse(line) as Readonly<Record<string, unknown>>
    if (typeof time !== 'string' || typeof level !== 'string' || typeof msg !== 'string') return []
    return [{ timestamp: time, level, message: msg, ...(typeof stage === 'string' && { stage }) }]
  } catch {
    return []
  }
}
