import type { Catalog } from '../../catalog/model.ts'
import { columnName, keyOf, type TableColumn } from '../../catalog/table-column.ts'
import type { Detection } from '../../detection/judge/detection.ts'
import type { MetaDictionary } from '../../dictionary/meta/meta.ts'
import type { ReportedColumn } from '../../dictionary/scan-report.ts'
import type { SqlText } from '../../dictionary/shape.ts'
import { identifier } from '../../lib/sql.ts'
import { readExpression } from '../expression.ts'
import { renameColumns } from '../rename-columns.ts'
import { chooseRule } from './choose-rule.ts'
import { KeyGroups } from './key-groups.ts'
import { fillTemplate } from './template.ts'
import type { ValueReason } from './value-tests.ts'

/** Why a column is taken for sensitive. */
export type Reason =
  | { readonly kind: 'dictionary'; readonly rule: SqlText }
  | { readonly kind: 'name'; readonly rule: string }
  | { readonly kind: 'function'; readonly name: string; readonly anonymization: string | undefined }
  | ValueReason
  | { readonly kind: 'detection'; readonly detection: Detection }
  /** It is joined with a column that is sensitive. */
  | { readonly kind: 'foreign-key'; readonly with: string }
  /** An earlier scan found it, and its table has not changed since. */
  | { readonly kind: 'report'; readonly reported: ReportedColumn }

/** A sensitive column, and the rule that is to mask it; undefined where there is none that fits its type. */
export interface SensitiveColumn extends TableColumn {
  readonly reason: Reason
  readonly rule: string | undefined
}

/**
 * Gives every sensitive column its rule. Columns that foreign keys join are masked alike: whatever was found in one of
 * them is in all, and the rule is chosen once, for the one that the others reference, unless a dictionary has one for
 * any of them already.
 */
export async function settleRules(
  catalog: Catalog,
  meta: MetaDictionary | undefined,
  found: ReadonlyMap<TableColumn, Reason>,
  mayMask: (column: TableColumn) => boolean,
): Promise<SensitiveColumn[]> {
  const groups = new KeyGroups(catalog)
  const reasons = new Map([...found].map(([column, reason]) => [keyOf(column), reason]))
  const settled = new Map<string, SensitiveColumn>()
  /** Gives the columns that are joined with one, and have no rule yet, theirs. */
  const settle = async (
    member: TableColumn,
    rule: (column: TableColumn) => Promise<Pick<SensitiveColumn, 'rule'> | undefined>,
  ): Promise<void> => {
    for (const column of groups.of(member)) {
      if (settled.has(keyOf(column)) || !mayMask(column)) continue
      const reason = reasons.get(keyOf(column)) ?? { kind: 'foreign-key', with: columnName(member) }
      const ruled = await rule(column)
      if (ruled) settled.set(keyOf(column), { ...column, reason, ...ruled })
    }
  }
  for (const [member, reason] of found)
    if (reason.kind === 'dictionary')
      await settle(member, (column) => ruleRenamed(reason.rule, member, column))
  for (const [member, reason] of found) {
    if (reason.kind === 'dictionary') continue
    const rule = ruleOf(meta, groups.of(member)[0] ?? member, reason, groups)
    await settle(member, async (column) => ({ rule: rule(column) }))
  }
  return [...settled.values()]
}

/** A dictionary's rule for one column as a rule for another; undefined where it speaks of more than its column. */
async function ruleRenamed(
  rule: SqlText,
  from: TableColumn,
  to: TableColumn,
): Promise<{ readonly rule: string } | undefined> {
  const renames = new Map([[from.column.name, identifier(to.column.name).text]])
  const renamed = await renameColumns(await readExpression(rule), from.relation, renames)
  return renamed && { rule: renamed.source.text }
}

/** The rule for a column of a group, chosen for the column that leads it. */
function ruleOf(
  meta: MetaDictionary | undefined,
  lead: TableColumn,
  reason: Reason,
  groups: KeyGroups,
): (column: TableColumn) => string | undefined {
  if (reason.kind === 'function' && reason.anonymization !== undefined) {
    const { anonymization } = reason
    return ({ column }) => fillTemplate(anonymization, column.name)
  }
  if (reason.kind === 'report' && groups.of(lead).length === 1) return () => reason.reported.rule ?? undefined
  const entity = entityOf(reason)
  const use = groups.useOf(lead)
  // The types of joined columns may differ (integer and bigint); the name alone is each one's own.
  return ({ column }) =>
    chooseRule(meta, { ...lead, column: { ...lead.column, name: column.name } }, entity, use)
}

function entityOf(reason: Reason): string | undefined {
  if (reason.kind === 'report') return reason.reported.entity ?? undefined
  return reason.kind === 'detection' ? reason.detection.entity : undefined
}
