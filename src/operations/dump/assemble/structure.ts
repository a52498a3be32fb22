import { guardStructure } from '../../../archive/toc/guard.ts'
import { describeLeftOut, pruneToc } from '../../../archive/toc/prune.ts'
import { Section, type Toc, type TocEntry } from '../../../archive/toc/toc.ts'
import { type Catalog, LIBRARY_SCHEMA, type Oid, type Relation } from '../../../catalog/model.ts'
import type { Plan } from '../../../compile/plan/plan.ts'
import type { TableToCopy } from '../table-to-copy.ts'
import { DumpIds } from './dump-ids.ts'

/** The table of contents before any row is copied: what will be in the archive is settled. */
export interface Assembly {
  readonly structure: Toc
  readonly tables: readonly TableToCopy[]
  /** What is in the database and not in the archive, for people. */
  readonly leftOut: readonly string[]
}

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
  const present = new Presence(guarded.toc)
  const ids = new DumpIds(structure)
  const tables = plan.tables
    .filter((table) => table.rows.kind !== 'left-out' && present.has(table.relation))
    // A table of an extension has no entry, but pg_restore wants an id for it that is no higher than the others.
    .map((table) => ({
      table,
      tableId: present.dumpId(table.relation.oid) ?? ids.next(),
      dumpId: ids.next(),
    }))
  return {
    structure: guarded.toc,
    tables,
    leftOut: [
      ...pruned.leftOut.map(describeLeftOut),
      ...guarded.guarded,
      ...foreignTables(catalog, guarded.toc),
    ],
  }
}

/** Which relations a structure makes, and by which entries. */
export class Presence {
  readonly #entries: ReadonlyMap<string, number>
  readonly #extensions: ReadonlySet<string>

  constructor(toc: Toc) {
    const relations = new Set(['TABLE', 'SEQUENCE', 'MATERIALIZED VIEW'])
    const made = toc.entries.filter((entry) => relations.has(entry.description))
    this.#entries = new Map(made.map((entry) => [entry.oid, entry.dumpId]))
    this.#extensions = new Set(
      toc.entries.filter((entry) => entry.description === 'EXTENSION').map((entry) => entry.oid),
    )
  }

  /** A relation of an extension is there when the extension is; its rows only where they are configuration. */
  has(relation: Relation): boolean {
    if (!relation.extension) return this.#entries.has(String(relation.oid))
    return relation.extension.configuration && this.#extensions.has(String(relation.extension.oid))
  }

  /** Of the entry that makes the relation. */
  dumpId(oid: Oid): number | undefined {
    return this.#entries.get(String(oid))
  }
}

/** The library stays only where something outside it would not work without it: a view, a default, a trigger. */
function withoutLibrary(toc: Toc): Toc {
  const isLibrary = (entry: TocEntry) =>
    entry.description === 'SCHEMA' ? entry.tag === LIBRARY_SCHEMA : entry.schema === LIBRARY_SCHEMA
  const isRemarkOnSchema = (entry: TocEntry) =>
    entry.section === Section.none && entry.schema === null && entry.tag === `SCHEMA ${LIBRARY_SCHEMA}`
  const pruned = pruneToc(toc, isLibrary).toc
  const ownEntries = toc.entries.filter((entry) => isLibrary(entry) || isRemarkOnSchema(entry)).length
  return toc.entries.length - pruned.entries.length === ownEntries ? pruned : toc
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
