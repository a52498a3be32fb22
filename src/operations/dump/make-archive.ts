import type { Manifest } from '../../archive/manifest.ts'
import type { Toc } from '../../archive/toc/toc.ts'
import type { Catalog, SequenceState } from '../../catalog/model.ts'
import { releaseParser } from '../../compile/parser/parser.ts'
import type { Plan } from '../../compile/plan/plan.ts'
import type { Functions } from '../../compile/review/functions.ts'
import { randomKeys } from '../../compile/review/randomness.ts'
import { shareCalls } from '../../compile/shared-calls.ts'
import { Fault, type Finding, refuseErrors } from '../../lib/fault.ts'
import { readSequences } from '../../postgres/introspect.ts'
import { ServerError } from '../../postgres/session.ts'
import type { Snapshot } from '../../postgres/snapshot.ts'
import type { Context } from '../context.ts'
import { settleLanes } from '../lane-count.ts'
import { both } from '../lanes.ts'
import { withPlan } from '../planning.ts'
import type { Questioning } from '../snapshot-sessions.ts'
import { checkConstraints } from '../verify/constraints.ts'
import { readFunctions } from '../verify/functions.ts'
import { verifyRules } from '../verify/rules.ts'
import type { ArchiveSink } from './archive-sink.ts'
import { completeToc, sequencesOf } from './assemble/complete.ts'
import { rowsOnlyToc } from './assemble/rows-only.ts'
import { type Assembly, assembleStructure } from './assemble/structure.ts'
import { copyTables } from './copy-tables.ts'
import { describeArchive } from './describe-archive.ts'
import { EarlyStructure } from './early-structure.ts'
import { countLargeObjects, type LargeObjects, NO_LARGE_OBJECTS } from './large-objects.ts'
import { refuseUnmasked } from './refuse-unmasked.ts'
import type { ArchiveRequest } from './request.ts'

/** An archive that was made, and where it went. */
export interface MadeIn<Sink> {
  readonly sink: Sink
  readonly manifest: Manifest
  readonly warnings: readonly Finding[]
}

/**
 * Makes an anonymized archive of a database: plan, verify, check, then copy, all in one snapshot and read-only. What
 * would leak or would not restore is refused before the sink is opened; what a failure leaves behind is taken back.
 */
export async function makeArchive<Sink extends ArchiveSink>(
  context: Context,
  request: ArchiveRequest,
  openSink: () => Promise<Sink>,
): Promise<MadeIn<Sink>> {
  const early = new EarlyStructure(request)
  const options = { locks: 'all', onSnapshot: early.begin } as const
  try {
    return await withPlan(context, request, options, async (guarded, { snapshot, catalog, plan }) => {
      refuseErrors(plan.findings)
      if (request.mustMask) refuseUnmasked(request.source.database, plan)
      return carryOut(guarded, request, snapshot, catalog, plan, early, openSink)
    })
  } finally {
    await early.end()
  }
}

async function carryOut<Sink extends ArchiveSink>(
  context: Context,
  request: ArchiveRequest,
  snapshot: Snapshot,
  catalog: Catalog,
  planned: Plan,
  early: EarlyStructure,
  openSink: () => Promise<Sink>,
): Promise<MadeIn<Sink>> {
  const { source, lockWait } = request
  const lanes = await settleLanes(snapshot.session, request.jobs)
  const withRows = request.content !== 'structure'
  const questioning = { source, server: catalog.server, snapshot, lanes, lockWait }

  const [{ warnings, plan }, { structure, pgDump }] = await both(
    context.signal,
    async (signal) => {
      let read: Promise<Functions> | undefined
      const functions = () => {
        read ??= readFunctions(snapshot)
        return read
      }
      const reviewed = { catalog, plan: planned, withRows, functions }
      const findings = await reviewPlan({ ...context, signal }, request, questioning, reviewed)
      const shared = withRows ? await shareCalls(planned, functions) : planned
      forgetPlanning()
      return { warnings: findings, plan: shared }
    },
    (signal) => {
      context.onProgress({ stage: 'structure', done: 0, total: 1 })
      return early.taken(signal)
    },
  )

  const sink = await openSink()
  try {
    const assembly = assembleStructure(structure, catalog, plan)
    if (withRows && assembly.tables.length === 0)
      context.log.warn('The archive holds no rows: no table is left.')

    // Asked before the rows are copied, so that a missing privilege is known in time.
    const sequences = withRows ? await sequenceStates(snapshot, catalog, assembly) : []
    const largeObjects = withRows ? await sink.takeLargeObjects(context, pgDump) : NO_LARGE_OBJECTS
    const left = withRows && largeObjects.entries.length === 0
    const omitted = left ? await countLargeObjects(snapshot.session) : 0
    const toc = finalToc(request, catalog, assembly, sequences, largeObjects)
    const tables = await sink.begin(toc, withRows ? assembly.tables : [])
    const copied = await copyTables(context, { ...questioning, sink }, tables)
    context.signal.throwIfAborted()
    const made = { snapshot, catalog, plan, assembly, copied, largeObjects, omitted, pgDump: pgDump.program }
    const manifest = await sink.publish((written) =>
      describeArchive(request, { ...made, toc: written, createdAt: context.clock.now() }),
    )
    return { sink, manifest, warnings }
  } catch (error) {
    await sink.retract()
    throw error
  }
}

/** What planning leaves behind would decide how much garbage may gather while rows are copied. */
function forgetPlanning(): void {
  releaseParser()
  // It takes 10 ms, in which pg_dump is still at work.
  Bun.gc(true)
}

interface Reviewed {
  readonly catalog: Catalog
  readonly plan: Plan
  readonly withRows: boolean
  /** What the source says of its functions, read when somebody asks for the first time. */
  readonly functions: () => Promise<Functions>
}

/** What is worth a look before the rows are copied. Throws one fault with all that must not be done. */
async function reviewPlan(
  context: Context,
  request: ArchiveRequest,
  questioning: Questioning,
  { catalog, plan, withRows, functions }: Reviewed,
): Promise<readonly Finding[]> {
  const { snapshot } = questioning
  if (!withRows) return plan.findings
  refuseErrors(await verifyRules(context, snapshot, plan))
  if (!request.checkConstraints) return plan.findings
  const findings = [
    ...plan.findings,
    // What is rolled anew is not what the questions saw, so that their answers say nothing about it.
    ...randomKeys(catalog, plan, await functions()),
    ...(await checkConstraints(context, questioning, catalog, plan)),
  ]
  refuseErrors(findings)
  return findings
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
  request: ArchiveRequest,
  catalog: Catalog,
  assembly: Assembly,
  sequences: readonly SequenceState[],
  largeObjects: LargeObjects,
): Toc {
  if (request.content === 'structure') return assembly.structure
  const toc = completeToc(assembly, catalog, sequences, largeObjects.entries)
  return request.content === 'data' ? rowsOnlyToc(toc, assembly, catalog) : toc
}
