import type { Server } from '../../catalog/model.ts'
import type { TablePlan } from '../../compile/plan/plan.ts'
import { hasPages, type PageRange } from '../../compile/select.ts'

/** A piece of work for one connection: a table, or a range of its pages. */
export interface Part<Table> {
  readonly table: Table
  readonly pages: PageRange | undefined
}

/** Below this, a statement of its own costs more than a core that waits. */
const LEAST_PART_BYTES = 16 * 1024 * 1024

/** How many parts each connection gets of all there is, so that none waits long for the last one. */
const PARTS_A_LANE = 8

/** PostgreSQL 14 reads a range of pages without reading the others. */
const READS_RANGES = 140000

/**
 * Divides tables among connections: a large one by ranges of its pages, each to be copied in the same snapshot, so that
 * a database that is one large table keeps all cores busy. Rows do not move while the snapshot lasts.
 */
export function partsOf<Table extends { readonly table: TablePlan }>(
  tables: readonly Table[],
  server: Server,
  lanes: number,
): Part<Table>[] {
  const total = tables.reduce((sum, { table }) => sum + table.relation.bytes, 0)
  const partBytes = Math.max(LEAST_PART_BYTES, total / (lanes * PARTS_A_LANE))
  return tables.flatMap((table): Part<Table>[] => {
    const { relation } = table.table
    const number = Math.floor(relation.bytes / partBytes)
    const divisible = lanes > 1 && server.versionNumber >= READS_RANGES && hasPages(table.table)
    if (!divisible || number < 2 || relation.pages < number) return [{ table, pages: undefined }]
    const pages = Math.ceil(relation.pages / number)
    // The table may have grown: the last part goes to the end, wherever that is.
    return Array.from({ length: number }, (_, at) => ({
      table,
      pages: { from: at * pages, to: at === number - 1 ? undefined : (at + 1) * pages },
    }))
  })
}
