import { ancestry, type Catalog, lineage, type Relation } from '../../catalog/model.ts'
import type { RuleIndex } from '../../dictionary/match.ts'
import type { TableRule } from '../../dictionary/sensitive.ts'

/**
 * The rule of a table: its own, or that of a partitioned table above it or of one that it inherits from. The query of a
 * raw_sql gives the rows of the table that it was written for, so a table that inherits does not inherit it.
 */
export function ruleFor(
  catalog: Catalog,
  table: Relation,
  index: RuleIndex<TableRule>,
): TableRule | undefined {
  const own = index.winner(lineage(catalog, table))
  if (own) return own
  const inherited = index.winner(ancestry(catalog, table))
  return inherited?.rawSql ? undefined : inherited
}
