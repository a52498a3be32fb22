import type { Catalog, Oid } from '../../catalog/model.ts'
import { keyOf } from '../../catalog/table-column.ts'
import { type DecidedTable, decideByName } from '../../compile/scan/decide-by-name.ts'
import type { RowsVerdict } from '../../compile/scan/outcome.ts'
import { settleColumns } from '../../compile/scan/settle-columns.ts'
import { unmatchedRules } from '../../compile/scan/unmatched.ts'
import type { Finding } from '../../lib/fault.ts'
import { literal, sql } from '../../lib/sql.ts'
import type { Target } from '../../postgres/connection/target.ts'
import { Session } from '../../postgres/session.ts'
import { EMPTY_SEARCH_PATH } from '../../postgres/settings.ts'
import { asLockWait } from '../../postgres/snapshot.ts'
import type { Context } from '../context.ts'
import { settleLanes } from '../lane-count.ts'
import type { Questioning } from '../snapshot-sessions.ts'
import { withCatalog } from '../with-catalog.ts'
import { detect } from './detect.ts'
import { readScanDictionaries, type ScanDictionaries } from './dictionaries.ts'
import { fingerprintsOf, readChanges } from './report/fingerprint.ts'
import { reportOf } from './report/write.ts'
import type { ScanRequest } from './request.ts'
import { resultOf, type ScanResult } from './result.ts'
import { scanRows } from './scan-rows.ts'
import { decideBySince } from './since.ts'
import type { Extent } from './table-look.ts'

/**
 * Finds the columns that hold personal data and writes the dictionaries of them. Read-only, in one snapshot; PostgreSQL
 * tests the values and tells counts.
 */
export async function scan(context: Context, request: ScanRequest): Promise<ScanResult> {
  const dictionaries = await readScanDictionaries(request)
  const { source, lockWait, statementTimeout } = request
  const changes = await changesBefore(source, lockWait)
  return withCatalog(
    context,
    source,
    { locks: 'readable', lockWait },
    async (guarded, { snapshot, catalog }) => {
      const lanes = await settleLanes(snapshot.session, request.jobs)
      const questioning = { source, server: catalog.server, snapshot, lanes, lockWait, statementTimeout }
      const { meta, prepared, known } = dictionaries
      const named = decideByName(catalog, meta, prepared, known)
      const fingerprints = fingerprintsOf(catalog, named, changes)
      const tables = decideBySince(request, fingerprints, named)
      const rows = await verdictsOfRows(
        guarded,
        questioning,
        catalog,
        dictionaries,
        tables,
        extentOf(request),
      )
      const judgements = dictionaries.detects
        ? await detect(guarded, questioning, tables, sampleRows(request))
        : undefined
      const outcomes = await settleColumns(
        catalog,
        dictionaries.looksByMeta ? meta : undefined,
        tables,
        rows.verdicts,
        judgements,
      )
      const report = reportOf(request, context.clock.now(), catalog, fingerprints, tables, outcomes)
      return {
        ...resultOf({
          catalog,
          prepared,
          known,
          outcomes,
          warnings: [...unmatchedRules(catalog, meta), ...rows.warnings],
        }),
        report,
      }
    },
  )
}

/**
 * Read before the snapshot is taken: what is written in between moves the counters, so that the next scan looks again. The
 * other way round it would be passed over for ever.
 */
async function changesBefore(source: Target, lockWait: number): Promise<ReadonlyMap<Oid, string>> {
  const session = await Session.open(source)
  try {
    await session.run(sql`${EMPTY_SEARCH_PATH}; SET lock_timeout = ${literal(lockWait)}`)
    return await readChanges(session)
  } catch (error) {
    throw asLockWait(error)
  } finally {
    await session.close()
  }
}

/**
 * Rows from which the detection judges. It asks 64 distinct values of a column for their forms; of 1,000 rows, 2,000
 * tables of 20 columns took twice the time and told the same.
 */
const DETECTION_ROWS = { partial: 400, full: 10_000 }

function sampleRows({ mode, partialRows }: ScanRequest): number {
  return mode === 'partial' ? Math.min(partialRows, DETECTION_ROWS.partial) : DETECTION_ROWS.full
}

function extentOf({ mode, partialRows }: ScanRequest): Extent {
  return mode === 'partial' ? { mode, rows: partialRows } : { mode }
}

/** What the rules of the meta-dictionary find in the rows. */
async function verdictsOfRows(
  context: Context,
  questioning: Questioning,
  catalog: Catalog,
  { meta, looksByMeta }: ScanDictionaries,
  tables: readonly DecidedTable[],
  extent: Extent,
): Promise<{ verdicts: ReadonlyMap<string, RowsVerdict>; warnings: readonly Finding[] }> {
  if (!looksByMeta) return { verdicts: new Map(), warnings: [] }
  const { looks, warnings } = await scanRows(context, questioning, catalog, meta, tables, extent)
  const verdicts = looks.flatMap(({ table, outcome }) =>
    outcome.map(([column, verdict]) => [keyOf({ relation: table.relation, column }), verdict] as const),
  )
  return { verdicts: new Map(verdicts), warnings }
}
