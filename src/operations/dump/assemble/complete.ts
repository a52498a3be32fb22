import { materializedViewDataEntry, sequenceSetEntry, tableDataEntry } from '../../../archive/toc/entries.ts'
import { adoptLargeObjects } from '../../../archive/toc/large-objects.ts'
import { Section, type Toc, type TocEntry } from '../../../archive/toc/toc.ts'
import type { Catalog, Oid, Relation, SequenceState } from '../../../catalog/model.ts'
import type { TableToCopy } from '../table-to-copy.ts'
import { DumpIds } from './dump-ids.ts'
import { type Assembly, Presence } from './structure.ts'

/**
 * The whole table of contents: the structure with the entries that a schema-only dump leaves out, where pg_dump puts
 * them. Rows come before the first entry of post-data, not behind the last one of pre-data, since comments and
 * privileges of the last object stand between.
 */
export function completeToc(
  assembly: Assembly,
  catalog: Catalog,
  sequences: readonly SequenceState[],
  largeObjects: readonly TocEntry[],
): Toc {
  const { structure, tables } = assembly
  const present = new Presence(structure)
  const ids = new DumpIds(
    structure,
    tables.map(({ dumpId }) => dumpId),
  )
  const adopted = adoptLargeObjects(largeObjects, ids.next())
  ids.skip(adopted)
  const boundary = firstPostData(structure.entries)
  const isEarly = madeBeforeRows(adopted)
  return {
    ...structure,
    entries: [
      ...structure.entries.slice(0, boundary),
      ...adopted.filter(isEarly),
      ...tableEntries(tables),
      ...sequenceEntries(catalog, sequences, present, ids),
      ...adopted.filter((entry) => !isEarly(entry)),
      ...structure.entries.slice(boundary),
      ...materializedViewEntries(catalog, present, ids),
    ],
  }
}

/**
 * Up to PostgreSQL 16 large objects are made before any rows come; from 17 on they are made among them, and what speaks
 * of them (comments, privileges) must not come before.
 */
function madeBeforeRows(largeObjects: readonly TocEntry[]): (entry: TocEntry) => boolean {
  const late = largeObjects.some(
    ({ description, section }) => description === 'BLOB METADATA' && section === Section.data,
  )
  return (entry) => !late && entry.section !== Section.data
}

/** Sequences whose state belongs into the archive: those of the structure, and configuration of extensions. */
export function sequencesOf(catalog: Catalog, structure: Toc): Relation[] {
  const present = new Presence(structure)
  return [...catalog.relations.values()].filter(
    (relation) => relation.kind === 'sequence' && present.has(relation),
  )
}

function tableEntries(tables: readonly TableToCopy[]): TocEntry[] {
  return tables
    .toSorted((left, right) => byName(left.table.relation, right.table.relation))
    .map(({ table, tableId, dumpId }) =>
      tableDataEntry(table.relation, {
        dumpId,
        table: tableId,
        columns: table.columns.map(({ column }) => column.sqlName),
        root: table.loadThrough?.sqlName,
      }),
    )
}

function sequenceEntries(
  catalog: Catalog,
  sequences: readonly SequenceState[],
  present: Presence,
  ids: DumpIds,
): TocEntry[] {
  return sequences
    .flatMap((state) => {
      const relation = catalog.relations.get(state.oid)
      return relation ? [{ state, relation }] : []
    })
    .toSorted((left, right) => byName(left.relation, right.relation))
    .map(({ state, relation }) => {
      const sequence = present.dumpId(relation.oid) ?? ids.next()
      return sequenceSetEntry(relation, { dumpId: ids.next(), sequence, ...state })
    })
}

/** Populated views are filled last, each behind those that it reads; one that reads an empty one stays empty. */
function materializedViewEntries(catalog: Catalog, present: Presence, ids: DumpIds): TocEntry[] {
  const reads = (oid: Oid) => catalog.materializedViewReads.get(oid) ?? []
  const canFill = (oid: Oid): boolean =>
    Boolean(catalog.relations.get(oid)?.populated && present.dumpId(oid) && reads(oid).every(canFill))
  const entries = new Map<Oid, TocEntry>()
  const fill = (relation: Relation): number => {
    const known = entries.get(relation.oid)
    if (known) return known.dumpId
    const others = reads(relation.oid)
      .flatMap((oid) => catalog.relations.get(oid) ?? [])
      .map(fill)
    const dependencies = [present.dumpId(relation.oid) ?? 0, ...others]
    const entry = materializedViewDataEntry(relation, { dumpId: ids.next(), dependencies })
    entries.set(relation.oid, entry)
    return entry.dumpId
  }
  const views = [...catalog.relations.values()].filter(
    (relation) => relation.kind === 'materialized-view' && canFill(relation.oid),
  )
  for (const view of views.toSorted(byName)) fill(view)
  return [...entries.values()]
}

function firstPostData(entries: readonly TocEntry[]): number {
  const found = entries.findIndex((entry) => entry.section === Section.postData)
  return found === -1 ? entries.length : found
}

/** pg_dump's order within one kind of entry: schema, then name, by their bytes. */
function byName(left: Relation, right: Relation): number {
  return (
    Buffer.compare(Buffer.from(left.schema), Buffer.from(right.schema)) ||
    Buffer.compare(Buffer.from(left.name), Buffer.from(right.name))
  )
}
