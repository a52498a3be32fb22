import { type Catalog, lineage, type Oid, type Relation } from '../../catalog/model.ts'
import { RuleIndex } from '../../dictionary/match.ts'
import type { SensitiveDictionary, TableRule } from '../../dictionary/sensitive.ts'
import type { TableEntry } from '../../dictionary/write-sensitive.ts'
import { ruleFor } from '../plan/rule-of-table.ts'

/** Rules for columns, by table and column name. */
type FoundRules = ReadonlyMap<Relation, ReadonlyMap<string, string>>

/**
 * The entries that a dictionary needs for what was found. An entry by a table's exact name goes before any other, so it
 * repeats what the table had from a mask, from the tables that it inherits from, or from those that it is a part of.
 */
export function tableEntries(
  catalog: Catalog,
  prepared: SensitiveDictionary,
  found: FoundRules,
): TableEntry[] {
  const index = new RuleIndex(prepared.rules)
  const entries = new Map<Oid, TableEntry>()
  const before = (relation: Relation) => ruleFor(catalog, relation, index)
  for (const relation of parentsFirst(catalog)) {
    const fields = found.get(relation) ?? new Map()
    const root = lineage(catalog, relation).at(-1) ?? relation
    const underNewEntry = root !== relation && entries.has(root.oid) && before(relation) !== before(root)
    if (fields.size === 0 && !underNewEntry) continue
    const inherited = relation.inheritsFrom.flatMap((oid) => [...(entries.get(oid)?.fields ?? [])])
    const ofRoot = underNewEntry ? [...(entries.get(root.oid)?.fields ?? [])] : []
    const own = fieldsOf(before(relation))
    entries.set(relation.oid, {
      schema: relation.schema,
      name: relation.name,
      fields: new Map([...inherited, ...ofRoot, ...own, ...fields]),
      condition: before(relation)?.condition?.text,
    })
  }
  return [...entries.values()]
}

function fieldsOf(rule: TableRule | undefined): [string, string][] {
  return [...(rule?.fields ?? [])].map(([name, { text }]) => [name, text])
}

function parentsFirst(catalog: Catalog): Relation[] {
  const ordered = new Set<Relation>()
  const visit = (relation: Relation | undefined): void => {
    if (!relation || ordered.has(relation)) return
    for (const oid of relation.inheritsFrom) visit(catalog.relations.get(oid))
    if (relation.partitionOf !== null) visit(catalog.relations.get(relation.partitionOf))
    ordered.add(relation)
  }
  for (const relation of catalog.relations.values()) visit(relation)
  return [...ordered]
}
