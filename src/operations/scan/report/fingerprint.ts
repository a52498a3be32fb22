import { createHash } from 'node:crypto'
import changesSql from '../../../../sql/scan/changes.sql' with { type: 'text' }
import type { Catalog, Oid } from '../../../catalog/model.ts'
import type { ScannedTable } from '../../../compile/scan/scanned-tables.ts'
import { fromShippedFile } from '../../../lib/sql.ts'
import type { Session } from '../../../postgres/session.ts'

/** What moves when rows change, by table; empty where the server does not count (a standby). */
export async function readChanges(session: Session): Promise<ReadonlyMap<Oid, string>> {
  const rows = await session.rows<{ oid: Oid; state: string }>(fromShippedFile(changesSql))
  return new Map(rows.map(({ oid, state }) => [oid, state]))
}

/**
 * What tells whether each table is what it was: its columns with their types, keys, unique indexes and sequences, and what
 * moves when the rows of it, or of its partitions, change. A table of which that is not known is not among them.
 */
export function fingerprintsOf(
  { foreignKeys, indexes }: Catalog,
  tables: readonly ScannedTable[],
  changes: ReadonlyMap<Oid, string>,
): ReadonlyMap<Oid, string> {
  const keysOf = Map.groupBy(foreignKeys, ({ relation }) => relation)
  const keysTo = Map.groupBy(foreignKeys, ({ references }) => references)
  const indexesOf = Map.groupBy(indexes, ({ relation }) => relation)
  const fingerprints = new Map<Oid, string>()
  for (const { relation, leaves } of tables) {
    const states = leaves.map((leaf) => changes.get(leaf.relation.oid))
    if (states.includes(undefined)) continue
    const columns = relation.columns.map(({ name, type, primaryKey, ownsSequence, generated }) => [
      name,
      type,
      primaryKey,
      ownsSequence,
      generated,
    ])
    const keys = new Set([...(keysOf.get(relation.oid) ?? []), ...(keysTo.get(relation.oid) ?? [])])
    const joined = [...keys].map((key) => [key.relation, key.columns, key.references, key.referencedColumns])
    const distinct = (indexesOf.get(relation.oid) ?? [])
      .filter(({ unique }) => unique)
      .map((index) => index.columns)
    const told = JSON.stringify([columns, joined, distinct, states])
    fingerprints.set(relation.oid, createHash('sha256').update(told).digest('hex'))
  }
  return fingerprints
}
