import { isSettled, type Run } from '../../jobs/run.ts'
import { deleteRun, findRun, unknownRun } from '../../jobs/runs.ts'
import { statusOf } from '../../jobs/status-file.ts'
import { Fault } from '../../lib/fault.ts'
import { ArchiveFolder } from '../../storage/archive-folder.ts'
import { openArchive } from '../../storage/stored-archive.ts'
import { stillContained } from '../../store/contained-path.ts'
import { type KeptDictionary, RunFolder, STATUS_IDS } from '../../store/run-folder.ts'
import type { State } from '../../store/state.ts'
import type { ApiContext } from './context.ts'
import { anonymizationSurface, isoSeconds } from './report.ts'
import type { OperationAnswer } from './schemas/responses.ts'

const DAY = 24 * 60 * 60 * 1000

/** The folders of runs that kept their dictionaries, the oldest first; dates are inclusive days of UTC. */
export async function listOperations(
  { state }: ApiContext,
  range: { readonly after?: Date | undefined; readonly before?: Date | undefined },
): Promise<string[]> {
  const rows = await state
    .selectFrom('runs')
    .select('folder')
    .where('surface', '=', anonymizationSurface.name)
    .where('keeps_dictionaries', '=', 1)
    .where('deleted', '=', 0)
    .$if(range.after !== undefined, (query) => query.where('created_at', '>=', Number(range.after)))
    .$if(range.before !== undefined, (query) => query.where('created_at', '<', Number(range.before) + DAY))
    .orderBy('created_at')
    .orderBy('number')
    .execute()
  return rows.map(({ folder }) => folder)
}

/** A run of this surface. Throws `run-unknown`. */
export async function runOf({ state }: ApiContext, id: string): Promise<Run> {
  const run = await findRun(state, id)
  if (!run || run.surface !== anonymizationSurface.name) throw unknownRun()
  return run
}

/** A run whose record the documented endpoints show: one that kept its dictionaries. Throws `run-unknown`. */
export async function recordedRun(context: ApiContext, id: string): Promise<Run> {
  const run = await runOf(context, id)
  if (!run.keepsDictionaries) throw unknownRun()
  return run
}

export async function describeOperation({ home }: ApiContext, run: Run): Promise<OperationAnswer> {
  const status = statusOf(run.state)
  const dictionaries = await RunFolder.at(home.path, run.folder).readDictionaries()
  const size = run.result?.size
  return {
    run_status: {
      status_id: STATUS_IDS[status],
      status,
      started: run.startedAt && isoSeconds(run.startedAt),
      ended: run.endedAt && isoSeconds(run.endedAt),
    },
    run_options: { ...run.options },
    dictionaries: Object.fromEntries(
      Object.entries(dictionaries).map(([kind, found]) => [
        kind,
        Array.isArray(found) ? found.map(contentOf) : contentOf(found),
      ]),
    ),
    extra_data: size === undefined ? null : { dump_size: size },
  }
}

function contentOf({ name, text, additionalInfo }: KeptDictionary) {
  return { name, content: text, ...(additionalInfo !== undefined && { additional_info: additionalInfo }) }
}

/**
 * Removes the record of a run and, where it is a dump's and no later dump has replaced it, the archive. Throws
 * `run-unsettled`, `archive-busy`.
 */
export async function deleteOperation({ home, state }: ApiContext, run: Run): Promise<void> {
  if (!isSettled(run.state)) {
    throw new Fault('run-unsettled', 'The run has not ended yet.', {
      remedy: 'Wait for it, or cancel it first.',
    })
  }
  // What a link leads to is not what the run wrote.
  const folder = run.archive && (await stillContained(home.output, run.archive).catch(() => null))
  if (folder && (await holdsArchiveOf(run, folder))) {
    await refuseIfRead(state, folder)
    await ArchiveFolder.remove(folder)
  }
  await RunFolder.at(home.path, run.folder).remove()
  await deleteRun(state, run.id)
}

async function refuseIfRead(state: State, folder: string): Promise<void> {
  const reader = await state
    .selectFrom('runs')
    .select('id')
    .where('kind', '=', 'restore')
    .where('state', 'in', ['queued', 'running'])
    .where(({ fn, val }) => fn('json_extract', ['options', val('$.input_dir')]), '=', folder)
    .limit(1)
    .executeTakeFirst()
  if (!reader) return
  throw new Fault('archive-busy', 'A restore that waits or works reads the archive of the run.', {
    remedy: `Wait for ${reader.id}, or cancel it first.`,
  })
}

async function holdsArchiveOf(run: Run, folder: string): Promise<boolean> {
  const archive = await openArchive(folder).catch(() => undefined)
  return archive !== undefined && archive.manifest.toc.sha256 === run.result?.archive
}
