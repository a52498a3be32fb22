import { END_OF_ROWS } from '../../archive/data-stream.ts'
import type { Manifest, TocFigures } from '../../archive/manifest.ts'
import { dataFileName } from '../../archive/toc/entries.ts'
import { type Toc, writeToc } from '../../archive/toc/toc.ts'
import { giveBack } from '../../lib/give-back.ts'
import type { ArchiveFile } from '../../storage/archive-file.ts'
import { ArchiveFolder } from '../../storage/archive-folder.ts'
import { packBest, packByLibdeflate } from '../../storage/compression/gzip.ts'
import type { Context } from '../context.ts'
import type { ArchiveSink, StoredRows, TableSink } from './archive-sink.ts'
import { dumpLargeObjects, type LargeObjects, NO_LARGE_OBJECTS } from './large-objects.ts'
import type { PgDump } from './pg-dump.ts'
import type { DumpRequest } from './request.ts'
import type { TableToCopy } from './table-to-copy.ts'

/** A directory archive: a gzip file for each table, and the table of contents last. */
export class FolderSink implements ArchiveSink {
  readonly pack = packBest
  readonly partBytes = undefined
  readonly #folder: ArchiveFolder
  readonly #largeObjects: boolean
  #toc: Uint8Array = new Uint8Array()

  private constructor(folder: ArchiveFolder, largeObjects: boolean) {
    this.#folder = folder
    this.#largeObjects = largeObjects
  }

  /** Makes the folder ready. Throws as `ArchiveFolder.begin` does. */
  static async open(
    request: Pick<DumpRequest, 'outputFolder' | 'clearOutput' | 'largeObjects' | 'content'>,
  ): Promise<FolderSink> {
    const folder = await ArchiveFolder.begin(request.outputFolder, { clear: request.clearOutput })
    return new FolderSink(folder, request.largeObjects && request.content !== 'structure')
  }

  get path(): string {
    return this.#folder.path
  }

  async takeLargeObjects(context: Context, pgDump: PgDump): Promise<LargeObjects> {
    return this.#largeObjects ? dumpLargeObjects(context, pgDump, this.#folder) : NO_LARGE_OBJECTS
  }

  async begin(toc: Toc, tables: readonly TableToCopy[]): Promise<readonly TableToCopy[]> {
    this.#toc = writeToc(toc)
    return tables
  }

  openTable(dumpId: number): TableSink {
    return new FileOfRows(this.#folder, `${dataFileName(dumpId)}.gz`)
  }

  async publish(describe: (toc: TocFigures) => Manifest): Promise<Manifest> {
    return this.#folder.publish(this.#toc, describe)
  }

  async retract(): Promise<void> {
    await this.#folder.retract()
  }
}

/** The same for every table: what ends its rows. */
const PACKED_END = packByLibdeflate(END_OF_ROWS)

/** What takes less than 0.1 ms to write. */
const SMALL_FILE_BYTES = 128 * 1024

class FileOfRows implements TableSink {
  readonly #folder: ArchiveFolder
  readonly #name: string
  #file: Promise<ArchiveFile> | undefined
  #held: Uint8Array | undefined

  constructor(folder: ArchiveFolder, name: string) {
    this.#folder = folder
    this.#name = name
  }

  /** Each piece is written when the next one comes, so that a small table is one write with its end mark. */
  async append(piece: Uint8Array): Promise<void> {
    const before = this.#held
    this.#held = piece
    if (!before) return
    await this.#folder.append(await this.#opened(), before)
    giveBack(before)
  }

  async finish(): Promise<StoredRows> {
    const last = Buffer.concat([...(this.#held ? [this.#held] : []), await PACKED_END])
    if (!this.#file && last.length <= SMALL_FILE_BYTES) {
      return { file: this.#name, ...(await this.#folder.put(this.#name, last)) }
    }
    await this.#folder.append(await this.#opened(), last)
    return { file: this.#name, ...(await this.#folder.finish(await this.#opened())) }
  }

  async abandon(): Promise<void> {
    const file = await this.#file?.catch(() => undefined)
    await file?.abandon()
  }

  #opened(): Promise<ArchiveFile> {
    this.#file ??= this.#folder.open(this.#name)
    return this.#file
  }
}
