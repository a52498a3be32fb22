import type { Manifest, ManifestTable } from '../../archive/manifest.ts'
import { describeLeftOut } from '../../archive/toc/prune.ts'
import { readTablesDictionary } from '../../dictionary/tables.ts'
import { Fault, type Finding } from '../../lib/fault.ts'
import type { Program } from '../../postgres/programs.ts'
import type { Session } from '../../postgres/session.ts'
import { openArchive, type StoredArchive } from '../../storage/stored-archive.ts'
import type { Context } from '../context.ts'
import { both } from '../lanes.ts'
import { identifyAhead } from '../program-choice.ts'
import { withLateCommits } from './late-commits.ts'
import { openTarget, settlePgRestore } from './open-target.ts'
import type { RestoreRequest } from './request.ts'
import { RestoreWork } from './restore-work.ts'
import { type Selection, selectEntries } from './selection.ts'
import { setSequencesByMaxValue } from './sequences.ts'
import { TargetSession } from './target-session.ts'
import { verifyFiles } from './verify-files.ts'

export interface RestoreResult {
  readonly tables: number
  readonly rows: number
  /** Objects that were not restored because of tables that were left out. */
  readonly leftOut: readonly string[]
  readonly warnings: readonly Finding[]
}

/** Restores an archive into a target: everything that can be known to fail is checked before the target is touched. */
export async function restore(context: Context, request: RestoreRequest): Promise<RestoreResult> {
  const onlyTables = request.onlyTables.flatMap(readTablesDictionary)
  const withoutTables = request.withoutTables.flatMap(readTablesDictionary)
  await using connection = new TargetSession(request.target)
  // One that is dropped first has nobody to connect to.
  if (request.existing !== 'drop') connection.begin()
  const archive = await openArchive(request.inputFolder)
  refuseMissingContent(archive.manifest, request.content)
  const selection = selectEntries(
    archive.toc,
    request.content,
    request.onlyTables.length > 0 ? onlyTables : undefined,
    request.withoutTables.length > 0 ? withoutTables : undefined,
  )
  const tables = selectedTables(archive.manifest, selection)
  const { session, pgRestore } = await openVerified(context, request, archive, tables, connection)
  context.onProgress({ stage: 'restore', done: 0, total: 1 })
  const warnings = await withLateCommits(session, selection.entries.length, (sessionOptions) => {
    const ready = { request, archive, selection, tables, session, pgRestore, sessionOptions }
    const work = new RestoreWork(context, ready)
    return request.content === 'data' ? work.rowsIntoStructure() : work.structureAndRows()
  })
  if (request.sequencesByMaxValue) await setSequencesByMaxValue(session)
  return {
    tables: tables.length,
    rows: tables.reduce((sum, table) => sum + table.rows, 0),
    leftOut: selection.leftOut.map(describeLeftOut),
    warnings,
  }
}

function refuseMissingContent(manifest: Manifest, content: RestoreRequest['content']): void {
  const fits = manifest.content === 'full' || manifest.content === content
  if (fits) return
  const holds = manifest.content === 'structure' ? 'only the structure' : 'only rows'
  const command = manifest.content === 'structure' ? 'sync-struct-restore' : 'sync-data-restore'
  throw new Fault('archive-content', `The archive holds ${holds}.`, { remedy: `Restore it with ${command}.` })
}

/** The tables whose rows the selection takes. */
function selectedTables(manifest: Manifest, selection: Selection): ManifestTable[] {
  const files = new Set(
    selection.entries.flatMap((entry) =>
      entry.extra.kind === 'file' && entry.hadDumper ? [entry.extra.name] : [],
    ),
  )
  return manifest.tables.filter((table) => table.file !== null && files.has(table.file.replace(/\.gz$/, '')))
}

/**
 * A target to restore into, once the archive's files are what the manifest says. The target is looked at while they are
 * read; where that drops a database, it is not before they were.
 */
async function openVerified(
  context: Context,
  request: RestoreRequest,
  archive: StoredArchive,
  tables: readonly ManifestTable[],
  connection: TargetSession,
): Promise<{ readonly session: Session; readonly pgRestore: Program }> {
  const drops = request.existing === 'drop'
  const identify = identifyAhead(request.programs, 'pg_restore')
  if (drops) await verifyFiles(context, archive, tables)
  const [ready] = await both(
    context.signal,
    async () => {
      const { session, server } = await openTarget(request, archive, connection)
      const dumpMajor = Number.parseInt(archive.manifest.pgDumpVersion, 10)
      return { session, pgRestore: await settlePgRestore(request.programs, dumpMajor, server, identify) }
    },
    async (signal) => {
      if (!drops) await verifyFiles({ ...context, signal }, archive, tables)
    },
  )
  return ready
}
