import { compressRows, type DataTally, endOfRows, type Member } from '../../archive/data-stream.ts'
import type { ArchiveFile, WrittenFile } from '../../storage/archive-file.ts'
import type { ArchiveFolder } from '../../storage/archive-folder.ts'

/**
 * The data file of one table, which several connections fill at once: gzip members of whole rows stand in it in the
 * order in which they came, and the end mark behind them.
 */
export class DataFile {
  readonly #folder: ArchiveFolder
  readonly #name: string
  #file: Promise<ArchiveFile> | undefined
  #turn: Promise<void> = Promise.resolve()
  #parts: number
  #finished = false
  readonly tally: DataTally = { rows: 0, bytes: 0 }

  /** `parts`: how many times `fill` will be called. */
  constructor(folder: ArchiveFolder, name: string, parts: number) {
    this.#folder = folder
    this.#name = name
    this.#parts = parts
  }

  get name(): string {
    return this.#name
  }

  /** Puts the rows of one part into the file. The call that fills the last part gives what the file amounts to. */
  async fill(
    rows: AsyncIterable<Uint8Array>,
    onProgress: (tally: Readonly<DataTally>) => void,
  ): Promise<WrittenFile | undefined> {
    this.#file ??= this.#folder.open(this.#name)
    const file = await this.#file
    const tally: DataTally = { rows: 0, bytes: 0 }
    let release: (() => void) | undefined
    try {
      for await (const member of compressRows(rows, tally, onProgress)) {
        release ??= await this.#takeTurn()
        await this.#folder.append(file, member.bytes)
        release = this.#passOn(member, release)
      }
    } finally {
      release?.()
    }
    this.tally.rows += tally.rows
    this.tally.bytes += tally.bytes
    return --this.#parts === 0 ? this.#finish(file) : undefined
  }

  /** Closes a file that nobody will finish. */
  async abandon(): Promise<void> {
    if (this.#finished) return
    const file = await this.#file?.catch(() => undefined)
    await file?.abandon()
  }

  /** In the middle of a row nobody else may write. */
  #passOn(member: Member, release: () => void): (() => void) | undefined {
    if (!member.endsRow) return release
    release()
    return undefined
  }

  async #takeTurn(): Promise<() => void> {
    const before = this.#turn
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#turn = promise
    await before
    return resolve
  }

  async #finish(file: ArchiveFile): Promise<WrittenFile> {
    const { member, bytes } = await endOfRows()
    this.tally.bytes += bytes
    await this.#folder.append(file, member)
    this.#finished = true
    return this.#folder.finish(file)
  }
}
