import type { ManifestTable } from '../../archive/manifest.ts'
import type { TocEntry } from '../../archive/toc/toc.ts'
import { foreignKeyOrder } from '../../catalog/foreign-key-order.ts'
import { relationName } from '../../catalog/model.ts'
import type { Finding } from '../../lib/fault.ts'
import { joinOptions } from '../../postgres/connection/target.ts'
import { readCatalog } from '../../postgres/introspect.ts'
import type { Program } from '../../postgres/programs.ts'
import type { Session } from '../../postgres/session.ts'
import type { StoredArchive } from '../../storage/stored-archive.ts'
import type { Context } from '../context.ts'
import { settleLanes } from '../lane-count.ts'
import { dropCustomChecks } from './custom-checks.ts'
import {
  emptyTables,
  inForeignKeyOrder,
  matchTables,
  triggerFreeOptions,
  verifyForeignKeys,
} from './data-only.ts'
import { dropForeignKeys } from './foreign-keys-off.ts'
import { largeTables } from './large-tables.ts'
import { loadRows, type TableToLoad } from './load-rows.ts'
import { ownershipWarnings } from './ownership.ts'
import type { RestoreRequest } from './request.ts'
import { runPgRestore } from './run-pg-restore.ts'
import type { Selection } from './selection.ts'
import { isWorthTwoRuns, takeStructureFirst, writesWalOfRows } from './structure-first.ts'

/** Rows of fewer bytes are in within seconds: that they go in is told, and not how far they are. */
const TOLD_BYTES = 64 * 1024 * 1024

/** A restore of which all was checked that can be without touching its target. */
export interface ReadyRestore {
  readonly request: RestoreRequest
  readonly archive: StoredArchive
  readonly selection: Selection
  /** The tables whose rows are restored. */
  readonly tables: readonly ManifestTable[]
  readonly session: Session
  readonly pgRestore: Program
  /** Settings for pg_restore's sessions, as in PGOPTIONS. */
  readonly sessionOptions: string | undefined
}

/** The steps that touch the target. */
export class RestoreWork {
  readonly #context: Context
  readonly #ready: ReadyRestore
  readonly #totalBytes: number
  #doneBytes = 0
  #doneRows = 0

  constructor(context: Context, ready: ReadyRestore) {
    this.#context = context
    this.#ready = ready
    this.#totalBytes = ready.tables.reduce((sum, { bytes }) => sum + bytes, 0)
  }

  async structureAndRows(): Promise<Finding[]> {
    const { session, request, tables } = this.#ready
    const { entries } = this.#ready.selection
    const cleans = request.existing === 'clean'
    const warnings = await ownershipWarnings(session, entries)
    const jobs = await settleLanes(session, request.jobs)
    const options = [
      ...this.#commonOptions(),
      ...(warnings.length > 0 ? ['--no-owner'] : []),
      ...(cleans ? ['--clean', '--if-exists'] : []),
    ]
    const parallel = [...options, `--jobs=${jobs}`]
    // What is cleaned goes in one run where it may, as pg_restore then knows all that must be dropped before a table.
    const maySplit = jobs > 1 && !cleans && (await writesWalOfRows(session))
    const large = maySplit ? largeTables(entries, tables, request.pgRestoreOptions) : []
    const inTwoRuns = large.length > 0 || (maySplit && isWorthTwoRuns(entries))
    if (!inTwoRuns && !request.dropCustomChecks) return [...warnings, ...(await this.#run(entries, parallel))]

    const { structure, rows } = takeStructureFirst(entries)
    if (cleans) await dropForeignKeys(session, entries)
    warnings.push(...(await this.#run(structure, options)))
    if (request.dropCustomChecks) {
      for (const name of await dropCustomChecks(session)) {
        this.#context.log.info(`dropped the CHECK constraint ${name}`)
      }
    }
    if (large.length > 0) await this.#load(large, jobs)
    const loaded = new Set(large.map(({ entry }) => entry))
    const others = rows.filter((entry) => !loaded.has(entry))
    warnings.push(...(await this.#run(others, parallel)))
    return warnings
  }

  async rowsIntoStructure(): Promise<Finding[]> {
    const { session, request, selection, tables } = this.#ready
    const catalog = await readCatalog(session)
    const matched = matchTables(tables, catalog)
    await emptyTables(session, matched, request.existing === 'clean')
    const withoutTriggers = await triggerFreeOptions(session)
    const order = foreignKeyOrder(
      catalog,
      matched.map(({ relation }) => relation),
    )
    const entries = inForeignKeyOrder(selection.entries, order.tables)
    // Without the right to switch triggers off, the order alone keeps foreign keys satisfied, so one job at a time.
    const jobs = withoutTriggers === undefined ? 1 : await settleLanes(session, request.jobs)
    const warnings = await this.#run(entries, [...this.#commonOptions(), `--jobs=${jobs}`], withoutTriggers)
    this.#context.onProgress({ stage: 'verify', done: 0, total: 1 })
    await verifyForeignKeys(session, catalog, matched, this.#context.signal)
    return warnings
  }

  async #load(large: readonly TableToLoad[], lanes: number): Promise<void> {
    const { archive, request, sessionOptions } = this.#ready
    const { target } = request
    const before = this.#doneBytes
    await loadRows(this.#context, {
      target: { ...target, options: joinOptions(target.options, sessionOptions) },
      folder: archive.path,
      tables: large,
      lanes,
      onBytes: (bytes, table) => this.#tell(table, bytes, 0),
    })
    // With the end marks, which nobody loads.
    this.#doneBytes = large.reduce((sum, { table }) => sum + table.bytes, before)
    this.#doneRows += large.reduce((sum, { table }) => sum + table.rows, 0)
  }

  async #run(
    entries: readonly TocEntry[],
    options: readonly string[],
    sessionOptions?: string,
  ): Promise<Finding[]> {
    const { pgRestore, request, archive, tables } = this.#ready
    const byDumpId = new Map(tables.map((table) => [Number.parseInt(table.file ?? '', 10), table]))
    const onTable = (dumpId: number) => {
      const table = byDumpId.get(dumpId)
      if (table && byDumpId.delete(dumpId)) this.#tell(table, table.bytes, table.rows)
    }
    return runPgRestore(this.#context, {
      pgRestore,
      target: request.target,
      archive: { kind: 'directory', path: archive.path },
      entries,
      options,
      sessionOptions: joinOptions(this.#ready.sessionOptions, sessionOptions),
      onTable: this.#totalBytes < TOLD_BYTES ? undefined : onTable,
    })
  }

  #tell(table: ManifestTable, bytes: number, rows: number): void {
    this.#doneBytes += bytes
    this.#doneRows += rows
    this.#context.onProgress({
      stage: 'restore',
      done: this.#doneBytes,
      total: this.#totalBytes,
      rows: this.#doneRows,
      item: relationName(table),
    })
  }

  #commonOptions(): string[] {
    const { ignorePrivileges, pgRestoreOptions } = this.#ready.request
    return [...(ignorePrivileges ? ['--no-privileges'] : []), ...pgRestoreOptions]
  }
}
