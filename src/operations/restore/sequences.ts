import ownedSequencesSql from '../../../sql/restore/owned_sequences.sql' with { type: 'text' }
import { fromCatalog, fromShippedFile, literal, sql } from '../../lib/sql.ts'
import type { Session } from '../../postgres/session.ts'

interface OwnedSequence {
  readonly sequence: string
  readonly table: string
  readonly column: string
  readonly start: string
  readonly lowest: string
  readonly highest: string
}

/**
 * Sets every sequence that feeds a column to the column's highest value, within the bounds of the sequence; of an empty
 * table, to its start.
 */
export async function setSequencesByMaxValue(session: Session): Promise<void> {
  const sequences = await session.rows<OwnedSequence>(fromShippedFile(ownedSequencesSql))
  for (const { sequence, table, column, start, lowest, highest: most } of sequences) {
    const highest = sql`pg_catalog.max(${fromCatalog(column)})`
    const bounded = sql`least(greatest(${highest}, ${fromCatalog(lowest)}), ${fromCatalog(most)})::bigint`
    const name = sql`${literal(sequence)}::pg_catalog.regclass`
    await session.run(sql`
SELECT pg_catalog.setval(${name}, CASE WHEN ${highest} IS NULL THEN ${fromCatalog(start)} ELSE ${bounded} END, ${highest} IS NOT NULL)
FROM ${fromCatalog(table)}`)
  }
}
