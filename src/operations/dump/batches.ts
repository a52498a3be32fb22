import type { Part } from '../parts.ts'

/** A table that is larger is worth a question of its own. */
const SMALL_BYTES = 256 * 1024

/** Beyond this, what is saved by asking for more of them at once is below what one COPY costs. */
const TABLES_A_BATCH = 32

/** How many batches each connection gets of small tables, so that none waits long for the last one. */
const BATCHES_A_LANE = 4

/**
 * Gathers small tables that follow each other, so that one message asks for several of them: to wait for the answer of each
 * before the next is asked for made two processes take turns 2,000 times. `together` says which may stand in one message.
 */
export function batchesOf<Table>(
  parts: readonly Part<Table>[],
  options: {
    readonly lanes: number
    readonly bytesOf: (table: Table) => number
    readonly together: (one: Table, other: Table) => boolean
  },
): Part<Table>[][] {
  const isSmall = ({ table, pages }: Part<Table>) =>
    pages === undefined && options.bytesOf(table) <= SMALL_BYTES
  const small = parts.filter(isSmall).length
  const most = Math.min(TABLES_A_BATCH, Math.ceil(small / (options.lanes * BATCHES_A_LANE)))
  const batches: Part<Table>[][] = []
  for (const part of parts) {
    const last = batches.at(-1)
    const [first] = last ?? []
    const joins =
      last &&
      first &&
      last.length < most &&
      isSmall(first) &&
      isSmall(part) &&
      options.together(first.table, part.table)
    if (joins) last.push(part)
    else batches.push([part])
  }
  return batches
}
