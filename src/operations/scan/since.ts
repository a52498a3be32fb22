import { type Oid, relationKey } from '../../catalog/model.ts'
import type { DecidedTable, NamedColumn } from '../../compile/scan/decide-by-name.ts'
import { type ReportedColumn, readScanReport } from '../../dictionary/scan-report.ts'
import { lookedForBy } from './report/write.ts'
import type { ScanRequest } from './request.ts'

/**
 * Decides by an earlier report what it decided by looking, for tables that have not changed since. One column that it
 * does not speak of has the whole table looked at, since columns bear witness to each other.
 */
export function decideBySince(
  request: ScanRequest,
  fingerprints: ReadonlyMap<Oid, string>,
  tables: readonly DecidedTable[],
): readonly DecidedTable[] {
  const report = request.since && readScanReport(request.since)
  if (!report || report.lookedFor !== lookedForBy(request)) return tables
  const reported = new Map(
    report.tables.map((table) => [relationKey({ schema: table.schema, name: table.table }), table]),
  )
  return tables.map((table) => {
    const before = reported.get(relationKey(table.relation))
    const fingerprint = fingerprints.get(table.relation.oid)
    if (!before || fingerprint === undefined || fingerprint !== before.fingerprint) return table
    const columns = new Map(before.columns.map((column) => [column.name, column]))
    const decided = table.columns.map((column) => decide(column, columns.get(column.column.name)))
    return decided.some(({ decision }) => decision.kind === 'open') ? table : { ...table, columns: decided }
  })
}

function decide(named: NamedColumn, reported: ReportedColumn | undefined): NamedColumn {
  if (named.decision.kind !== 'open' || !reported || !wasLookedAt(reported)) return named
  return { ...named, decision: { kind: 'reported', reported } }
}

/** What a dictionary said at that time, it may not say any more. */
function wasLookedAt({ status, evidence }: ReportedColumn): boolean {
  return status !== 'not-scanned' && evidence.every(({ kind }) => kind !== 'dictionary')
}
