import { type Catalog, lineage } from '../../catalog/model.ts'
import type { MetaDictionary } from '../../dictionary/meta/meta.ts'
import { describeTable, matchesTable, type TablePattern } from '../../dictionary/table-pattern.ts'
import type { Finding } from '../../lib/fault.ts'

/** Rules of a meta-dictionary that name no table of the database: a misspelt one looks at what it should not, or misses. */
export function unmatchedRules(catalog: Catalog, meta: MetaDictionary): Finding[] {
  const tables = [...catalog.relations.values()].filter(
    ({ kind }) => kind === 'table' || kind === 'partitioned',
  )
  const matchesAny = (pattern: TablePattern) =>
    tables.some((table) => lineage(catalog, table).some((name) => matchesTable(pattern, name)))
  const sections = {
    skip_rules: meta.skip,
    include_rules: meta.include,
    data_sql_condition: meta.conditions,
  }
  return Object.entries(sections).flatMap(([section, rules]) =>
    rules
      .filter((rule) => !matchesAny(rule.tables))
      .map(
        (rule): Finding => ({
          code: 'rule-unmatched',
          severity: 'warning',
          message: `The entry of ${section} for ${describeTable(rule.tables)} names no table.`,
          place: rule.tables.place,
          remedy: 'Check the names; a mask is a regular expression that is searched in them.',
        }),
      ),
  )
}
