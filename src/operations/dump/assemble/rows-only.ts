import { isLargeObject } from '../../../archive/toc/large-objects.ts'
import { Section, type Toc, type TocEntry } from '../../../archive/toc/toc.ts'
import { foreignKeyOrder } from '../../../catalog/foreign-key-order.ts'
import type { Catalog, Oid } from '../../../catalog/model.ts'
import type { Assembly } from './structure.ts'

/** Entries that every archive begins with, so that its rows mean what they say. */
const SETTINGS = new Set(['ENCODING', 'STDSTRINGS', 'SEARCHPATH'])

/**
 * The table of contents of an archive of rows alone. Tables come in the order of their foreign keys and depend on what
 * they reference, as in pg_dump's own data-only archives, so that they load without disabled triggers where no cycle
 * forbids it.
 */
export function rowsOnlyToc(toc: Toc, assembly: Assembly, catalog: Catalog): Toc {
  const order = foreignKeyOrder(
    catalog,
    assembly.tables.map(({ table }) => table.relation),
  )
  const rank = new Map(order.tables.map((table, index) => [String(table.oid), index]))
  const dataIds = new Map(assembly.tables.map(({ table, dumpId }) => [table.relation.oid, dumpId]))
  // A partitioned table has no rows of its own: to wait for it is to wait for its partitions.
  const rowsOf = (oid: Oid): number[] => {
    const id = dataIds.get(oid)
    return id === undefined ? (order.references.get(oid) ?? []).flatMap(rowsOf) : [id]
  }
  const isTableData = (entry: TocEntry) => entry.description === 'TABLE DATA'
  const tables = toc.entries
    .filter(isTableData)
    .toSorted((left, right) => (rank.get(left.oid) ?? 0) - (rank.get(right.oid) ?? 0))
    .map((entry) => ({
      ...entry,
      dependencies: (order.references.get(Number(entry.oid)) ?? []).flatMap(rowsOf),
    }))
  const others = toc.entries.filter(
    (entry) => (entry.section === Section.data || isLargeObject(entry)) && !isTableData(entry),
  )
  const settings = toc.entries.filter((entry) => SETTINGS.has(entry.description))
  return { ...toc, entries: [...settings, ...tables, ...others] }
}
