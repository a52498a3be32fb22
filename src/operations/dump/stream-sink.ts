import { END_OF_ROWS, type Pack } from '../../archive/data-stream.ts'
import type { Manifest, TocFigures } from '../../archive/manifest.ts'
import { asCustom, beginOfData, chunkOfData, endOfData, withRowsInOrder } from '../../archive/toc/custom.ts'
import { type Toc, writeToc } from '../../archive/toc/toc.ts'
import { sha256Hex } from '../../lib/sha256.ts'
import type { ArchiveSink, StoredRows, TableSink } from './archive-sink.ts'
import { type LargeObjects, NO_LARGE_OBJECTS } from './large-objects.ts'
import { OrderedPieces } from './ordered-pieces.ts'
import type { StreamDumpRequest } from './request.ts'
import type { TableToCopy } from './table-to-copy.ts'

/** Bytes of packed rows that wait for their turn, of all tables together. */
const WAITING_BYTES = 32 * 1024 * 1024

/** Two parts of a lane fit into what may wait, packed or not. */
const PART_BYTES = 16 * 1024 * 1024

/** A table of contents is wrapped and packed in pieces of this size, as rows are. */
const HEAD_PIECE_BYTES = 256 * 1024

/**
 * A custom archive as a stream: the table of contents, then the rows of one table after the other. Tables are taken in
 * small parts, so that lanes work on one table together rather than far ahead of the stream.
 */
export class StreamSink implements ArchiveSink {
  readonly pack: Pack
  readonly partBytes = PART_BYTES
  readonly #request: Pick<StreamDumpRequest, 'content' | 'pack' | 'wrap' | 'waitingBytes'>
  readonly #write: (piece: Uint8Array) => Promise<void>
  #intSize = 4
  #head: TocFigures | undefined
  #places: readonly number[] = []
  #pieces: OrderedPieces | undefined

  constructor(
    request: Pick<StreamDumpRequest, 'content' | 'pack' | 'wrap' | 'waitingBytes'>,
    write: (piece: Uint8Array) => Promise<void>,
  ) {
    this.#request = request
    this.#write = write
    this.pack = (block) => this.#packed(chunkOfData(block, this.#intSize))
  }

  /** Large objects stay where they are: the manifest says how many. */
  async takeLargeObjects(): Promise<LargeObjects> {
    return NO_LARGE_OBJECTS
  }

  /** Rows alone load in the order of their foreign keys; all others as they were planned, the largest table first. */
  async begin(toc: Toc, tables: readonly TableToCopy[]): Promise<readonly TableToCopy[]> {
    const byId = new Map(tables.map((table) => [table.dumpId, table]))
    const wanted =
      this.#request.content === 'data' ? toc.entries.map(({ dumpId }) => dumpId) : [...byId.keys()]
    const ordered = wanted.flatMap((dumpId) => byId.get(dumpId) ?? [])
    this.#intSize = toc.header.intSize
    this.#places = ordered.map(({ dumpId }) => dumpId)
    await this.#writeHead(writeToc(asCustom(withRowsInOrder(toc, this.#places))))
    this.#pieces = new OrderedPieces({
      write: this.#write,
      begin: (place) => this.#packed(beginOfData(this.#places[place] ?? 0, this.#intSize)),
      places: this.#places.length,
      most: this.#request.waitingBytes ?? WAITING_BYTES,
    })
    return ordered
  }

  openTable(dumpId: number): TableSink {
    const pieces = this.#pieces
    if (!pieces) throw new Error('rows came before the table of contents')
    const place = this.#places.indexOf(dumpId)
    let fileBytes = 0
    const append = async (piece: Uint8Array, signal: AbortSignal) => {
      fileBytes += piece.length
      await pieces.put(place, piece, signal)
    }
    return {
      append,
      finish: async (signal): Promise<StoredRows> => {
        const last = Buffer.concat([chunkOfData(END_OF_ROWS, this.#intSize), endOfData(this.#intSize)])
        await append(await this.#packed(last), signal)
        pieces.end(place)
        return { file: String(dumpId), fileBytes, sha256: null }
      },
      abandon: async () => {},
    }
  }

  async publish(describe: (toc: TocFigures) => Manifest): Promise<Manifest> {
    await this.#pieces?.finish()
    if (!this.#head) throw new Error('an archive without a table of contents')
    return describe(this.#head)
  }

  async retract(): Promise<void> {
    this.#pieces?.stop()
  }

  async #writeHead(head: Uint8Array): Promise<void> {
    const sha256 = sha256Hex(head)
    this.#head = { fileBytes: head.length, sha256 }
    for (let at = 0; at < head.length; at += HEAD_PIECE_BYTES) {
      await this.#write(await this.#packed(head.subarray(at, at + HEAD_PIECE_BYTES)))
    }
  }

  #packed(block: Uint8Array): Promise<Uint8Array> {
    const { wrap, pack } = this.#request
    return pack(wrap ? wrap(block) : block)
  }
}
