import foreignKeysSql from '../../../sql/restore/foreign_keys.sql' with { type: 'text' }
import { relationOfEntry, type TocEntry } from '../../archive/toc/toc.ts'
import { relationKey } from '../../catalog/model.ts'
import { fromShippedFile, identifier, qualified, sql } from '../../lib/sql.ts'
import type { Session } from '../../postgres/session.ts'

/**
 * Drops the foreign keys of tables that a restore is about to drop and make anew. pg_restore does so itself when it
 * cleans everything at once, but not when it is given the sections one by one.
 */
export async function dropForeignKeys(session: Session, entries: readonly TocEntry[]): Promise<void> {
  const replaced = new Set(
    entries
      .filter((entry) => entry.description === 'TABLE')
      .map((entry) => relationKey(relationOfEntry(entry))),
  )
  const keys = await session.rows<{ schema: string; name: string; constraint: string }>(
    fromShippedFile(foreignKeysSql),
  )
  for (const key of keys.filter((row) => replaced.has(relationKey(row)))) {
    await session.run(
      sql`ALTER TABLE ${qualified(key.schema, key.name)} DROP CONSTRAINT ${identifier(key.constraint)}`,
    )
  }
}
