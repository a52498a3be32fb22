import { z } from 'zod'
import type { Home } from '../../store/home.ts'
import { RunFolder } from '../../store/run-folder.ts'
import type { State } from '../../store/state.ts'
import { type Run, type RunState, readRun } from '../run.ts'
import { unknownRun } from '../runs.ts'
import { BACKUP_SURFACE } from './surface-name.ts'

/** A run of a job, or a restore of a stored backup, in the words of the documented API. */
export interface Execution {
  readonly id: string
  readonly jobId: string | null
  readonly jobName: string | null
  readonly type: 'Backup' | 'Restore'
  readonly status: 'Pending' | 'Running' | 'Success' | 'Failed'
  /** 0 to 100; it never falls. */
  readonly progress: number
  readonly stage: string | null
  readonly createdAt: Date
  readonly startedAt: Date | null
  readonly endedAt: Date | null
  /** Milliseconds; null until it has ended. */
  readonly duration: number | null
  /** Bytes of the backup as it is stored. */
  readonly size: number | null
  /** Of the backup, in its destination. */
  readonly path: string | null
  readonly error: string | null
}

export interface LogEntry {
  /** ISO 8601. */
  readonly timestamp: string
  readonly level: 'debug' | 'info' | 'warn' | 'error'
  readonly message: string
  readonly stage?: string | undefined
}

const STATUS: Readonly<Record<RunState, Execution['status']>> = {
  queued: 'Pending',
  running: 'Running',
  succeeded: 'Success',
  failed: 'Failed',
  cancelled: 'Failed',
}

/** The newest first. */
export async function listExecutions(
  state: State,
  { limit, jobId }: { readonly limit: number; readonly jobId?: string | undefined },
): Promise<Execution[]> {
  const query = state
    .selectFrom('runs')
    .selectAll()
    .where('surface', '=', BACKUP_SURFACE)
    .where('deleted', '=', 0)
    .orderBy('number', 'desc')
    .limit(limit)
  const rows = await (jobId === undefined ? query : query.where('job_id', '=', jobId)).execute()
  return rows.map((row) => executionOf(readRun(row)))
}

/** Throws `run-unknown`. */
export async function findExecution(state: State, id: string): Promise<Execution> {
  return executionOf(await executionRun(state, id))
}

/** The run that an execution is. Throws `run-unknown`. */
export async function executionRun(state: State, id: string): Promise<Run> {
  const row = await state
    .selectFrom('runs')
    .selectAll()
    .where('id', '=', id)
    .where('surface', '=', BACKUP_SURFACE)
    .where('deleted', '=', 0)
    .executeTakeFirst()
  if (!row) throw unknownRun()
  return readRun(row)
}

export function executionOf(run: Run): Execution {
  const { jobId, jobName } = run.options as { jobId?: string | null; jobName?: string | null }
  const { size, path } = (run.result ?? {}) as { size?: number; path?: string }
  const { startedAt, endedAt, progress } = run
  return {
    id: run.id,
    jobId: jobId ?? null,
    jobName: jobName ?? null,
    type: run.kind === 'backup' ? 'Backup' : 'Restore',
    status: STATUS[run.state],
    progress: run.state === 'succeeded' ? 100 : Math.floor(progress?.done ?? 0),
    stage: progress?.stage ?? (run.state === 'running' ? 'Initializing' : null),
    createdAt: run.createdAt,
    startedAt,
    endedAt,
    duration: startedAt && endedAt ? endedAt.getTime() - startedAt.getTime() : null,
    size: size ?? null,
    path: path ?? null,
    error: run.fault?.message ?? null,
  }
}

/** The last lines of an execution's log, oldest first. */
export async function executionLog(home: Home, run: Run, most: number): Promise<LogEntry[]> {
  const lines = await RunFolder.at(home.path, run.folder).lastLogLines(most)
  return lines.flatMap((line) => readLogLine(line) ?? [])
}

const logLine = z.object({
  time: z.string(),
  level: z.enum(['debug', 'info', 'warn', 'error']),
  msg: z.string(),
  stage: z.string().optional(),
  item: z.string().optional(),
  /** Of `total`, where the line tells of progress. */
  done: z.number().optional(),
  total: z.number().positive().optional(),
})

/** A line of pino's; what a runtime printed beside them is passed over. */
function readLogLine(line: string): LogEntry | undefined {
  try {
    const { time, level, msg, stage, item, done, total } = logLine.parse(JSON.parse(line))
    const share = done === undefined || total === undefined ? [] : [`${Math.floor((100 * done) / total)} %`]
    const message = [msg, ...share, ...(item === undefined ? [] : [item])].join(' ')
    return { timestamp: time, level, message, stage }
  } catch {
    return undefined
  }
}
