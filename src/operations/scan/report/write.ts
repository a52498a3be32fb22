import { createHash } from 'node:crypto'
import type { Catalog, Oid } from '../../../catalog/model.ts'
import type { ColumnOutcome } from '../../../compile/scan/outcome.ts'
import type { ScannedTable } from '../../../compile/scan/scanned-tables.ts'
import { REPORT_FORMAT, type ReportedColumn, type ScanReport } from '../../../dictionary/scan-report.ts'
import { VERSION } from '../../../version.ts'
import type { ScanRequest } from '../request.ts'
import { detectionOf, evidenceOf } from './evidence.ts'

/** What was found, and why, as a document that a later scan can go by. */
export function reportOf(
  request: ScanRequest,
  createdAt: Date,
  catalog: Catalog,
  fingerprints: ReadonlyMap<Oid, string>,
  tables: readonly ScannedTable[],
  outcomes: readonly ColumnOutcome[],
): ScanReport {
  const byTable = Map.groupBy(outcomes, ({ relation }) => relation)
  return {
    format: REPORT_FORMAT,
    createdAt: createdAt.toISOString(),
    database: catalog.server.database,
    mode: request.mode,
    rows: request.mode === 'partial' ? request.partialRows : null,
    lookedFor: lookedForBy(request),
    tables: tables.map((table) => ({
      schema: table.relation.schema,
      table: table.relation.name,
      estimatedRows: table.relation.estimatedRows,
      fingerprint: fingerprints.get(table.relation.oid) ?? null,
      columns: (byTable.get(table.relation) ?? []).map(columnOf),
    })),
  }
}

/**
 * A hash of what decides about columns that no dictionary names: with another one, an earlier report says nothing of
 * them.
 */
export function lookedForBy(request: ScanRequest): string {
  const { mode, partialRows, builtin } = request
  const texts = request.metaDictionaries.map(({ text }) => text)
  const told = JSON.stringify([
    VERSION,
    mode,
    mode === 'partial' ? partialRows : null,
    builtin ?? null,
    texts,
  ])
  return createHash('sha256').update(told).digest('hex')
}

function columnOf({ column, outcome }: ColumnOutcome): ReportedColumn {
  const detection = detectionOf(outcome)
  return {
    name: column.name,
    type: column.type,
    status: outcome.kind,
    entity: detection?.entity ?? null,
    category: detection?.category ?? null,
    confidence: detection?.confidence ?? null,
    evidence: evidenceOf(outcome),
    rule: outcome.kind === 'sensitive' ? (outcome.rule ?? null) : null,
  }
}
