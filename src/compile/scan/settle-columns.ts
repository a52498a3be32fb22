import type { Catalog } from '../../catalog/model.ts'
import { keyOf, type TableColumn } from '../../catalog/table-column.ts'
import { isToBeMasked } from '../../detection/judge/detection.ts'
import type { MetaDictionary } from '../../dictionary/meta/meta.ts'
import type { ReportedColumn } from '../../dictionary/scan-report.ts'
import type { DecidedTable, NameDecision } from './decide-by-name.ts'
import type { ColumnOutcome, Judgement, Outcome, RowsVerdict } from './outcome.ts'
import { type Reason, settleRules } from './settle-rules.ts'

/** Puts together what names, rows and foreign keys say of every column. */
export async function settleColumns(
  catalog: Catalog,
  meta: MetaDictionary | undefined,
  tables: readonly DecidedTable[],
  verdicts: ReadonlyMap<string, RowsVerdict>,
  judgements: ReadonlyMap<string, Judgement> | undefined,
): Promise<ColumnOutcome[]> {
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
  const rules = await settleRules(catalog, meta, found, (member) => maskable.has(keyOf(member)))
  const ruled = new Map(
    rules.map(({ reason, rule, ...member }) => [keyOf(member), { kind: 'sensitive', reason, rule } as const]),
  )
  return before.map((column) => ({ ...column, outcome: ruled.get(keyOf(column)) ?? column.outcome }))
}

/** What is known of a column before it is given a rule. */
function beforeRules(
  decision: NameDecision,
  verdict: RowsVerdict | undefined,
  judgement: Judgement | undefined,
): Outcome {
  switch (decision.kind) {
    case 'prepared':
      return {
        kind: 'sensitive',
        reason: { kind: 'dictionary', rule: decision.rule },
        rule: decision.rule.text,
      }
    case 'sensitive-name':
      return { kind: 'sensitive', reason: { kind: 'name', rule: decision.rule }, rule: undefined }
    case 'harmless':
      return { kind: 'harmless', by: 'dictionary' }
    case 'reported':
      return ofReport(decision.reported)
    case 'passed-over':
    case 'left':
      return { kind: 'passed-over' }
    case 'foreign-code':
      return { kind: 'not-scanned', why: 'it would run code of a role that nobody need trust' }
    case 'open':
      if (verdict?.kind === 'sensitive' || verdict?.kind === 'sensitive-by-function') return ofRows(verdict)
      if (judgement && isLikely(judgement)) return ofJudgement(judgement)
      if (verdict) return ofRows(verdict)
      return judgement ? ofJudgement(judgement) : unasked(decision.byMeta)
  }
}

/** Nothing was found; that says something only where something was looked for. */
function unasked(byMeta: boolean): Outcome {
  return byMeta ? { kind: 'harmless', by: 'rows' } : { kind: 'passed-over' }
}

function ofReport(reported: ReportedColumn): Outcome {
  switch (reported.status) {
    case 'sensitive':
      return { kind: 'sensitive', reason: { kind: 'report', reported }, rule: undefined }
    case 'harmless':
      return { kind: 'harmless', by: 'report', reported }
    default:
      return { kind: 'passed-over' }
  }
}

function isLikely(judgement: Judgement): boolean {
  return judgement.kind === 'detected' && isToBeMasked(judgement.detection)
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
        : { kind: 'harmless', by: 'rows', hint: judgement.detection }
    case 'nothing':
      return { kind: 'harmless', by: 'rows' }
    case 'unseen':
      return { kind: 'passed-over' }
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
    case 'no-values':
      return { kind: 'passed-over' }
    case 'not-scanned':
      return verdict
  }
}
