import type { Manifest, ManifestTable } from '../../archive/manifest.ts'
import { describeLeftOut } from '../../archive/toc/prune.ts'
import type { TocEntry } from '../../archive/toc/toc.ts'
import { foreignKeyOrder } from '../../catalog/foreign-key-order.ts'
import { relationName } from '../../catalog/model.ts'
import { readTablesDictionary } from '../../dictionary/tables.ts'
import { Fault, type Finding } from '../../lib/fault.ts'
import { readCatalog } from '../../postgres/introspect.ts'
import type { Program } from '../../postgres/programs.ts'
import type { Session } from '../../postgres/session.ts'
import { openArchive, type StoredArchive } from '../../storage/stored-archive.ts'
import type { Context } from '../context.ts'
import { settleLanes } from '../lane-count.ts'
import { both } from '../lanes.ts'
import { identifyAhead } from '../program-choice.ts'
import { dropCustomChecks } from './custom-checks.ts'
import {
  emptyTables,
  inForeignKeyOrder,
  type MatchedTable,
  matchTables,
  triggerFreeOptions,
  verifyForeignKeys,
} from './data-only.ts'
import { dropForeignKeys } from './foreign-keys-off.ts'
import { openTarget, settlePgRestore } from './open-target.ts'
import { ownershipWarnings } from './ownership.ts'
import type { RestoreRequest } from './request.ts'
import { runPgRestore } from './run-pg-restore.ts'
import { type Selection, selectEntries } from './selection.ts'
import { setSequencesByMaxValue } from './sequences.ts'
import { isFasterInTwoRuns, takeStructureFirst } from './structure-first.ts'
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
  const work = new RestoreWork(context, request, archive, selection, tables, session, pgRestore)
  const warnings = request.content === 'data' ? await work.rowsIntoStructure() : await work.structureAndRows()
  if (request.sequencesByMaxValue) await setSequencesByMaxValue(session)
  return {
    tables: tables.length,
    rows: tables.reduce((sum, table) => sum + table.rows, 0),
    leftOut: selection.leftOut.map(describeLeftOut),
    warnings,
  }
}

/** Rows of fewer bytes are in within seconds: that they go in is told, and not how far they are. */
const TOLD_BYTES = 64 * 1024 * 1024

/** The steps that touch the target, once all that can be checked without touching it was. */
class RestoreWork {
  readonly #context: Context
  readonly #request: RestoreRequest
  readonly #archive: StoredArchive
  readonly #selection: Selection
  readonly #tables: readonly ManifestTable[]
  readonly #session: Session
  readonly #pgRestore: Program
  readonly #totalBytes: number
  #doneBytes = 0
  #doneRows = 0

  constructor(
    context: Context,
    request: RestoreRequest,
    archive: StoredArchive,
    selection: Selection,
    tables: readonly ManifestTable[],
    session: Session,
    pgRestore: Program,
  ) {
    this.#context = context
    this.#request = request
    this.#archive = archive
    this.#selection = selection
    this.#tables = tables
    this.#session = session
    this.#pgRestore = pgRestore
    this.#totalBytes = tables.reduce((sum, { bytes }) => sum + bytes, 0)
  }

  async structureAndRows(): Promise<Finding[]> {
    const { entries } = this.#selection
    const { existing, dropCustomChecks: dropChecks } = this.#request
    const warnings = await ownershipWarnings(this.#session, entries)
    const jobs = await settleLanes(this.#session, this.#request.jobs)
    const options = [
      ...this.#commonOptions(),
      ...(warnings.length > 0 ? ['--no-owner'] : []),
      ...(existing === 'clean' ? ['--clean', '--if-exists'] : []),
    ]
    const parallel = [...options, `--jobs=${jobs}`]
    // What is cleaned by itself goes in one run, in which pg_restore knows all that must be dropped before a table.
    const inOneRun = existing === 'clean' || !(await isFasterInTwoRuns(this.#session, entries, jobs))
    if (inOneRun && !dropChecks) return [...warnings, ...(await this.#run(entries, parallel))]

    const { structure, rows } = takeStructureFirst(entries)
    if (existing === 'clean') await dropForeignKeys(this.#session, entries)
    warnings.push(...(await this.#run(structure, options)))
    if (dropChecks) {
      for (const name of await dropCustomChecks(this.#session)) {
        this.#context.log.info(`dropped the CHECK constraint ${name}`)
      }
    }
    warnings.push(...(await this.#run(rows, parallel)))
    return warnings
  }

  async rowsIntoStructure(): Promise<Finding[]> {
    const session = this.#session
    const catalog = await readCatalog(session)
    const matched = matchTables(this.#tables, catalog)
    await emptyTables(session, matched, this.#request.existing === 'clean')
    const sessionOptions = await triggerFreeOptions(session)
    const order = foreignKeyOrder(
      catalog,
      matched.map(({ relation }) => relation),
    )
    const entries = inForeignKeyOrder(this.#selection.entries, order.tables)
    // Without the right to switch triggers off, the order alone keeps foreign keys satisfied, so one job at a time.
    const jobs = sessionOptions === undefined ? 1 : await settleLanes(session, this.#request.jobs)
    const warnings = await this.#run(entries, [...this.#commonOptions(), `--jobs=${jobs}`], sessionOptions)
    await this.#verify(matched, catalog)
    return warnings
  }

  async #verify(
    matched: readonly MatchedTable[],
    catalog: Awaited<ReturnType<typeof readCatalog>>,
  ): Promise<void> {
    this.#context.onProgress({ stage: 'verify', done: 0, total: 1 })
    await verifyForeignKeys(this.#session, catalog, matched, this.#context.signal)
  }

  async #run(
    entries: readonly TocEntry[],
    options: readonly string[],
    sessionOptions?: string,
  ): Promise<Finding[]> {
    const byDumpId = new Map(this.#tables.map((table) => [Number.parseInt(table.file ?? '', 10), table]))
    const onTable = (dumpId: number) => {
      const table = byDumpId.get(dumpId)
      if (table && byDumpId.delete(dumpId)) this.#tellTable(table)
    }
    return runPgRestore(this.#context, {
      pgRestore: this.#pgRestore,
      target: this.#request.target,
      archive: { kind: 'directory', path: this.#archive.path },
      entries,
      options,
      sessionOptions,
      onTable: this.#totalBytes < TOLD_BYTES ? undefined : onTable,
    })
  }

  #tellTable(table: ManifestTable): void {
    this.#doneBytes += table.bytes
    this.#doneRows += table.rows
    this.#context.onProgress({
      stage: 'restore',
      done: this.#doneBytes,
      total: this.#totalBytes,
      rows: this.#doneRows,
      item: relationName(table),
    })
  }

  #commonOptions(): string[] {
    const privileges = this.#request.ignorePrivileges ? ['--no-privileges'] : []
    return [...privileges, ...this.#request.pgRestoreOptions]
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
