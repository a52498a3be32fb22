import { TocBuffer } from './bytes.ts'
import type { Toc, TocEntry } from './toc.ts'

/**
 * A custom archive as pg_dump writes it into a pipe (PostgreSQL's pg_backup_custom.c): the table of contents, which does
 * not say where the data are, then a block for each entry that has some, in the order of the table of contents: a byte
 * for the kind of block, the dump id, chunks with their lengths before them, and a chunk of length 0.
 */

/** What an entry says of the place of its data: K_OFFSET_POS_NOT_SET and K_OFFSET_NO_DATA. */
const PositionState = { notSet: 1, noData: 3 } as const

/** BLK_DATA. */
const BLOCK_OF_DATA = 1

/** The table of contents of a custom archive that is not compressed, with the entries of a directory's. */
export function asCustom(toc: Toc): Toc {
  const { header } = toc
  const offset = new Uint8Array(header.offsetSize)
  return {
    header: { ...header, format: 'custom', compression: 0 },
    entries: toc.entries.map((entry) => ({
      ...entry,
      extra: {
        kind: 'position',
        state: entry.hadDumper ? PositionState.notSet : PositionState.noData,
        offset,
      },
    })),
  }
}

/** Puts the entries of rows into the order of the dump ids; they stay together where the first of them is. */
export function withRowsInOrder(toc: Toc, dumpIds: readonly number[]): Toc {
  const rank = new Map(dumpIds.map((dumpId, at) => [dumpId, at]))
  const isRows = (entry: TocEntry) => rank.has(entry.dumpId)
  const first = toc.entries.findIndex(isRows)
  if (first === -1) return toc
  const rows = toc.entries
    .filter(isRows)
    .toSorted((left, right) => (rank.get(left.dumpId) ?? 0) - (rank.get(right.dumpId) ?? 0))
  const others = toc.entries.slice(first).filter((entry) => !isRows(entry))
  return { ...toc, entries: [...toc.entries.slice(0, first), ...rows, ...others] }
}

/** What a block of data begins with. */
export function beginOfData(dumpId: number, intSize: number): Uint8Array {
  const bytes = new TocBuffer(intSize)
  bytes.byte(BLOCK_OF_DATA)
  bytes.int(dumpId)
  return bytes.finish()
}

/** A chunk of a block of data. A chunk of nothing would end the block, so there must be something. */
export function chunkOfData(data: Uint8Array, intSize: number): Uint8Array {
  const length = new TocBuffer(intSize)
  length.int(data.length)
  const head = length.finish()
  const chunk = new Uint8Array(head.length + data.length)
  chunk.set(head)
  chunk.set(data, head.length)
  return chunk
}

/** What a block of data ends with, behind its last chunk. */
export function endOfData(intSize: number): Uint8Array {
  return new Uint8Array(1 + intSize)
}
