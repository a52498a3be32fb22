import { Fault } from '../../lib/fault.ts'
import { checksumOf, databaseOf, FIELDS, MAGIC, paddingOf, REGULAR_FILE, TAR_BLOCK } from './format.ts'

/** Some bytes of the archive of a database, in their order. */
export interface TarPiece {
  readonly database: string
  readonly bytes: Uint8Array
}

/**
 * Reads a tar of archives as it comes, holding no more than a chunk of the stream. Throws `backup-damaged` where it was
 * changed or cut off, `backup-format` where it is no tar of ours.
 */
export async function* tarMembers(stream: AsyncIterable<Uint8Array>): AsyncGenerator<TarPiece> {
  const source = new ByteSource(stream)
  try {
    for (;;) {
      const header = await source.exactly(TAR_BLOCK)
      if (isZero(header)) {
        if (!isZero(await source.exactly(TAR_BLOCK))) throw damaged('It goes on behind its end')
        await source.toTheEnd()
        return
      }
      const { database, size } = readHeader(header)
      for await (const bytes of source.pieces(size)) yield { database, bytes }
      await source.exactly(paddingOf(size))
    }
  } finally {
    await source.close()
  }
}

/** The archive of one database in a tar. Throws as `tarMembers` does, and `backup-format` where it is not there. */
export async function* archiveInTar(
  stream: AsyncIterable<Uint8Array>,
  database: string,
): AsyncGenerator<Uint8Array> {
  let found = false
  for await (const piece of tarMembers(stream)) {
    if (piece.database !== database) continue
    found = true
    yield piece.bytes
  }
  if (!found) {
    throw new Fault('backup-format', `The backup does not hold the database ${JSON.stringify(database)}.`)
  }
}

function readHeader(header: Uint8Array): { database: string; size: number } {
  const field = (name: keyof typeof FIELDS) => {
    const [begin, length] = FIELDS[name]
    return new TextDecoder().decode(header.subarray(begin, begin + length))
  }
  const text = (name: keyof typeof FIELDS) => field(name).replace(/\0.*$/s, '')
  if (field('magic') !== MAGIC) throw damaged('A header is none of a tar')
  if (Number.parseInt(text('checksum'), 8) !== checksumOf(header)) throw damaged('A header was changed')
  const database = databaseOf(text('prefix'))
  const size = text('size')
  if (database === undefined || !/^[0-7]+$/.test(size) || field('type') !== REGULAR_FILE) {
    throw new Fault('backup-format', 'The tar holds something else than archives of databases.')
  }
  return { database, size: Number.parseInt(size, 8) }
}

function isZero(block: Uint8Array): boolean {
  return block.every((byte) => byte === 0)
}

/** A stream as one that gives as many bytes as are asked for. */
class ByteSource {
  readonly #chunks: AsyncIterator<Uint8Array>
  #chunk: Uint8Array = new Uint8Array()

  constructor(stream: AsyncIterable<Uint8Array>) {
    this.#chunks = stream[Symbol.asyncIterator]()
  }

  /** So many bytes, as they come. */
  async *pieces(length: number): AsyncGenerator<Uint8Array> {
    for (let left = length; left > 0; ) {
      if (this.#chunk.length === 0) await this.#next()
      const piece = this.#chunk.subarray(0, left)
      this.#chunk = this.#chunk.subarray(piece.length)
      left -= piece.length
      yield piece
    }
  }

  /** So many bytes in one piece. */
  async exactly(length: number): Promise<Uint8Array> {
    const bytes = new Uint8Array(length)
    let at = 0
    for await (const piece of this.pieces(length)) {
      bytes.set(piece, at)
      at += piece.length
    }
    return bytes
  }

  /** Reads on, so that whoever makes the stream says whether all of it was genuine. */
  async toTheEnd(): Promise<void> {
    while (!(await this.#chunks.next()).done) {
      // Nothing is wanted of it: GNU tar fills its files up with zeros.
    }
  }

  async close(): Promise<void> {
    await this.#chunks.return?.()
  }

  async #next(): Promise<void> {
    const { value, done } = await this.#chunks.next()
    if (done) throw damaged('It ends early')
    this.#chunk = value
  }
}

function damaged(what: string): Fault {
  return new Fault('backup-damaged', `The backup is damaged. ${what}.`, {
    remedy: 'Fetch it again from where it was copied, or take another one.',
  })
}
