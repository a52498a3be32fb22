import type { Relation, Server } from '../catalog/model.ts'
import type { PageRange } from '../compile/select.ts'

/** What there is to know of a table to divide it. */
export interface Divisible {
  readonly relation: Relation
  /** Its rows can be told apart by the pages that they stand on. */
  readonly byPages: boolean
}

/** A piece of work for one connection: a table, or a range of its pages. */
export interface Part<Table> {
  readonly table: Table
  readonly pages: PageRange | undefined
}

/**
 * Below this, a statement of its own costs more than a core that waits: a dump of 535 MB over two connections ended with one
 * of them idle for 0.01 s, with parts of 4 MB for 0.07 and of 16 MB for 0.15.
 */
const LEAST_PART_BYTES = 1024 * 1024

/**
 * How much of what is left each connection gets as its next part: large parts first, since each costs a statement, and
 * small ones last, so that none waits long for the last one.
 */
const PARTS_A_LANE = 4

/** PostgreSQL 14 reads a range of pages without reading the others. */
const READS_RANGES = 140000

/**
 * Divides tables among connections: a large one by ranges of its pages, each to be read in the same snapshot, so that
 * a database that is one large table keeps all cores busy. Rows do not move while the snapshot lasts. Parts of tables that
 * can be divided are about `mostBytes` at most.
 */
export function partsOf<Table>(
  tables: readonly Table[],
  divisible: (table: Table) => Divisible,
  server: Server,
  lanes: number,
  mostBytes = Number.POSITIVE_INFINITY,
): Part<Table>[] {
  let left = tables.reduce((sum, table) => sum + divisible(table).relation.bytes, 0)
  return tables.flatMap((table): Part<Table>[] => {
    const { relation, byPages } = divisible(table)
    const end = left - relation.bytes
    const divides = lanes > 1 && server.versionNumber >= READS_RANGES && byPages && relation.pages > 1
    const parts: Part<Table>[] = []
    for (let from = 0; divides && from < relation.pages; ) {
      const bytes = Math.min(mostBytes, Math.max(LEAST_PART_BYTES, left / (lanes * PARTS_A_LANE)))
      const pages = Math.max(1, Math.round((bytes / relation.bytes) * relation.pages))
      // What is left over would be a part of next to nothing. The table may have grown: the last part goes to the end.
      const to = from + pages * 1.5 < relation.pages ? from + pages : undefined
      parts.push({ table, pages: { from, to } })
      left -= bytes
      from = to ?? relation.pages
    }
    left = end
    return parts.length > 1 ? parts : [{ table, pages: undefined }]
  })
}
