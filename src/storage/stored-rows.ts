import { type FileHandle, open } from 'node:fs/promises'
import { join } from 'node:path'
import { END_OF_ROWS } from '../archive/data-stream.ts'
import type { ManifestTable } from '../archive/manifest.ts'
import type { Fault } from '../lib/fault.ts'
import { Turns } from '../lib/turns.ts'
import { unpackBest } from './compression/gzip.ts'
import { DESCRIBED_BYTES, type MemberDescription, readDescription } from './compression/gzip-member.ts'
import { damaged } from './stored-archive.ts'

/** Bytes of a file that are read at once, while those before them are unpacked: some six members. */
const READ_BYTES = 1024 * 1024

/**
 * The rows of one table of an archive, for several takers at once. Each of them gets whole rows; in the middle of a row
 * that is cut into several members nobody else may take.
 */
export class StoredRows {
  /** Of the archive. */
  readonly #folder: string
  readonly #table: ManifestTable
  readonly #handle: FileHandle
  #at = 0
  /** What was read and is not taken. */
  #read: Uint8Array = new Uint8Array()
  #coming: Promise<Uint8Array> | undefined
  readonly #turns = new Turns()
  /** Bytes of text that takers got. */
  #given = 0
  #ended = false

  private constructor(folder: string, table: ManifestTable, handle: FileHandle) {
    this.#folder = folder
    this.#table = table
    this.#handle = handle
  }

  /** Throws `archive-damaged`. */
  static async open(folder: string, table: ManifestTable): Promise<StoredRows> {
    const file = table.file ?? ''
    try {
      return new StoredRows(folder, table, await open(join(folder, file)))
    } catch (cause) {
      throw damaged(folder, file, 'cannot be read', cause)
    }
  }

  /** Bytes of the file that nobody took yet. */
  get bytesLeft(): number {
    return this.#table.fileBytes - this.#at
  }

  /** Text of whole rows until there are no more. Throws `archive-damaged`. */
  async *take(): AsyncGenerator<Uint8Array> {
    for (;;) {
      const release = await this.#turns.take()
      try {
        let member = await this.#next()
        for (; member && !member.description.endsLine; member = await this.#next())
          yield await this.#text(member)
        if (!member) return
        release()
        const text = await this.#text(member)
        if (!isEnd(text)) yield text
      } finally {
        release()
      }
    }
  }

  /** Whether takers together got all that the manifest says. Throws `archive-damaged` where not. */
  refuseUnlessWhole(): void {
    if (this.#given === this.#table.bytes) return
    throw this.#damaged(`has ${this.#given} bytes of text instead of ${this.#table.bytes}`)
  }

  async close(): Promise<void> {
    await this.#coming?.catch(() => {})
    await this.#handle.close()
  }

  /** The next member, packed; undefined at the end of the file. */
  async #next(): Promise<
    { readonly bytes: Uint8Array; readonly description: MemberDescription } | undefined
  > {
    await this.#have(DESCRIBED_BYTES)
    if (this.#read.length === 0) return undefined
    const description = readDescription(this.#read)
    if (!description) throw this.#damaged(`holds no member of pgveil at its byte ${this.#at}`)
    await this.#have(description.bytes)
    if (this.#read.length < description.bytes) throw this.#damaged('ends in the middle of a member')
    const bytes = this.#read.subarray(0, description.bytes)
    this.#read = this.#read.subarray(description.bytes)
    this.#at += description.bytes
    return { bytes, description }
  }

  /** Reads until so many bytes are there, or the file ends. */
  async #have(bytes: number): Promise<void> {
    while (this.#read.length < bytes && !this.#ended) {
      const more = await (this.#coming ?? this.#readOn())
      this.#ended = more.length === 0
      this.#coming = this.#ended ? undefined : this.#readOn()
      // Whoever takes next hears of a failure; until then it is nobody's.
      this.#coming?.catch(() => {})
      this.#read = this.#read.length === 0 ? more : Buffer.concat([this.#read, more])
    }
  }

  async #readOn(): Promise<Uint8Array> {
    try {
      const buffer = new Uint8Array(READ_BYTES)
      const { bytesRead } = await this.#handle.read(buffer, 0, READ_BYTES)
      return buffer.subarray(0, bytesRead)
    } catch (cause) {
      throw this.#damaged('cannot be read', cause)
    }
  }

  async #text({ bytes }: { readonly bytes: Uint8Array }): Promise<Uint8Array> {
    try {
      const text = await unpackBest(bytes)
      this.#given += text.length
      return text
    } catch (cause) {
      throw this.#damaged('holds a member that cannot be unpacked', cause)
    }
  }

  #damaged(what: string, cause?: unknown): Fault {
    return damaged(this.#folder, this.#table.file ?? '', what, cause)
  }
}

function isEnd(text: Uint8Array): boolean {
  return text.length === END_OF_ROWS.length && Buffer.from(text).equals(END_OF_ROWS)
}
