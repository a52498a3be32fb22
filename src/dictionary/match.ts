import { relationKey } from '../catalog/model.ts'
import { matchesName } from './name-pattern.ts'
import { isExact, matchesTable, type TableName, type TablePattern } from './table-pattern.ts'

/** The rules of a dictionary, ready to be asked for thousands of tables. */
export class RuleIndex<Rule extends { readonly tables: TablePattern }> {
  readonly #exact = new Map<string, Rule>()
  readonly #masks: readonly Rule[]

  constructor(rules: readonly Rule[]) {
    for (const rule of rules) {
      const { schema, table } = rule.tables
      if (schema.kind === 'exact' && table.kind === 'exact') {
        this.#exact.set(relationKey({ schema: schema.name, name: table.name }), rule)
      }
    }
    this.#masks = rules.filter((rule) => !isExact(rule.tables))
  }

  /**
   * The rule for a table: an exact name wins over every mask, among masks the last one wins.
   *
   * `lineage` is the table and, for a partition, its partitioned tables from the nearest up. A rule for a partitioned
   * table holds for its partitions that have none of their own; one that names it exactly also goes before a mask that
   * merely happens to match the partition's name.
   */
  winner(lineage: readonly TableName[]): Rule | undefined {
    for (const table of lineage) {
      const exact = this.#exact.get(relationKey(table))
      if (exact) return exact
    }
    for (const table of lineage) {
      const mask = this.#masks.findLast((rule) => matchesTable(rule.tables, table))
      if (mask) return mask
    }
    return undefined
  }

  /** Every rule that names the table or a partitioned table above it, whether it wins or not. */
  all(lineage: readonly TableName[]): Rule[] {
    const exact = lineage.flatMap((table) => this.#exact.get(relationKey(table)) ?? [])
    return [...exact, ...this.#masks.filter((rule) => namesAny([rule.tables], lineage))]
  }
}

/** Whether any of the patterns names the table, or a partitioned table that it is a part of. */
export function namesAny(patterns: readonly TablePattern[], lineage: readonly TableName[]): boolean {
  return patterns.some((pattern) => lineage.some((table) => matchesTable(pattern, table)))
}

/** Whether a pattern names all tables of this schema, as `table_mask: "*"` does. */
export function namesWholeSchema(patterns: readonly TablePattern[], schema: string): boolean {
  return patterns.some(
    (pattern) =>
      pattern.table.kind === 'mask' && pattern.table.mask === '*' && matchesName(pattern.schema, schema),
  )
}
