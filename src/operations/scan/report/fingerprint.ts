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
 * Tells whether a table is what it was: its columns with their types, keys, unique indexes and sequences, and what moves when the rows
 * of it, or of its partitions, change. undefined where that is not known.
 */
export function fingerprintOf(
  catalog: Catalog,
  { relation, leaves }: ScannedTable,
  changes: ReadonlyMap<Oid, string>,
): string | undefined {
  const states = leaves.map((leaf) => changes.get(leaf.relation.oid))
  if (states.includes(undefined)) return undefined
  const columns = relation.columns.map(({ name, type, primaryKey, ownsSequence, generated }) => [
    name,
    type,
    primaryKey,
    ownsSequence,
    generated,
  ])
  const keys = catalog.foreignKeys.filter(
    (key) => key.relation === relation.oid || key.references === relation.oid,
  )
  const joined = keys.map(({ columns: from, referencedColumns: to, relation: by, references }) => [
    by,
    from,
    references,
    to,
  ])
  const unique = catalog.indexes.filter((index) => index.unique && index.relation === relation.oid)
  const distinct = unique.map((index) => index.columns)
  return createHash('sha256')
    .update(JSON.stringify([columns, joined, distinct, states]))
    .digest('hex')
}
