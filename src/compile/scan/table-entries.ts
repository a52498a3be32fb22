import { type Catalog, lineage, type Oid, type Relation } from '../../catalog/model.ts'
import { namesAny, RuleIndex } from '../../dictionary/match.ts'
import type { SensitiveDictionary, TableRule } from '../../dictionary/sensitive.ts'
import type { TableEntry } from '../../dictionary/write-sensitive.ts'
import { ruleFor } from '../plan/rule-of-table.ts'

/** Rules for columns, by table and column name. */
type FoundRules = ReadonlyMap<Relation, ReadonlyMap<string, string>>

/** The condition of a table that is to keep its structure and lose its rows. */
const NO_ROWS = 'false'

/**
 * The entries that a dictionary needs for what was found. An entry by a table's exact name goes before any other, and
 * holds for what is partitioned or inherits from it. So it repeats what the table had from elsewhere, and partitions and
 * children that were treated otherwise get entries of their own, which keep it so.
 */
export function tableEntries(
  catalog: Catalog,
  prepared: SensitiveDictionary,
  found: FoundRules,
): TableEntry[] {
  const index = new RuleIndex(prepared.rules)
  const entries = new Map<Oid, TableEntry>()
  for (const relation of parentsFirst(catalog)) {
    const before = ruleFor(catalog, relation, index)
    const fields = found.get(relation)
    const above = entriesAbove(catalog, relation, entries)
    if (!fields && above.length === 0) continue
    const lostItsRows = !before && namesAny(prepared.excludes, lineage(catalog, relation))
    if (!fields && !lostItsRows && before === ruleAbove(catalog, relation, index)) continue
    const { schema, name } = relation
    if (before?.rawSql) {
      entries.set(relation.oid, { schema, name, fields: new Map(), rawSql: before.rawSql.text })
      continue
    }
    const inherited = above.flatMap((entry) => [...entry.fields])
    const own = [...(before?.fields ?? [])].map(([column, { text }]) => [column, text] as const)
    entries.set(relation.oid, {
      schema,
      name,
      fields: ofColumns(relation, new Map([...inherited, ...own, ...(fields ?? [])])),
      condition: lostItsRows ? NO_ROWS : before?.condition?.text,
    })
  }
  return [...entries.values()]
}

/** New entries that would hold for the table, the nearest last: of what it inherits from and what it is a part of. */
function entriesAbove(
  catalog: Catalog,
  relation: Relation,
  entries: ReadonlyMap<Oid, TableEntry>,
): TableEntry[] {
  const above = [
    ...relation.inheritsFrom,
    ...lineage(catalog, relation)
      .slice(1)
      .map(({ oid }) => oid)
      .toReversed(),
  ]
  return above.flatMap((oid) => entries.get(oid) ?? [])
}

/** What the dictionary has for the tables above; undefined where they differ, or where there are none. */
function ruleAbove(catalog: Catalog, relation: Relation, index: RuleIndex<TableRule>): TableRule | undefined {
  const [parent, ...others] = [
    ...lineage(catalog, relation).slice(1),
    ...relation.inheritsFrom.flatMap((oid) => catalog.relations.get(oid) ?? []),
  ]
  const rule = parent && ruleFor(catalog, parent, index)
  return others.every((other) => ruleFor(catalog, other, index) === rule) ? rule : undefined
}

/** A mask may name columns that only some of its tables have. */
function ofColumns(relation: Relation, fields: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const names = new Set(
    relation.columns.filter(({ generated }) => generated === null).map(({ name }) => name),
  )
  return new Map([...fields].filter(([column]) => names.has(column)))
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
