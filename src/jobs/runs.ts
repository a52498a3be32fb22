import type { Selectable, Updateable } from 'kysely'
import { Fault } from '../lib/fault.ts'
import type { Progress } from '../operations/context.ts'
import type { ProcessIdentity } from '../storage/process-identity.ts'
import type { State, StateTransaction } from '../store/state.ts'
import type { RunsTable } from '../store/tables.ts'
import type { JobsContext } from './jobs-context.ts'
import { type Run, type RunFault, type RunState, readRun, type SettledState, STATES_BEFORE } from './run.ts'
import { opensTask, openWebhook, sealBody } from './sealed.ts'
import type { Webhook } from './surface.ts'
import type { TaskOutput } from './worker/messages.ts'

export async function findRun(state: State, id: string): Promise<Run | undefined> {
  const row = await state
    .selectFrom('runs')
    .selectAll()
    .where('id', '=', id)
    .where('deleted', '=', 0)
    .executeTakeFirst()
  return row && readRun(row)
}

/** Which of those that wait are not taken now. */
export interface PassedOver {
  readonly runs: ReadonlySet<string>
  /** All but this one are passed over. */
  readonly only?: string | undefined
  readonly surfaces: ReadonlySet<string>
  /** Backup jobs: no two runs of one work at once. */
  readonly jobs: ReadonlySet<string>
}

const NOTHING_PASSED_OVER: PassedOver = { runs: new Set(), surfaces: new Set(), jobs: new Set() }

/**
 * Takes the run that waits longest, as running, and writes the report of that. Undefined where none waits, but for those to
 * pass over. A run whose task cannot be opened goes on waiting as it is: to fail it would erase the task.
 */
export async function takeNextRun(
  context: JobsContext,
  passedOver: PassedOver = NOTHING_PASSED_OVER,
): Promise<{ readonly run: Run; readonly task: Uint8Array } | { readonly unopened: string } | undefined> {
  return context.state.transaction().execute(async (transaction) => {
    const next = await transaction
      .selectFrom('runs')
      .select(['id', 'task'])
      .where('state', '=', 'queued')
      .where('id', 'not in', [...passedOver.runs, ''])
      .$if(passedOver.only !== undefined, (query) => query.where('id', '=', passedOver.only ?? ''))
      .where('surface', 'not in', [...passedOver.surfaces, ''])
      .where(({ eb, or }) => or([eb('job_id', 'is', null), eb('job_id', 'not in', [...passedOver.jobs, ''])]))
      .orderBy('number')
      .limit(1)
      .executeTakeFirst()
    if (!next?.task) return undefined
    if (!opensTask(context, next.id, next.task)) return { unopened: next.id }
    const changes = { started_at: context.clock.now().getTime() }
    const row = await moveRun(transaction, next.id, 'running', changes)
    if (!row) return undefined
    const run = readRun(row)
    await addReport(context, transaction, row, run, undefined)
    return { run, task: next.task }
  })
}

/**
 * Ends a run, with its report, in one transaction; passwords go. Gives undefined where it has ended already.
 */
export async function settleRun(
  context: JobsContext,
  id: string,
  end: {
    readonly state: SettledState
    readonly fault?: RunFault | undefined
    readonly output?: TaskOutput | undefined
  },
): Promise<Run | undefined> {
  return context.state.transaction().execute(async (transaction) => {
    const row = await moveRun(transaction, id, end.state, {
      ended_at: context.clock.now().getTime(),
      task: null,
      worker: null,
      // How far a failure came is still told.
      ...(end.state === 'succeeded' && { progress: null }),
      fault: end.fault ? JSON.stringify(end.fault) : null,
      result: end.output ? JSON.stringify(end.output.figures) : null,
    })
    if (!row) return undefined
    const run = readRun(row)
    await addReport(context, transaction, row, run, end.output)
    await context.surfaces.get(run.surface)?.onSettled?.(context, transaction, run)
    return run
  })
}

