import {
  compressRows,
  type DataTally,
  END_OF_ROWS,
  type Member,
  type Pack,
  type RowsPiece,
} from '../../archive/data-stream.ts'
import { Turns } from '../../lib/turns.ts'
import type { StoredRows, TableSink } from './archive-sink.ts'

/**
 * The data of one table, which several connections bring at once: pieces of whole rows stand in it in the order in which
 * they came, and the end mark behind them.
 */
export class TableData {
  readonly #sink: TableSink
  readonly #pack: Pack
  readonly #turns = new Turns()
  #parts: number
  #finished = false
  readonly tally: DataTally = { rows: 0, bytes: 0 }

  /** `parts`: how many times `fill` will be called. */
  constructor(sink: TableSink, pack: Pack, parts: number) {
    this.#sink = sink
    this.#pack = pack
    this.#parts = parts
  }

  /** Puts the rows of one part into it. The call that fills the last part gives what all of it amounts to. */
  async fill(
    rows: AsyncIterable<RowsPiece>,
    signal: AbortSignal,
    onProgress: (tally: Readonly<DataTally>) => void,
  ): Promise<StoredRows | undefined> {
    const tally: DataTally = { rows: 0, bytes: 0 }
    let release: (() => void) | undefined
    try {
      for await (const member of compressRows(rows, tally, onProgress, this.#pack)) {
        release ??= await this.#turns.take()
        await this.#sink.append(member.bytes, signal)
        release = this.#passOn(member, release)
      }
    } finally {
      release?.()
    }
    this.tally.rows += tally.rows
    this.tally.bytes += tally.bytes
    return --this.#parts === 0 ? this.#finish(signal) : undefined
  }

  /** Closes what nobody will finish. */
  async abandon(): Promise<void> {
    if (!this.#finished) await this.#sink.abandon()
  }

  /** In the middle of a row nobody else may write. */
  #passOn(member: Member, release: () => void): (() => void) | undefined {
    if (!member.endsRow) return release
    release()
    return undefined
  }

  async #finish(signal: AbortSignal): Promise<StoredRows> {
    this.tally.bytes += END_OF_ROWS.length
    const stored = await this.#sink.finish(signal)
    this.#finished = true
    return stored
  }
}
