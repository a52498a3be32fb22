import type { Selectable } from 'kysely'
import type { Progress } from '../operations/context.ts'
import type { ProcessIdentity } from '../storage/process-identity.ts'
import type { RunsTable } from '../store/tables.ts'

export type RunState = 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled'

/** Which states a run may be in before it comes into another one. What is not here does not happen. */
export const STATES_BEFORE = {
  running: ['queued'],
  succeeded: ['running'],
  failed: ['queued', 'running'],
  cancelled: ['queued', 'running'],
} as const satisfies Partial<Record<RunState, readonly RunState[]>>

export type SettledState = 'succeeded' | 'failed' | 'cancelled'

export function isSettled(state: RunState): state is SettledState {
  return state === 'succeeded' || state === 'failed' || state === 'cancelled'
}

/** A value that JSON can hold. */
export type JsonObject = { readonly [name: string]: unknown }

/** Why a run failed, in words that hold no secret and no value of a row. */
export interface RunFault {
  readonly code: string
  readonly message: string
}

/** One execution of an operation, as every surface sees it. */
export interface Run {
  readonly id: string
  /** Which documented API it came by. */
  readonly surface: string
  readonly kind: string
  readonly state: RunState
  /** What was asked for, without secrets. */
  readonly options: JsonObject
  readonly keepsDictionaries: boolean
  /** Of its record, relative to the folder of all runs. */
  readonly folder: string
  /** Where a dump writes its archive. */
  readonly archive: string | null
  readonly progress: Progress | null
  /** Figures of a success. */
  readonly result: JsonObject | null
  readonly fault: RunFault | null
  readonly worker: ProcessIdentity | null
  readonly cancelRequested: boolean
  readonly createdAt: Date
  readonly startedAt: Date | null
  readonly endedAt: Date | null
  /** The backup job that it belongs to. */
  readonly jobId: string | null
  /** What made a job's run begin: `schedule`, `api`, `command-line`. */
  readonly cause: string | null
}

export function readRun(row: Selectable<RunsTable>): Run {
  const time = (value: number | null) => (value === null ? null : new Date(value))
  return {
    id: row.id,
    surface: row.surface,
    kind: row.kind,
    state: row.state as RunState,
    options: JSON.parse(row.options),
    keepsDictionaries: row.keeps_dictionaries === 1,
    folder: row.folder,
    archive: row.archive,
    progress: parsed(row.progress),
    result: parsed(row.result),
    fault: parsed(row.fault),
    worker: parsed(row.worker),
    cancelRequested: row.cancel_requested === 1,
    createdAt: new Date(row.created_at),
    startedAt: time(row.started_at),
    endedAt: time(row.ended_at),
    jobId: row.job_id,
    cause: row.cause,
  }
}

function parsed<T>(text: string | null): T | null {
  return text === null ? null : JSON.parse(text)
}
