import type { Catalog, Oid, Relation } from '../../catalog/model.ts'
import type { Plan, TablePlan } from '../plan/plan.ts'

/** For each table and partitioned table, the tables that hold its rows. */
export function leavesByRoot(catalog: Catalog, plan: Plan): Map<Oid, TablePlan[]> {
  const leaves = new Map<Oid, TablePlan[]>()
  for (const table of plan.tables) {
    let relation: Relation | undefined = table.relation
    while (relation) {
      const known = leaves.get(relation.oid)
      if (known) known.push(table)
      else leaves.set(relation.oid, [table])
      relation = relation.partitionOf === null ? undefined : catalog.relations.get(relation.partitionOf)
    }
  }
  return leaves
}
