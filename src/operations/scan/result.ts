import { type Catalog, type Relation, relationName } from '../../catalog/model.ts'
import type { ColumnOutcome } from '../../compile/scan/outcome.ts'
import { tableEntries } from '../../compile/scan/table-entries.ts'
import { type KnownColumns, writeKnownColumns } from '../../dictionary/known-columns.ts'
import type { ScanReport } from '../../dictionary/scan-report.ts'
import type { SensitiveDictionary } from '../../dictionary/sensitive.ts'
import { writeSensitiveDictionary } from '../../dictionary/write-sensitive.ts'
import type { Finding } from '../../lib/fault.ts'

export interface ScanResult {
  /** The sensitive dictionary as text: what a dump and the next scan read. */
  readonly sensitive: string
  /** The non-sensitive dictionary as text: what was looked at and found harmless. */
  readonly nonSensitive: string
  readonly outcomes: readonly ColumnOutcome[]
  readonly report: ScanReport
  readonly warnings: readonly Finding[]
}

/** Where nothing can stand in for the values a dump is to refuse the rule rather than to copy them. */
const NO_RULE = 'NULL'

/** The dictionaries that the outcomes of all columns make. */
export function resultOf({
  catalog,
  prepared,
  known,
  outcomes,
  warnings,
}: {
  readonly catalog: Catalog
  readonly prepared: SensitiveDictionary
  /** Becomes what is known now. */
  readonly known: KnownColumns
  readonly outcomes: readonly ColumnOutcome[]
  readonly warnings: readonly Finding[]
}): Omit<ScanResult, 'report'> {
  const found = new Map<Relation, Map<string, string>>()
  for (const { relation, column, outcome } of outcomes) {
    if (outcome.kind === 'sensitive' && outcome.reason.kind !== 'dictionary') {
      const rule = outcome.rule ?? NO_RULE
      found.set(relation, (found.get(relation) ?? new Map<string, string>()).set(column.name, rule))
    }
    // What was known before stays known, also where nobody looked this time.
    if (outcome.kind === 'harmless') known.add(relation, [column.name])
    if (outcome.kind === 'sensitive') known.remove(relation, column.name)
  }
  return {
    sensitive: writeSensitiveDictionary(prepared, tableEntries(catalog, prepared, found)),
    nonSensitive: writeKnownColumns(known.tables()),
    outcomes,
    warnings: [...warnings, ...outcomes.flatMap(warningOf)],
  }
}

function warningOf({ relation, column, outcome }: ColumnOutcome): Finding[] {
  const place = { relation: relationName(relation), field: column.name }
  if (outcome.kind === 'not-scanned') {
    return [
      {
        code: 'column-not-scanned',
        severity: 'warning',
        message: `Not scanned: ${outcome.why}.`,
        place,
        remedy:
          outcome.why === 'too slow'
            ? 'Let statements take longer by --statement-timeout, or look at fewer rows by --scan-partial-rows.'
            : 'It is in neither dictionary: look at it, or let the next scan do it.',
      },
    ]
  }
  if (outcome.kind === 'sensitive' && outcome.rule === undefined) {
    return [
      {
        code: 'no-anonymization',
        severity: 'warning',
        message: `Nothing of the library can stand in for its values (${column.type}): the dictionary makes NULL of them, which a dump refuses.`,
        place,
        remedy:
          'Write a rule for it into a sensitive dictionary, or a function for its type into "funcs" of the meta-dictionary; or say that it is harmless, in a non-sensitive one.',
      },
    ]
  }
  return []
}
