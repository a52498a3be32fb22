import type { Catalog, Column, Relation } from '../../catalog/model.ts'
import type { KnownColumns } from '../../dictionary/known-columns.ts'
import { namesAny, RuleIndex } from '../../dictionary/match.ts'
import type { MetaDictionary } from '../../dictionary/meta/meta.ts'
import { type ColumnScope, isInScope } from '../../dictionary/meta/scope.ts'
import { toJavaScript } from '../../dictionary/python-regex/python-regex.ts'
import type { ReportedColumn } from '../../dictionary/scan-report.ts'
import type { SensitiveDictionary, TableRule } from '../../dictionary/sensitive.ts'
import type { SqlText } from '../../dictionary/shape.ts'
import { readTypeName, type TypeName } from '../../dictionary/type-name.ts'
import { findByType } from './by-type.ts'
import { type Leaf, type ScannedTable, scannedTables } from './scanned-tables.ts'

/** What a scan knows of a column before it looks at any row. */
export type NameDecision =
  /** A prepared dictionary masks it already. */
  | { readonly kind: 'prepared'; readonly rule: SqlText }
  | { readonly kind: 'sensitive-name'; readonly rule: string }
  /** A prepared dictionary says that it holds nothing personal. */
  | { readonly kind: 'harmless' }
  /** Nobody is to look at it, and it goes into no dictionary. */
  | { readonly kind: 'passed-over' }
  /** Its table loses its rows, or a query of the dictionary gives them: no rule can mask it. */
  | { readonly kind: 'left' }
  /** An earlier scan decided, and the table has not changed since. */
  | { readonly kind: 'reported'; readonly reported: ReportedColumn }
  /** Nobody may look at it: that would run code of a role that is not trusted. */
  | { readonly kind: 'foreign-code' }
  /** Its rows decide; `byMeta` says whether the meta-dictionary's rules for values speak of its type and role. */
  | { readonly kind: 'open'; readonly byMeta: boolean }

export interface NamedColumn {
  readonly column: Column
  readonly decision: NameDecision
}

export interface DecidedTable extends ScannedTable {
  readonly columns: readonly NamedColumn[]
}

/** The types that values are looked into where a meta-dictionary names none. */
const DEFAULT_TYPES = ['text', 'character', 'varchar', 'mvarchar', 'json', 'integer', 'bigint'].map(
  readTypeName,
)

/**
 * Decides by names and types what can be decided: first what is passed over, then what is sensitive by a dictionary or
 * by its name, then what is known to be harmless. What is left is open, and its rows decide.
 */
export function decideByName(
  catalog: Catalog,
  meta: MetaDictionary,
  prepared: SensitiveDictionary,
  known: KnownColumns,
): DecidedTable[] {
  const index = new RuleIndex(prepared.rules)
  const names = {
    ...meta.names,
    rules: meta.names.rules.map((rule) => ({ rule: rule.text, regex: toJavaScript(rule) })),
  }
  const types = meta.types.length > 0 ? meta.types : DEFAULT_TYPES
  return scannedTables(catalog)
    .map((table) => ({
      ...table,
      leaves: table.leaves.filter((leaf) => isLookedAt(leaf, meta, prepared, index)),
    }))
    .filter((table) => table.leaves.length > 0 || table.relation.kind === 'partitioned')
    .map((table) => {
      const rule = index.winner([table.relation])
      const left = losesRows([table.relation], rule, prepared)
      const decide = (column: Column): NameDecision =>
        left ? { kind: 'left' } : decideColumn(table, column, { meta, names, rule, known, types })
      return {
        ...table,
        columns: table.relation.columns.map((column) => ({ column, decision: decide(column) })),
      }
    })
}

/** Whether the rows of a table or partition leave the database as they are, and are to be looked at. */
function isLookedAt(
  { lineage }: Leaf,
  meta: MetaDictionary,
  prepared: SensitiveDictionary,
  index: RuleIndex<TableRule>,
): boolean {
  const names = (scope: ColumnScope) => namesAny([scope.tables], lineage)
  if (meta.skip.some((scope) => !scope.fields && names(scope))) return false
  if (meta.include.length > 0 && !meta.include.some(names)) return false
  return !losesRows(lineage, index.winner(lineage), prepared)
}

/** Rows that the dictionary replaces or leaves out do not leave the database as they are. */
function losesRows(
  lineage: readonly Relation[],
  rule: TableRule | undefined,
  prepared: SensitiveDictionary,
): boolean {
  return rule ? rule.rawSql !== undefined : namesAny(prepared.excludes, lineage)
}

function decideColumn(
  table: ScannedTable,
  column: Column,
  {
    meta,
    names,
    rule,
    known,
    types,
  }: {
    readonly meta: MetaDictionary
    readonly names: NameRules
    readonly rule: TableRule | undefined
    readonly known: KnownColumns
    readonly types: readonly TypeName[]
  },
): NameDecision {
  const { relation } = table
  if (column.generated !== null || !isIncluded(meta, table, column.name)) return { kind: 'passed-over' }
  const own = rule?.fields.get(column.name)
  if (own) return { kind: 'prepared', rule: own }
  if (column.ownsSequence || column.identity) return { kind: 'passed-over' }
  // What identifies rows alone is masked by nobody who wants to join them.
  const byName = column.primaryKey ? undefined : matchingName(names, column.name)
  if (byName !== undefined) return { kind: 'sensitive-name', rule: byName }
  if (known.has(relation, column.name)) return { kind: 'harmless' }
  if (relation.foreignCode !== null || column.readRunsForeignCode) return { kind: 'foreign-code' }
  const looksInto = types.map((type) => [type, true] as const)
  return { kind: 'open', byMeta: !column.primaryKey && findByType(looksInto, column) !== undefined }
}

interface NameRules {
  readonly constants: readonly string[]
  readonly rules: readonly { readonly rule: string; readonly regex: RegExp }[]
}

function matchingName({ constants, rules }: NameRules, name: string): string | undefined {
  return constants.includes(name) ? name : rules.find(({ regex }) => regex.test(name))?.rule
}

/** An include rule may name the table or a partition of it; a column that is skipped is so in the whole table. */
function isIncluded(meta: MetaDictionary, { relation, leaves }: ScannedTable, column: string): boolean {
  if (meta.skip.some((scope) => isInScope(scope, [relation], column))) return false
  const lineages = [[relation], ...leaves.map(({ lineage }) => lineage)]
  return (
    meta.include.length === 0 ||
    meta.include.some((scope) => lineages.some((names) => isInScope(scope, names, column)))
  )
}
