import type { TocEntry } from './toc.ts'

/** By major: up to 16 BLOB and one BLOBS, from 17 BLOB METADATA and BLOBS by groups. */
const DESCRIPTIONS = new Set(['BLOB', 'BLOBS', 'BLOB METADATA'])

/** Whether an entry is of a large object: its making, its bytes, its comment or its privileges. */
export function isLargeObject(entry: TocEntry): boolean {
  return DESCRIPTIONS.has(entry.description) || /^LARGE OBJECTS? \d/.test(entry.tag ?? '')
}

/** The large objects of another archive, renumbered so that they fit into one whose dump ids end at `last`. */
export function adoptLargeObjects(entries: readonly TocEntry[], last: number): TocEntry[] {
  return entries.filter(isLargeObject).map((entry) => ({
    ...entry,
    dumpId: entry.dumpId + last,
    dependencies: entry.dependencies.map((id) => id + last),
  }))
}
