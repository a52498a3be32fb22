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
 * Tells whether a table is what it was: its columns with their types, keys and sequences, and what moves when the rows
 * of it, or of its partitions, change. undefined where that is not known.
 */
export function fingerprintOf(
  catalog: Catalog,
  { relation, leaves }: ScannedTable,
  changes: ReadonlyMap<Oid, string>,
): string | undefined {
  const states = leaves.map(({ oid }) => changes.get(oid))
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
  return createHash('sha256')
    .update(JSON.stringify([columns, joined, states]))
    .digest('hex')
}
