import type { Insertable } from 'kysely'
import { type KeptDictionary, RunFolder } from '../store/run-folder.ts'
import type { StateTransaction } from '../store/state.ts'
import type { RunsTable } from '../store/tables.ts'
import type { JobsContext } from './jobs-context.ts'
import { type JsonObject, type Run, type RunFault, type RunState, readRun } from './run.ts'
import { sealTask, sealWebhook } from './sealed.ts'
import type { Webhook } from './surface.ts'
import type { Task } from './task.ts'

/** A run as a surface asks for it. */
export interface NewRun {
  readonly id: string
  readonly surface: string
  readonly options: JsonObject
  /** What goes into the record of the run, by the names of the documented API; undefined where it keeps none. */
  readonly dictionaries?: Readonly<Record<string, readonly KeptDictionary[]>> | undefined
  readonly archive: string | null
  readonly task: Task
  readonly webhook?: Webhook | undefined
  /** The backup job that it belongs to, and what made it begin. */
  readonly job?: { readonly id: string; readonly cause: string } | undefined
}

/**
 * Writes a run down, queued, with its folder: when this returns, it outlives us. `also` writes what must be true in the
 * same moment.
 */
export async function addRun(
  context: JobsContext,
  run: NewRun,
  also: (transaction: StateTransaction) => Promise<void> = async () => {},
): Promise<Run> {
  const createdAt = context.clock.now()
  const folder = await RunFolder.create(context.home.path, run.id, createdAt)
  try {
    if (run.dictionaries) await folder.saveListedInput(run.dictionaries)
    await folder.saveOptions(run.options)
    return await context.state.transaction().execute(async (transaction) => {
      await also(transaction)
      const values = { ...rowOf(context, run), folder: folder.name, created_at: createdAt.getTime() }
      return readRun(
        await transaction.insertInto('runs').values(values).returningAll().executeTakeFirstOrThrow(),
      )
    })
  } catch (error) {
    await folder.remove()
    throw error
  }
}

/** Writes down a run that could not even be queued: it has failed as soon as it is there. `also` as in `addRun`. */
export async function addFailedRun(
  context: JobsContext,
  failed: Pick<NewRun, 'surface' | 'options' | 'job'> & { readonly kind: string; readonly fault: RunFault },
  also: (transaction: StateTransaction) => Promise<void>,
): Promise<Run> {
  const id = crypto.randomUUID()
  const now = context.clock.now()
  const folder = await RunFolder.create(context.home.path, id, now)
  const write = async (transaction: StateTransaction) => {
    await also(transaction)
    const row = await transaction
      .insertInto('runs')
      .values({
        id,
        surface: failed.surface,
        kind: failed.kind,
        state: 'failed' satisfies RunState,
        options: JSON.stringify(failed.options),
        keeps_dictionaries: 0,
        folder: folder.name,
        archive: null,
        task: null,
        webhook: null,
        fault: JSON.stringify(failed.fault),
        job_id: failed.job?.id ?? null,
        cause: failed.job?.cause ?? null,
        created_at: now.getTime(),
        ended_at: now.getTime(),
      })
      .returningAll()
      .executeTakeFirstOrThrow()
    const run = readRun(row)
    await context.surfaces.get(run.surface)?.onSettled?.(context, transaction, run)
    return run
  }
  try {
    return await context.state.transaction().execute(write)
  } catch (error) {
    await folder.remove()
    throw error
  }
}

function rowOf(context: JobsContext, run: NewRun): Omit<Insertable<RunsTable>, 'folder' | 'created_at'> {
  return {
    id: run.id,
    surface: run.surface,
    kind: run.task.kind,
    state: 'queued' satisfies RunState,
    options: JSON.stringify(run.options),
    keeps_dictionaries: run.dictionaries ? 1 : 0,
    archive: run.archive,
    task: sealTask(context, run.id, run.task),
    webhook: run.webhook ? sealWebhook(context, run.id, run.webhook) : null,
    job_id: run.job?.id ?? null,
    cause: run.job?.cause ?? null,
  }
}
