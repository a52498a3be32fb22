import { type Catalog, LIBRARY_SCHEMA, lineage, type Oid, type Relation } from '../../catalog/model.ts'

/** A table whose columns a scan decides about: with its partitions, which are no tables of their own to it. */
export interface ScannedTable {
  readonly relation: Relation
  /** The tables that hold its rows: itself, or its partitions. */
  readonly leaves: readonly Relation[]
}

/**
 * Tables with rows that a dump copies: a dictionary's rule for a partitioned table holds for its partitions, so that
 * they are looked at as one. Views and foreign tables hold none, and those of an extension are its own.
 */
export function scannedTables(catalog: Catalog): ScannedTable[] {
  const leaves = new Map<Oid, Relation[]>()
  for (const relation of catalog.relations.values()) {
    if (relation.kind !== 'table') continue
    const root = lineage(catalog, relation).at(-1) ?? relation
    leaves.set(root.oid, [...(leaves.get(root.oid) ?? []), relation])
  }
  return [...catalog.relations.values()]
    .filter((relation) => relation.kind === 'table' || relation.kind === 'partitioned')
    .filter((relation) => relation.partitionOf === null && relation.schema !== LIBRARY_SCHEMA)
    .filter((relation) => !relation.extension || relation.extension.configuration)
    .map((relation) => ({ relation, leaves: leaves.get(relation.oid) ?? [] }))
}
