import { materializedViewDataEntry, sequenceSetEntry, tableDataEntry } from '../../archive/toc/entries.ts'
import { guardStructure } from '../../archive/toc/guard.ts'
import { adoptLargeObjects, isLargeObject } from '../../archive/toc/large-objects.ts'
import { pruneToc } from '../../archive/toc/prune.ts'
import { Section, type Toc, type TocEntry } from '../../archive/toc/toc.ts'
import { foreignKeyOrder } from '../../catalog/foreign-key-order.ts'
import type { Catalog, Oid, Relation, SequenceState } from '../../catalog/model.ts'
import type { Plan } from '../../compile/plan/plan.ts'
import type { TableToCopy } from './copy-tables.ts'

/** The table of contents before any row is copied: what will be in the archive is settled. */
export interface Assembly {
  readonly structure: Toc
  readonly tables: readonly TableToCopy[]
  /** What is in the database and not in the archive, for people. */
  readonly leftOut: readonly string[]
}

/** Objects of this schema are tools for making the archive, not a part of it. */
const LIBRARY_SCHEMA = 'anon_funcs'

const TABLE_LIKE = new Set(['TABLE', 'FOREIGN TABLE'])

/** Prunes and guards the structure, and gives every table of the plan that is in it a dump id for its rows. */
export function assembleStructure(structure: Toc, catalog: Catalog, plan: Plan): Assembly {
  const leftOutOids = new Set(plan.leftOut.map(({ relation }) => String(relation.oid)))
  const inLeftOutSchema = (entry: TocEntry) =>
    plan.leftOutSchemas.has(entry.description === 'SCHEMA' ? (entry.tag ?? '') : (entry.schema ?? ''))
  const pruned = pruneToc(
    structure,
    (entry) => inLeftOutSchema(entry) || (TABLE_LIKE.has(entry.description) && leftOutOids.has(entry.oid)),
  )
  const guarded = guardStructure(withoutLibrary(pruned.toc))
  const ids = new DumpIds(structure)
  const entryIds = entryIdsByOid(guarded.toc)
  const tables = plan.tables
    .filter((table) => table.rows.kind !== 'left-out' && isInStructure(guarded.toc, table.relation))
    // A table of an extension has no entry, but pg_restore wants an id for it that is no higher than the others.
    .map((table) => ({ table, tableId: entryIds.get(table.relation.oid) ?? ids.next(), dumpId: ids.next() }))
  return {
    structure: guarded.toc,
    tables,
    leftOut: [
      ...pruned.leftOut.map(
        ({ description, schema, tag, because }) =>
          `${description} ${[schema, tag].filter(Boolean).join('.')}: it cannot do without ${because}`,
      ),
      ...guarded.guarded,
      ...foreignTables(catalog, guarded.toc),
    ],
  }
}

/** The whole table of contents: the structure with the entries that a schema-only dump leaves out. */
export function completeToc(
  assembly: Assembly,
  catalog: Catalog,
  sequences: readonly SequenceState[],
  largeObjects: readonly TocEntry[],
): Toc {
  const { structure, tables } = assembly
  const ids = new DumpIds(
    structure,
    tables.map(({ dumpId }) => dumpId),
  )
  const entryIds = entryIdsByOid(structure)
  const adopted = adoptLargeObjects(largeObjects, ids.next())
  ids.skip(adopted)
  const data = [
    ...tables
      .toSorted((left, right) => byName(left.table.relation, right.table.relation))
      .map(({ table, tableId, dumpId }) =>
        tableDataEntry(table.relation, {
          dumpId,
          table: tableId,
          columns: table.columns.map(({ column }) => column.sqlName),
          root: table.loadThrough?.sqlName,
        }),
      ),
    ...sequenceEntries(catalog, sequences, entryIds, ids),
    ...adopted.filter((entry) => entry.section === Section.data),
  ]
  const preData = adopted.filter((entry) => entry.section !== Section.data)
  const postData = materializedViewEntries(structure, catalog, entryIds, ids)
  const boundary = firstPostData(structure.entries)
  return {
    ...structure,
    entries: [
      ...structure.entries.slice(0, boundary),
      ...preData,
      ...data,
      ...structure.entries.slice(boundary),
      ...postData,
    ],
  }
}

/**
 * The table of contents of an archive of rows alone. Tables come in the order of their foreign keys and depend on what
 * they reference, as in pg_dump's own data-only archives, so that they load without disabled triggers where no cycle
 * forbids it.
 */
export function dataOnlyToc(toc: Toc, assembly: Assembly, catalog: Catalog): Toc {
  const settings = new Set(['ENCODING', 'STDSTRINGS', 'SEARCHPATH'])
  const order = foreignKeyOrder(
    catalog,
    assembly.tables.map(({ table }) => table.relation),
  )
  const idOf = new Map(assembly.tables.map(({ table, dumpId }) => [table.relation.oid, dumpId]))
  const rank = new Map(order.tables.map((table, index) => [String(table.oid), index]))
  // A partitioned table has no rows of its own: to wait for it is to wait for its partitions.
  const rowsOf = (oid: Oid): number[] => {
    const id = idOf.get(oid)
    return id === undefined ? (order.references.get(oid) ?? []).flatMap(rowsOf) : [id]
  }
  const isData = (entry: TocEntry) => entry.section === Section.data || isLargeObject(entry)
  const tableData = toc.entries
    .filter((entry) => entry.description === 'TABLE DATA')
    .toSorted((left, right) => (rank.get(left.oid) ?? 0) - (rank.get(right.oid) ?? 0))
    .map((entry) => ({
      ...entry,
      dependencies: (order.references.get(Number(entry.oid)) ?? []).flatMap(rowsOf),
    }))
  const others = toc.entries.filter((entry) => isData(entry) && entry.description !== 'TABLE DATA')
  return {
    ...toc,
    entries: [...toc.entries.filter((entry) => settings.has(entry.description)), ...tableData, ...others],
  }
}

