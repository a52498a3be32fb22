import type { Catalog, Oid, Relation } from './model.ts'

/** Tables ordered so that what is referenced comes first. */
export interface ForeignKeyOrder {
  readonly tables: readonly Relation[]
  /** For each table, those that it references; a reference that would close a cycle is not among them. */
  readonly references: ReadonlyMap<Oid, readonly Oid[]>
}

export function foreignKeyOrder(catalog: Catalog, tables: readonly Relation[]): ForeignKeyOrder {
  const wanted = new Set(tables.map((table) => table.oid))
  const edges = referencesByTable(catalog)
  const ordered: Relation[] = []
  const references = new Map<Oid, Oid[]>()
  const state = new Map<Oid, 'open' | 'done'>()
  const visit = (oid: Oid): void => {
    state.set(oid, 'open')
    const kept: Oid[] = []
    for (const target of edges.get(oid) ?? []) {
      if (state.get(target) === 'open') continue
      if (!state.has(target)) visit(target)
      kept.push(target)
    }
    references.set(oid, kept)
    state.set(oid, 'done')
    const relation = catalog.relations.get(oid)
    if (relation && wanted.has(oid)) ordered.push(relation)
  }
  for (const table of tables) if (!state.has(table.oid)) visit(table.oid)
  return { tables: ordered, references }
}

/** A key to a partitioned table is one to its partitions, which hold the rows. */
function referencesByTable(catalog: Catalog): Map<Oid, Set<Oid>> {
  const partitions = new Map<Oid, Oid[]>()
  for (const { oid, partitionOf } of catalog.relations.values()) {
    if (partitionOf !== null) partitions.set(partitionOf, [...(partitions.get(partitionOf) ?? []), oid])
  }
  const edges = new Map<Oid, Set<Oid>>(
    [...partitions].map(([parent, children]) => [parent, new Set(children)]),
  )
  for (const { relation, references } of catalog.foreignKeys) {
    if (relation !== references) edges.set(relation, (edges.get(relation) ?? new Set()).add(references))
  }
  return edges
}
