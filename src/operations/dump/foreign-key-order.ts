import type { Catalog, Oid } from '../../catalog/model.ts'
import type { TablePlan } from '../../compile/plan/plan.ts'

/** Tables ordered so that what is referenced comes first. */
export interface ForeignKeyOrder {
  readonly tables: readonly TablePlan[]
  /** For each table, those that it references; a reference that would close a cycle is not among them. */
  readonly references: ReadonlyMap<Oid, readonly Oid[]>
}

export function foreignKeyOrder(catalog: Catalog, tables: readonly TablePlan[]): ForeignKeyOrder {
  const byOid = new Map(tables.map((table) => [table.relation.oid, table]))
  const edges = new Map<Oid, Set<Oid>>()
  for (const key of catalog.foreignKeys) {
    if (key.relation === key.references) continue
    const targets = edges.get(key.relation) ?? new Set()
    edges.set(key.relation, targets.add(key.references))
  }
  const ordered: TablePlan[] = []
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
    const table = byOid.get(oid)
    if (table) ordered.push(table)
  }
  for (const table of tables) if (!state.has(table.relation.oid)) visit(table.relation.oid)
  return { tables: ordered, references }
}
