import type { Manifest } from '../../archive/manifest.ts'
import { type Toc, writeToc } from '../../archive/toc/toc.ts'
import type { Catalog, SequenceState } from '../../catalog/model.ts'
import { buildPlan } from '../../compile/plan/build.ts'
import type { Plan } from '../../compile/plan/plan.ts'
import { mergeSensitiveDictionaries, readSensitiveDictionary } from '../../dictionary/sensitive.ts'
import { readTablesDictionary } from '../../dictionary/tables.ts'
import { Fault, type Finding } from '../../lib/fault.ts'
import { readCatalog, readSequences } from '../../postgres/introspect.ts'
import { ServerError } from '../../postgres/session.ts'
import { archiveEncoding, Snapshot } from '../../postgres/snapshot.ts'
import { ArchiveFolder } from '../../storage/archive-folder.ts'
import type { Context } from '../context.ts'
import { settleProgram, settlePsql } from '../program-choice.ts'
import { completeToc, sequencesOf } from './assemble/complete.ts'
import { rowsOnlyToc } from './assemble/rows-only.ts'
import { type Assembly, assembleStructure } from './assemble/structure.ts'
import { checkConstraints } from './check-constraints.ts'
import { copyTables } from './copy-tables.ts'
import { describeArchive } from './describe-archive.ts'
import { countLargeObjects, dumpLargeObjects, type LargeObjects } from './large-objects.ts'
import type { DumpRequest } from './request.ts'
import { dumpStructure } from './structure.ts'
import { verifyRules } from './verify-rules.ts'

export interface DumpResult {
  readonly folder: string
  readonly manifest: Manifest
  readonly warnings: readonly Finding[]
}

/**
 * Makes an anonymized archive of a database: plan, verify, check, then copy, all in one snapshot and read-only. What
 * would leak or would not restore is refused before the first byte; what a failure leaves behind is taken back.
 */
export async function dump(context: Context, request: DumpRequest): Promise<DumpResult> {
  const dictionary = mergeSensitiveDictionaries(request.dictionaries.map(readSensitiveDictionary))
  const onlyTables = request.onlyTables.flatMap(readTablesDictionary)
  const withoutTables = request.withoutTables.flatMap(readTablesDictionary)
  await ArchiveFolder.check(request.outputFolder, { clear: request.clearOutput })

  context.onProgress({ stage: 'plan', done: 0, total: 1 })
  const snapshot = await Snapshot.begin(request.source, {
    signal: context.signal,
    lockTables: true,
    lockWait: request.lockWait,
  })
  const guarded = whileSnapshotLives(context, snapshot)
  try {
    const catalog = await readCatalog(snapshot.session, snapshot.databaseSearchPath)
    const plan = await buildPlan({
      catalog,
      dictionary,
      onlyTables: request.onlyTables.length > 0 ? onlyTables : undefined,
      withoutTables: request.withoutTables.length > 0 ? withoutTables : undefined,
      policy: { allowUnmatched: request.allowUnmatched },
    })
    return await dumpPlan(guarded, request, snapshot, catalog, plan)
  } finally {
    await snapshot.close()
  }
}

/** With the snapshot's session go its locks: what is copied after that might be another table. So everything stops. */
function whileSnapshotLives(context: Context, snapshot: Snapshot): Context {
  const lost = new AbortController()
  snapshot.session.onLost((fault) => lost.abort(fault))
  return { ...context, signal: AbortSignal.any([context.signal, lost.signal]) }
}

async function dumpPlan(
  context: Context,
  request: DumpRequest,
  snapshot: Snapshot,
  catalog: Catalog,
  plan: Plan,
): Promise<DumpResult> {
  const { source, lockWait } = request
  const serverMajor = Math.floor(catalog.server.versionNumber / 10000)
  const program = await settleProgram(request.programs, 'pg_dump', serverMajor)
  const psql = await settlePsql(program, serverMajor)
  const pgDump = { program, source, snapshot: snapshot.id, encoding: archiveEncoding(catalog.server) }
  const lanes = request.jobs ?? defaultLanes()
  const withRows = request.content !== 'structure'

  const warnings = [...plan.warnings]
  if (withRows) await verifyRules(context, snapshot, plan)
  if (withRows && request.checkConstraints) {
    warnings.push(...(await checkConstraints(context, { source, snapshot, lanes, lockWait }, catalog, plan)))
  }

  const folder = await ArchiveFolder.begin(request.outputFolder, { clear: request.clearOutput })
  try {
    context.onProgress({ stage: 'structure', done: 0, total: 1 })
    const options = [
      `--lock-wait-timeout=${lockWait}`,
      ...(request.ignorePrivileges ? ['--no-privileges'] : []),
      ...request.pgDumpOptions,
    ]
    const structure = await dumpStructure(context, pgDump, options)
    const assembly = assembleStructure(structure, catalog, plan)
    if (withRows && assembly.tables.length === 0)
      context.log.warn('The archive holds no rows: no table is left.')

    // Asked before the rows are copied, so that a missing privilege is known in time.
    const sequences = withRows ? await sequenceStates(snapshot, catalog, assembly) : []
    const work = {
      source,
      psql,
      snapshot,
      server: catalog.server,
      folder,
      lanes,
      lockWait,
    }
    const copied = withRows ? await copyTables(context, work, assembly.tables) : []
    const largeObjects =
      withRows && request.largeObjects
        ? await dumpLargeObjects(context, pgDump, folder)
        : { entries: [], files: [] }
    const toc = finalToc(request, catalog, assembly, sequences, largeObjects)
    const omitted = withRows && !request.largeObjects ? await countLargeObjects(snapshot.session) : 0
    context.signal.throwIfAborted()
    const made = { snapshot, catalog, plan, assembly, copied, largeObjects, omitted, pgDump: program }
    const manifest = await folder.publish(writeToc(toc), (written) =>
      describeArchive(request, { ...made, toc: written, createdAt: context.clock.now() }),
    )
    return { folder: folder.path, manifest, warnings }
  } catch (error) {
    await folder.retract()
    throw error
  }
}

async function sequenceStates(
  snapshot: Snapshot,
  catalog: Catalog,
  assembly: Assembly,
): Promise<SequenceState[]> {
  try {
    return await readSequences(snapshot.session, sequencesOf(catalog, assembly.structure))
  } catch (error) {
    if (!(error instanceof ServerError && error.sqlState === '42501')) throw error
    throw new Fault('privilege-missing', `The user may not read every sequence: ${error.words}.`, {
      remedy: 'GRANT SELECT on it, for instance by GRANT SELECT ON ALL SEQUENCES IN SCHEMA … TO the user.',
    })
  }
}

function finalToc(
  request: DumpRequest,
  catalog: Catalog,
  assembly: Assembly,
  sequences: readonly SequenceState[],
  largeObjects: LargeObjects,
): Toc {
  if (request.content === 'structure') return assembly.structure
  const toc = completeToc(assembly, catalog, sequences, largeObjects.entries)
  return request.content === 'data' ? rowsOnlyToc(toc, assembly, catalog) : toc
}

/** Two connections keep two cores busy between PostgreSQL and compression; more cores take more, within reason. */
function defaultLanes(): number {
  return Math.min(8, Math.max(2, navigator.hardwareConcurrency))
}
