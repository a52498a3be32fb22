import type { ManifestTable } from '../../archive/manifest.ts'
import type { TocEntry } from '../../archive/toc/toc.ts'
import type { TableToLoad } from './load-rows.ts'

/** Bytes of text that several connections load in less time than one, by more than it takes to open them. */
const LARGE_BYTES = 32 * 1024 * 1024

/** Options for pg_restore that say nothing of how rows go in. */
const OF_NO_ROWS = /^(--no-|-O$|-x$|--verbose$|-v$)/

/**
 * The tables that are loaded over all connections together. pg_restore loads each table over one, so that the largest
 * decides how long a restore takes: 5.3 s for two tables of 170 and 425 MB on two cores, of which one had nothing to do
 * for 2 s.
 */
export function largeTables(
  entries: readonly TocEntry[],
  tables: readonly ManifestTable[],
  pgRestoreOptions: readonly string[],
): TableToLoad[] {
  if (!pgRestoreOptions.every((option) => OF_NO_ROWS.test(option))) return []
  const byFile = new Map(
    tables.filter(({ bytes }) => bytes >= LARGE_BYTES).map((table) => [table.file, table]),
  )
  return entries.flatMap((entry) => {
    if (entry.description !== 'TABLE DATA' || entry.extra.kind !== 'file' || !entry.copyStatement) return []
    const table = byFile.get(`${entry.extra.name}.gz`)
    return table ? [{ entry, table }] : []
  })
}