/** The one place where a run's state changes; undefined where the table of transitions does not allow it. */
async function moveRun(
  transaction: StateTransaction,
  id: string,
  to: keyof typeof STATES_BEFORE,
  changes: Updateable<RunsTable>,
): Promise<Selectable<RunsTable> | undefined> {
  return transaction
    .updateTable('runs')
    .set({ ...changes, state: to })
    .where('id', '=', id)
    .where('state', 'in', [...STATES_BEFORE[to]])
    .returningAll()
    .executeTakeFirst()
}

async function addReport(
  context: JobsContext,
  transaction: StateTransaction,
  row: Selectable<RunsTable>,
  run: Run,
  output: TaskOutput | undefined,
): Promise<void> {
  const surface = context.surfaces.get(run.surface)
  const webhook = row.webhook && openedWebhook(context, run.id, row.webhook)
  if (!surface?.report || !webhook) return
  await transaction
    .insertInto('deliveries')
    .values({
      run_id: run.id,
      receiver: new URL(webhook.url).origin,
      body: sealBody(context, run.id, surface.report(run, webhook, output)),
      attempts: 0,
      due_at: context.clock.now().getTime(),
    })
    .execute()
}

/** A webhook that was sealed with another key cannot be told of anything; the run must settle all the same. */
function openedWebhook(context: JobsContext, runId: string, sealed: Uint8Array): Webhook | undefined {
  try {
    return openWebhook(context, runId, sealed)
  } catch (error) {
    context.log.error({ run: runId, reason: (error as Error).message }, 'a webhook cannot be opened')
    return undefined
  }
}

export async function noteProgress(state: State, id: string, progress: Progress): Promise<void> {
  await state
    .updateTable('runs')
    .set({ progress: JSON.stringify(progress) })
    .where('id', '=', id)
    .where('state', '=', 'running')
    .execute()
}

export async function noteWorker(state: State, id: string, worker: ProcessIdentity): Promise<void> {
  await state
    .updateTable('runs')
    .set({ worker: JSON.stringify(worker) })
    .where('id', '=', id)
    .execute()
}

/** Marks that somebody wants the run to stop. Throws `run-unknown`, `run-settled`. */
export async function requestCancel(state: State, id: string): Promise<Run> {
  const row = await state
    .updateTable('runs')
    .set({ cancel_requested: 1 })
    .where('id', '=', id)
    .where('state', 'in', [...STATES_BEFORE.cancelled])
    .returningAll()
    .executeTakeFirst()
  if (row) return readRun(row)
  throw (await findRun(state, id)) ? new Fault('run-settled', 'The run has ended already.') : unknownRun()
}

export function unknownRun(): Fault {
  return new Fault('run-unknown', 'There is no such run.')
}

export async function runsInState(state: State, wanted: RunState): Promise<Run[]> {
  const rows = await state
    .selectFrom('runs')
    .selectAll()
    .where('state', '=', wanted)
    .orderBy('number')
    .execute()
  return rows.map(readRun)
}

/** Takes a settled run out of the state; reports that are not through yet still go out. */
export async function deleteRun(state: State, id: string): Promise<void> {
  await state.transaction().execute(async (transaction) => {
    await transaction.updateTable('runs').set({ deleted: 1 }).where('id', '=', id).execute()
    await forgetReported(transaction, id)
  })
}

/** Once all reports of a settled run are through, nothing is kept of whom they were for, and nothing of a deleted run. */
export async function forgetReported(transaction: StateTransaction, id: string): Promise<void> {
  const run = await transaction
    .selectFrom('runs')
    .select(['ended_at', 'deleted'])
    .where('id', '=', id)
    .executeTakeFirst()
  // What the server told of itself belongs to no run, and is kept for nobody.
  const { ended_at: endedAt, deleted } = run ?? { ended_at: 0, deleted: 1 }
  const waiting = await transaction
    .selectFrom('deliveries')
    .select('id')
    .where('run_id', '=', id)
    .where('done_at', 'is', null)
    .limit(1)
    .executeTakeFirst()
  if (endedAt === null || waiting) return
  await transaction.updateTable('runs').set({ webhook: null }).where('id', '=', id).execute()
  if (!deleted) return
  await transaction.deleteFrom('deliveries').where('run_id', '=', id).execute()
  await transaction.deleteFrom('runs').where('id', '=', id).execute()
}
