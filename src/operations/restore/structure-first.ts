import { Section, type TocEntry } from '../../archive/toc/toc.ts'
import { literal, sql } from '../../lib/sql.ts'
import type { Session } from '../../postgres/session.ts'

/** The entries of a restore in two runs of pg_restore. */
export interface StructureAndRows {
  readonly structure: readonly TocEntry[]
  /** Rows, what stands on them, and privileges, which come last: they may take from an owner the right to fill a table. */
  readonly rows: readonly TocEntry[]
}

/** Takes apart what pg_restore does before the first row, and all else, each in its order. */
export function takeStructureFirst(entries: readonly TocEntry[]): StructureAndRows {
  const firstOther = entries.findIndex(
    ({ section }) => section === Section.data || section === Section.postData,
  )
  const before = firstOther === -1 ? entries : entries.slice(0, firstOther)
  const structure = before.filter(({ description }) => description !== 'ACL')
  const taken = new Set(structure)
  return { structure, rows: entries.filter((entry) => !taken.has(entry)) }
}

/** A second start takes 22 ms, and a TRUNCATE 0.6, or 1.7 where the server waits for its disk. */
const TABLES_WORTH_A_START = 50

/**
 * Whether a second run is less than what it saves. With several jobs, pg_restore empties each table that it made in the same
 * run before it fills it: of a restore of 2,000 small tables that was 0.38 of the time.
 */
export function isWorthTwoRuns(entries: readonly TocEntry[]): boolean {
  return entries.filter(({ description }) => description === 'TABLE DATA').length >= TABLES_WORTH_A_START
}

/**
 * Whether the server writes WAL for rows in any case. With a wal_level of minimal it does not for those of a table that the
 * same transaction has emptied, as pg_restore does, and is let do so.
 */
export async function writesWalOfRows(session: Session): Promise<boolean> {
  const { level } = await session.row<{ level: string }>(
    sql`SELECT pg_catalog.current_setting(${literal('wal_level')}) AS level`,
  )
  return level !== 'minimal'
}