/** Dump ids that nothing in the archive has or depends on. */
class DumpIds {
  #last = 0

  constructor(toc: Toc, taken: readonly number[] = []) {
    this.#last = Math.max(0, ...taken)
    this.skip(toc.entries)
  }

  next(): number {
    return ++this.#last
  }

  /** Leaves out the ids of entries that came with their own. */
  skip(entries: readonly TocEntry[]): void {
    for (const entry of entries) this.#last = Math.max(this.#last, entry.dumpId, ...entry.dependencies)
  }
}

/** The library stays only where something outside it would not work without it: a view, a default, a trigger. */
function withoutLibrary(toc: Toc): Toc {
  const isLibrary = (entry: TocEntry) =>
    entry.description === 'SCHEMA' ? entry.tag === LIBRARY_SCHEMA : entry.schema === LIBRARY_SCHEMA
  const pruned = pruneToc(toc, isLibrary)
  const lost = toc.entries.length - pruned.toc.entries.length
  const partsOfSchema = toc.entries.filter(
    (entry) =>
      entry.schema === null && entry.section === Section.none && entry.tag === `SCHEMA ${LIBRARY_SCHEMA}`,
  )
  return lost === toc.entries.filter(isLibrary).length + partsOfSchema.length ? pruned.toc : toc
}

function isInStructure(toc: Toc, relation: Relation): boolean {
  const wanted = relation.extension ? ['EXTENSION', relation.extension.oid] : ['TABLE', relation.oid]
  return toc.entries.some((entry) => entry.description === wanted[0] && entry.oid === String(wanted[1]))
}

function sequenceEntries(
  catalog: Catalog,
  sequences: readonly SequenceState[],
  entryIds: ReadonlyMap<Oid, number>,
  ids: DumpIds,
): TocEntry[] {
  return sequences
    .flatMap((state) => {
      const relation = catalog.relations.get(state.oid)
      return relation ? [{ state, relation }] : []
    })
    .toSorted((left, right) => byName(left.relation, right.relation))
    .map(({ state, relation }) =>
      sequenceSetEntry(relation, {
        dumpId: ids.next(),
        sequence: entryIds.get(relation.oid) ?? ids.next(),
        ...state,
      }),
    )
}

/** Sequences whose state belongs into the archive: those of the structure, and configuration of extensions. */
export function sequencesOf(catalog: Catalog, toc: Toc): Relation[] {
  const present = new Set(
    toc.entries.filter((entry) => entry.description === 'SEQUENCE').map((entry) => entry.oid),
  )
  return [...catalog.relations.values()].filter(
    (relation) =>
      relation.kind === 'sequence' &&
      (present.has(String(relation.oid)) ||
        (relation.extension?.configuration && isInStructure(toc, relation))),
  )
}

/** Populated materialized views are filled last, each behind those that it reads; one that reads an empty one stays empty. */
function materializedViewEntries(
  structure: Toc,
  catalog: Catalog,
  entryIds: ReadonlyMap<Oid, number>,
  ids: DumpIds,
): TocEntry[] {
  const reads = (relation: Relation) => catalog.materializedViewReads.get(relation.oid) ?? []
  const canFill = (oid: Oid): boolean => {
    const relation = catalog.relations.get(oid)
    return Boolean(relation?.populated && entryIds.has(oid) && reads(relation).every(canFill))
  }
  const waiting = [...catalog.relations.values()]
    .filter((relation) => relation.kind === 'materialized-view' && canFill(relation.oid))
    .toSorted(byName)
  const dataIds = new Map<Oid, number>()
  const entries: TocEntry[] = []
  const fill = (relation: Relation): void => {
    if (dataIds.has(relation.oid)) return
    for (const oid of reads(relation)) fill(catalog.relations.get(oid) as Relation)
    const dumpId = ids.next()
    dataIds.set(relation.oid, dumpId)
    const view = entryIds.get(relation.oid) as number
    const others = reads(relation).map((oid) => dataIds.get(oid) as number)
    entries.push(materializedViewDataEntry(relation, { dumpId, dependencies: [view, ...others] }))
  }
  for (const relation of waiting) fill(relation)
  return structure.entries.length > 0 ? entries : []
}

function entryIdsByOid(toc: Toc): Map<Oid, number> {
  const relations = new Set(['TABLE', 'SEQUENCE', 'MATERIALIZED VIEW'])
  return new Map(
    toc.entries
      .filter((entry) => relations.has(entry.description))
      .map((entry) => [Number(entry.oid), entry.dumpId]),
  )
}

function firstPostData(entries: readonly TocEntry[]): number {
  const found = entries.findIndex((entry) => entry.section === Section.postData)
  return found === -1 ? entries.length : found
}

function foreignTables(catalog: Catalog, toc: Toc): string[] {
  const present = new Set(
    toc.entries.filter((entry) => entry.description === 'FOREIGN TABLE').map((entry) => entry.oid),
  )
  return [...catalog.relations.values()]
    .filter((relation) => relation.kind === 'foreign-table' && present.has(String(relation.oid)))
    .map(
      (relation) =>
        `Rows of the foreign table ${relation.schema}.${relation.name}: they are on another server`,
    )
}

/** pg_dump's order within one kind of entry: schema, then name, by their bytes. */
function byName(left: Relation, right: Relation): number {
  return (
    Buffer.compare(Buffer.from(left.schema), Buffer.from(right.schema)) ||
    Buffer.compare(Buffer.from(left.name), Buffer.from(right.name))
  )
}
