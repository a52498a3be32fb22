/** What went through `compressRows`. */
export interface DataTally {
  rows: number
  /** Bytes of COPY text. */
  bytes: number
}

/** Rows of COPY text as they come: a piece may end in the middle of a row, which counts where it begins. */
export interface RowsPiece {
  readonly bytes: Uint8Array
  readonly rows: number
}

/** A gzip member of a data file. */
export interface Member {
  readonly bytes: Uint8Array
  /** Its text ends with a row; where it does not, the next member must follow it at once. */
  readonly endsRow: boolean
}

/**
 * Bytes of COPY text that make one gzip member. pg_restore reads members that follow each other as one stream. 256 kB
 * compress as fast and as small as 1 MB (within 2 %), and hold a quarter of the memory.
 */
const MEMBER_BYTES = 256 * 1024

/** A row that is longer than this is cut into members of its own, so that no row need fit into memory. */
const LONG_ROW_BYTES = 4 * MEMBER_BYTES

/** Makes a gzip member of a block, or what else is stored of it. What it gives shares no memory with the block. */
export type Pack = (block: Uint8Array) => Promise<Uint8Array>

/** Members under way at once: one being compressed, one being filled, one being written. */
const MEMBERS_IN_FLIGHT = 3

/** What follows the last row of a table in an archive that pg_dump wrote, and counts into the table's bytes. */
export const END_OF_ROWS = new TextEncoder().encode('\\.\n\n\n')

const NEWLINE = 10

/**
 * Turns rows of COPY text into gzip members, in order. Memory stays at a few members however large the table.
 */
export async function* compressRows(
  pieces: AsyncIterable<RowsPiece>,
  tally: DataTally,
  onProgress: (tally: Readonly<DataTally>) => void,
  pack: Pack,
): AsyncGenerator<Member> {
  const inFlight: Promise<Member>[] = []
  const buffers = spare.pop() ?? newBuffers()
  try {
    for await (const block of blocks(counted(pieces, tally), buffers)) {
      const endsRow = block.at(-1) === NEWLINE
      inFlight.push(pack(block).then((bytes) => ({ bytes, endsRow })))
      onProgress(tally)
      if (inFlight.length >= MEMBERS_IN_FLIGHT) yield await (inFlight.shift() as Promise<Member>)
    }
    for (let member = inFlight.shift(); member; member = inFlight.shift()) yield await member
  } finally {
    await Promise.allSettled(inFlight)
    spare.push(buffers)
  }
}

/** Buffers that nobody uses now: new ones for each of 2,000 small tables made the process grow to 430 MB. */
const spare: Uint8Array[][] = []

function newBuffers(): Uint8Array[] {
  return Array.from({ length: MEMBERS_IN_FLIGHT + 1 }, () => new Uint8Array(LONG_ROW_BYTES))
}

async function* counted(pieces: AsyncIterable<RowsPiece>, tally: DataTally): AsyncGenerator<Uint8Array> {
  for await (const { bytes, rows } of pieces) {
    tally.rows += rows
    tally.bytes += bytes.length
    yield bytes
  }
}

/**
 * Gathers chunks into blocks of about MEMBER_BYTES that end with a row, unless a row is too long to be held. Blocks live
 * in a few buffers that are used again and again (a block of its own for each made the process grow to 270 MB): one is
 * good until as many more were taken as may be under way.
 */
async function* blocks(
  chunks: AsyncIterable<Uint8Array>,
  buffers: readonly Uint8Array[],
): AsyncGenerator<Uint8Array> {
  let turn = 0
  let size = 0
  let buffer = buffers[0] as Uint8Array
  /** What was gathered up to here; what is behind it moves on into the next buffer. */
  const take = (end: number): Uint8Array => {
    const block = buffer.subarray(0, end)
    const rest = buffer.subarray(end, size)
    turn = (turn + 1) % buffers.length
    buffer = buffers[turn] as Uint8Array
    buffer.set(rest)
    size = rest.length
    return block
  }
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; ) {
      const piece = chunk.subarray(at, at + LONG_ROW_BYTES - size)
      buffer.set(piece, size)
      size += piece.length
      at += piece.length
      if (size < MEMBER_BYTES) continue
      const end = buffer.subarray(0, size).lastIndexOf(NEWLINE) + 1
      if (end > 0) yield take(end)
      else if (size === LONG_ROW_BYTES) yield take(size)
    }
  }
  if (size > 0) yield take(size)
}
