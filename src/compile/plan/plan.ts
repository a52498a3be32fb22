import type { Column, Relation } from '../../catalog/model.ts'
import type { Finding } from '../../lib/fault.ts'
import type { Sql } from '../../lib/sql.ts'
import type { Condition, Expression, RawQuery } from '../expression.ts'

/** What a dump will do, settled: dictionary × catalog × policy. */
export interface Plan {
  /** Every table whose rows belong to the dump, largest first. */
  readonly tables: readonly TablePlan[]
  /** Relations that are left out with their structure. */
  readonly leftOut: readonly LeftOutRelation[]
  /** Schemas that are left out with all that is in them: `dictionary_exclude` names them with `table_mask: "*"`. */
  readonly leftOutSchemas: ReadonlySet<string>
  /** What is wrong or worth a look. A plan with errors among them may be looked at, and never carried out. */
  readonly findings: readonly Finding[]
}

export interface TablePlan {
  readonly relation: Relation
  readonly rows: RowPolicy
  /** The columns that COPY carries, in their order; generated ones are not among them. */
  readonly columns: readonly ColumnPlan[]
  /** Rows are loaded through this partitioned table rather than into the partition itself. */
  readonly loadThrough: Relation | null
  /** Any statement over its rows but a plain COPY would run code of a role that is not trusted, if only to be planned. */
  readonly runsForeignCode: boolean
  /** What several rules compute alike, where there is something. */
  readonly shared?: SharedCalls | undefined
}

/** Calls that a copy computes once a row, and the rules over their values. */
export interface SharedCalls {
  readonly calls: readonly SharedCall[]
  /** The columns of the table, with rules that name the values of the calls. */
  readonly columns: readonly ColumnPlan[]
  /** What these still read of the row: a user need not have the right to read the rest. */
  readonly read: readonly Column[]
}

export interface SharedCall {
  /** Of its value, as rules name it; no column has it. */
  readonly name: string
  readonly sql: Sql
}

export type RowPolicy =
  | { readonly kind: 'all' }
  /** Only the rows that satisfy a condition, of the dictionary or of the extension that the table belongs to. */
  | { readonly kind: 'filtered'; readonly condition: Condition | ExtensionCondition }
  /** A query of the dictionary gives the rows. */
  | { readonly kind: 'replaced'; readonly query: RawQuery }
  /** Structure without rows, by dictionary_exclude. */
  | { readonly kind: 'left-out' }

/** The WHERE clause that an extension gave for its configuration table. */
export interface ExtensionCondition {
  readonly whereClause: string
}

export type ColumnPlan =
  | { readonly kind: 'copied'; readonly column: Column }
  | ({ readonly kind: 'masked'; readonly column: Column } & ColumnRule)

/** What masks a column, and why. */
export interface ColumnRule {
  readonly expression: Expression
  readonly origin: RuleOrigin
}

export type RuleOrigin =
  /** A rule of the dictionary names the column. */
  | { readonly kind: 'dictionary' }
  /** The column references one that a rule names, and --follow-keys carried the rule along. */
  | { readonly kind: 'foreign-key'; readonly name: string; readonly references: string }
  /** No dictionary knows the column, and --unknown-columns null empties it. */
  | { readonly kind: 'unknown-column' }

export interface LeftOutRelation {
  readonly relation: Relation
  readonly reason: 'schema-excluded' | 'not-in-tables-dictionary' | 'in-exclude-dictionary'
}

/** How strict to be where the dictionary and the database do not fit. */
export interface PlanPolicy {
  /** A rule that matches no table or column becomes a warning; `tables`: one that matches no table. */
  readonly allowUnmatched: boolean | 'tables'
  /** What to do with columns that no dictionary knows. */
  readonly unknownColumns: 'copy' | 'fail' | 'null'
  /** Carry the rule of a referenced column to all columns that reference it. */
  readonly followKeys: boolean
}

/** The condition or the query of the dictionary that chooses a table's rows; undefined where neither does. */
export function rowsRule(rows: RowPolicy): Condition | RawQuery | undefined {
  if (rows.kind === 'replaced') return rows.query
  return rows.kind === 'filtered' && 'sql' in rows.condition ? rows.condition : undefined
}

export function maskedColumns(table: TablePlan): readonly (ColumnPlan & { kind: 'masked' })[] {
  return table.columns.filter((column) => column.kind === 'masked')
}

/** Whether a SELECT may be made from the table whose rows are its own, but for those that the dictionary leaves out. */
export function givesOwnRows({ rows, runsForeignCode }: TablePlan): boolean {
  if (runsForeignCode) return false
  return rows.kind === 'all' || (rows.kind === 'filtered' && 'sql' in rows.condition)
}

/** Whether the table's rows are copied as they are. */
export function isUntouched(table: TablePlan): boolean {
  return table.rows.kind === 'all' && maskedColumns(table).length === 0
}
