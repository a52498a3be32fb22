import type { Catalog } from '../../catalog/model.ts'
import { type DecidedTable, decideByName } from '../../compile/scan/decide-by-name.ts'
import { keyOf, type TableColumn } from '../../compile/scan/key-groups.ts'
import type { ColumnOutcome, Outcome } from '../../compile/scan/outcome.ts'
import { type Reason, settleRules } from '../../compile/scan/settle.ts'
import { LIKELY } from '../../detection/judge/detection.ts'
import type { Finding } from '../../lib/fault.ts'
import type { Context } from '../context.ts'
import { defaultLanes } from '../lanes.ts'
import type { Questioning } from '../snapshot-sessions.ts'
import { withCatalog } from '../with-catalog.ts'
import { detect, type Judgement } from './detect.ts'
import { readScanDictionaries, type ScanDictionaries } from './dictionaries.ts'
import type { ScanRequest } from './request.ts'
import { resultOf, type ScanResult } from './result.ts'
import { scanRows } from './scan-rows.ts'
import type { Extent, RowsVerdict } from './table-look.ts'

/**
 * Finds the columns that hold personal data and writes the dictionaries of them. Read-only, in one snapshot; PostgreSQL
 * tests the values and tells counts.
 */
export async function scan(context: Context, request: ScanRequest): Promise<ScanResult> {
  const dictionaries = readScanDictionaries(request)
  const { source, lockWait, statementTimeout } = request
  return withCatalog(
    context,
    source,
    { lockTables: false, lockWait },
    async (guarded, { snapshot, catalog }) => {
      const lanes = request.jobs ?? defaultLanes()
      const questioning = { source, server: catalog.server, snapshot, lanes, lockWait, statementTimeout }
      const { meta, prepared, known } = dictionaries
      const tables = decideByName(catalog, meta, prepared, known)
      const rows = await verdictsOfRows(guarded, questioning, dictionaries, tables, extentOf(request))
      const judgements = dictionaries.detects
        ? await detect(guarded, questioning, tables, sampleRows(request))
        : undefined
      const outcomes = settle(catalog, dictionaries, tables, rows.verdicts, judgements)
      return resultOf({ catalog, prepared, known, outcomes, warnings: rows.warnings })
    },
  )
}

/** Rows from which the detection judges: shares of a thousand are as telling as of all. */
const DETECTION_ROWS = { partial: 1000, full: 10_000 }

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
  { meta, looksByMeta }: ScanDictionaries,
  tables: readonly DecidedTable[],
  extent: Extent,
): Promise<{ verdicts: ReadonlyMap<string, RowsVerdict>; warnings: readonly Finding[] }> {
  if (!looksByMeta) return { verdicts: new Map(), warnings: [] }
  const { looks, warnings } = await scanRows(context, questioning, meta, tables, extent)
  const verdicts = looks.flatMap(({ table, verdicts }) =>
    [...verdicts].map(([column, verdict]) => [keyOf({ relation: table.relation, column }), verdict] as const),
  )
  return { verdicts: new Map(verdicts), warnings }
}

/** Puts together what names, rows and foreign keys say of every column. */
function settle(
  catalog: Catalog,
  { meta, looksByMeta }: ScanDictionaries,
  tables: readonly DecidedTable[],
  verdicts: ReadonlyMap<string, RowsVerdict>,
  judgements: ReadonlyMap<string, Judgement> | undefined,
): ColumnOutcome[] {
  const found = new Map<TableColumn, Reason>()
  const maskable = new Set<string>()
  const before: ColumnOutcome[] = []
  for (const { relation, columns } of tables) {
    for (const { column, decision } of columns) {
      const member = { relation, column }
      const outcome = beforeRules(decision, verdicts.get(keyOf(member)), judgements?.get(keyOf(member)))
      if (decision.kind !== 'prepared' && column.generated === null && decision.kind !== 'left')
        maskable.add(keyOf(member))
      if (outcome.kind === 'sensitive') found.set(member, outcome.reason)
      before.push({ ...member, outcome })
    }
  }
  const rules = settleRules(catalog, looksByMeta ? meta : undefined, found, (member) =>
    maskable.has(keyOf(member)),
  )
  const ruled = new Map(
    rules.map(({ reason, rule, ...member }) => [keyOf(member), { kind: 'sensitive', reason, rule } as const]),
  )
  return before.map((column) => ({ ...column, outcome: ruled.get(keyOf(column)) ?? column.outcome }))
}

/** What is known of a column before it is given a rule. */
function beforeRules(
  decision: DecidedTable['columns'][number]['decision'],
  verdict: RowsVerdict | undefined,
  judgement: Judgement | undefined,
): Outcome {
  switch (decision.kind) {
    case 'prepared':
      return { kind: 'sensitive', reason: { kind: 'dictionary' }, rule: decision.rule.text }
    case 'sensitive-name':
      return { kind: 'sensitive', reason: { kind: 'name', rule: decision.rule }, rule: undefined }
    case 'harmless':
      return { kind: 'harmless' }
    case 'passed-over':
    case 'left':
      return { kind: 'passed-over' }
    case 'open':
      if (verdict && verdict.kind !== 'not-scanned') return ofRows(verdict)
      if (judgement && isLikely(judgement)) return ofJudgement(judgement)
      if (verdict) return ofRows(verdict)
      return judgement ? ofJudgement(judgement) : { kind: decision.byMeta ? 'harmless' : 'passed-over' }
  }
}

function isLikely(judgement: Judgement): boolean {
  return judgement.kind === 'detected' && judgement.detection.confidence >= LIKELY
}

/** A hint that nothing bears out is told in the report, and masks nothing. */
function ofJudgement(judgement: Judgement): Outcome {
  switch (judgement.kind) {
    case 'detected':
      return isLikely(judgement)
        ? {
            kind: 'sensitive',
            reason: { kind: 'detection', detection: judgement.detection },
            rule: undefined,
          }
        : { kind: 'harmless', hint: judgement.detection }
    case 'nothing':
      return { kind: 'harmless' }
    case 'not-scanned':
      return judgement
  }
}

function ofRows(verdict: RowsVerdict): Outcome {
  switch (verdict.kind) {
    case 'sensitive':
      return { ...verdict, rule: undefined }
    case 'sensitive-by-function': {
      const { name, anonymization } = verdict.asked
      return {
        kind: 'sensitive',
        reason: { kind: 'function', name: name.text, anonymization: anonymization?.text },
        rule: undefined,
      }
    }
    case 'not-scanned':
      return { kind: 'not-scanned', why: verdict.reason }
  }
}
