import type { Pack } from '../../archive/data-stream.ts'
import type { Manifest, TocFigures } from '../../archive/manifest.ts'
import type { Toc } from '../../archive/toc/toc.ts'
import type { Context } from '../context.ts'
import type { LargeObjects } from './large-objects.ts'
import type { PgDump } from './pg-dump.ts'
import type { TableToCopy } from './table-to-copy.ts'

/** What the rows of one table came to be in an archive. */
export interface StoredRows {
  /** Name of the data file; in a stream the dump id, which the block of data begins with. */
  readonly file: string
  /** Bytes as they are stored, packed. */
  readonly fileBytes: number
  /** Of the parts of the file, hexadecimal; null where there is none of its own. */
  readonly sha256: readonly string[] | null
}

/** Where the rows of one table go. */
export interface TableSink {
  /** Takes a packed piece behind those before it, and its memory. Wait for it before the next. */
  append(piece: Uint8Array, signal: AbortSignal): Promise<void>
  /** Puts the end mark behind the rows. */
  finish(signal: AbortSignal): Promise<StoredRows>
  /** Closes what nobody will finish. */
  abandon(): Promise<void>
}

/** Where an archive goes while it is made: a folder, or a stream. */
export interface ArchiveSink {
  /** Makes what is stored of a block of rows. */
  readonly pack: Pack
  /** Bytes of a table that one connection copies at a time, at most; undefined sets no bound. */
  readonly partBytes: number | undefined
  /** Takes the large objects of the source, where it is to hold them, and gives their entries. */
  takeLargeObjects(context: Context, pgDump: PgDump): Promise<LargeObjects>
  /** Takes the table of contents before any row. Gives the tables in the order in which it wants to have them. */
  begin(toc: Toc, tables: readonly TableToCopy[]): Promise<readonly TableToCopy[]>
  /** Called for each table in the order that `begin` gave. */
  openTable(dumpId: number): TableSink
  /** All rows are there: makes an archive of it. */
  publish(describe: (toc: TocFigures) => Manifest): Promise<Manifest>
  /** Takes back what can be taken back. Never throws. */
  retract(): Promise<void>
}
