import { ancestry, type Catalog, lineage, type Relation, relationName } from '../../catalog/model.ts'
import type { RuleIndex } from '../../dictionary/match.ts'
import type { SensitiveDictionary, TableRule } from '../../dictionary/sensitive.ts'
import { describeTable, isExact, matchesTable, type TablePattern } from '../../dictionary/table-pattern.ts'
import { describePlace, type Finding, type Place } from '../../lib/fault.ts'
import type { PlanPolicy } from './plan.ts'

/**
 * Whether every rule of a dictionary finds something to act on. A rule that answers to nothing would go unnoticed and
 * its column out unmasked. `tables` are all that a rule may speak of, those that a partial dump leaves out included:
 * a dictionary speaks of the whole database.
 */
export function reviewUse(
  catalog: Catalog,
  tables: readonly Relation[],
  { rules, excludes }: Pick<SensitiveDictionary, 'rules' | 'excludes'>,
  index: RuleIndex<TableRule>,
  policy: PlanPolicy,
): Finding[] {
  const used = new Map<TableRule, Set<string>>()
  const findings = tables.flatMap((table) => noteUse(catalog, table, index, used))
  const unused = rules.flatMap((rule) => reportUnused(rule, used.get(rule), catalog))
  unused.push(...excludes.flatMap((pattern) => reportMissing(pattern, catalog)))
  return [...findings, ...unused.map((finding) => ({ ...finding, severity: severityOf(finding, policy) }))]
}

/** A table may lie in another database; a table that lost a column has it under another name perhaps. */
function severityOf({ code }: Pick<Finding, 'code'>, { allowUnmatched }: PlanPolicy): Finding['severity'] {
  return allowUnmatched === true || (allowUnmatched && code === 'rule-unmatched') ? 'warning' : 'error'
}

/** Notes which rules and which of their columns a table answers to; finds what is wrong with that. */
function noteUse(
  catalog: Catalog,
  table: Relation,
  index: RuleIndex<TableRule>,
  used: Map<TableRule, Set<string>>,
): Finding[] {
  const names = ancestry(catalog, table)
  const winner = index.winner(lineage(catalog, table)) ?? index.winner(names)
  return index.all(names).flatMap((rule) => {
    const fields = used.get(rule) ?? new Set()
    used.set(rule, fields)
    return [...rule.fields].flatMap(([field, text]) => {
      const column = table.columns.find((candidate) => candidate.name === field)
      if (!column) return []
      fields.add(field)
      const place = { ...text.place, relation: relationName(table), field }
      if (rule === winner) return column.generated === null ? [] : [generatedColumn(place)]
      return winner && !winner.fields.has(field) ? [overruled(place, winner)] : []
    })
  })
}

function reportUnused(
  rule: TableRule,
  used: ReadonlySet<string> | undefined,
  catalog: Catalog,
): Omit<Finding, 'severity'>[] {
  const remedy = 'Correct the name, remove the rule, or pass --allow-unmatched.'
  if (!used) {
    const message = `No table answers to ${describeTable(rule.tables)}.${whatItIs(rule.tables, catalog)}`
    return [{ code: 'rule-unmatched', message, place: rule.tables.place, remedy }]
  }
  const relation = isExact(rule.tables) ? describeTable(rule.tables) : undefined
  return [...rule.fields]
    .filter(([field]) => !used.has(field))
    .map(([field, text]) => ({
      code: 'column-unknown',
      message: `No table that answers to ${describeTable(rule.tables)} has the column ${field}.`,
      place: { ...text.place, relation, field },
      remedy,
    }))
}

/** An exclusion by name of a table that was renamed would let its rows out; one by a mask may mean tables to come. */
function reportMissing(pattern: TablePattern, catalog: Catalog): Omit<Finding, 'severity'>[] {
  if (!isExact(pattern)) return []
  if ([...catalog.relations.values()].some((relation) => matchesTable(pattern, relation))) return []
  return [
    {
      code: 'rule-unmatched',
      message: `No table answers to ${describeTable(pattern)}, which dictionary_exclude names.`,
      place: pattern.place,
      remedy: 'Correct the name, remove it, or pass --allow-unmatched.',
    },
  ]
}

function whatItIs(pattern: TablePattern, catalog: Catalog): string {
  const other = [...catalog.relations.values()].find((relation) => matchesTable(pattern, relation))
  if (!other) return ''
  return ` ${relationName(other)} is a ${other.kind.replace('-', ' ')}, which has no rows of its own to dump.`
}

function generatedColumn(place: Place): Finding {
  return {
    code: 'column-not-copyable',
    severity: 'error',
    message: 'A generated column is not copied but computed anew on restore, so it cannot be masked.',
    place,
    remedy: 'Mask the columns that it is computed from, and remove this rule.',
  }
}

function overruled(place: Place, winner: TableRule): Finding {
  return {
    code: 'rule-overruled',
    severity: 'warning',
    message:
      'This rule does not apply here: another one is nearer to the table, and it leaves the column unmasked.',
    place,
    remedy: `Add the column to the rule at ${describePlace(winner.tables.place)} if it must be masked.`,
  }
}
