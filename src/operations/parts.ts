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

/** Below this, a statement of its own costs more than a core that waits. */
export const LEAST_PART_BYTES = 16 * 1024 * 1024

/** How many parts each connection gets of all there is, so that none waits long for the last one. */
const PARTS_A_LANE = 8

/** PostgreSQL 14 reads a range of pages without reading the others. */
const READS_RANGES = 140000

/**
 * Divides tables among connections: a large one by ranges of its pages, each to be read in the same snapshot, so that
 * a database that is one large table keeps all cores busy. Rows do not move while the snapshot lasts. `mostBytes` bounds
 * the parts of tables that can be divided.
 */
export function partsOf<Table>(
  tables: readonly Table[],
  divisible: (table: Table) => Divisible,
  server: Server,
  lanes: number,
  mostBytes = Number.POSITIVE_INFINITY,
): Part<Table>[] {
  const total = tables.reduce((sum, table) => sum + divisible(table).relation.bytes, 0)
  const partBytes = Math.min(mostBytes, Math.max(LEAST_PART_BYTES, total / (lanes * PARTS_A_LANE)))
  return tables.flatMap((table): Part<Table>[] => {
    const { relation, byPages } = divisible(table)
    const number = Math.floor(relation.bytes / partBytes)
    const divides = lanes > 1 && server.versionNumber >= READS_RANGES && byPages
    if (!divides || number < 2 || relation.pages < number) return [{ table, pages: undefined }]
    const pages = Math.ceil(relation.pages / number)
    // The table may have grown: the last part goes to the end, wherever that is.
    return Array.from({ length: number }, (_, at) => ({
      table,
      pages: { from: at * pages, to: at === number - 1 ? undefined : (at + 1) * pages },
    }))
  })
}
