import { isUtf8 } from 'node:buffer'
import { Fault } from '../../lib/fault.ts'

/** There are fewer bytes than the table of contents has. */
export class EndsEarly extends Fault {
  constructor(bytes: number) {
    super('archive-format', `The table of contents ends early, at byte ${bytes}.`)
  }
}

/**
 * The primitives of pg_dump's archives (PostgreSQL's pg_backup_archiver.c: ReadInt, ReadStr, ReadOffset). An Int is a
 * sign byte and a magnitude, little-endian; a Str is an Int of its length in bytes, -1 for NULL, and the bytes.
 *
 * They are read in place: 2,000 tables are 200,000 of them, and an array for each made it 45 ms instead of 12.
 */
export class TocBytes {
  readonly #bytes: Buffer
  #at = 0
  #intSize = 4

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  /** Sets the size of the magnitudes to come, as the header declares it. */
  set intSize(size: number) {
    this.#intSize = size
  }

  byte(): number {
    return this.#bytes[this.#take(1)] ?? 0
  }

  int(): number {
    const at = this.#take(1 + this.#intSize)
    let magnitude = 0
    for (let index = at + this.#intSize; index > at; index--) {
      magnitude = magnitude * 256 + (this.#bytes[index] ?? 0)
    }
    return this.#bytes[at] === 0 ? magnitude : -magnitude
  }

  string(): string | null {
    const length = this.int()
    if (length < 0) return null
    const at = this.#take(length)
    const text = this.#bytes.toString('utf8', at, at + length)
    if (text.includes(REPLACEMENT)) this.#refuseOther(at, at + length)
    return text
  }

  raw(length: number): Uint8Array {
    const at = this.#take(length)
    return this.#bytes.subarray(at, at + length)
  }

  /** How many bytes were read. */
  get position(): number {
    return this.#at
  }

  /** Goes on by so many bytes, and gives where they begin. */
  #take(length: number): number {
    const at = this.#at
    if (at + length > this.#bytes.length) throw new EndsEarly(this.#bytes.length)
    this.#at = at + length
    return at
  }

  /** The character that stands for what is no UTF-8 may also be in a name. */
  #refuseOther(begin: number, end: number): void {
    if (isUtf8(this.#bytes.subarray(begin, end))) return
    throw new Fault('archive-format', 'The archive holds a text that is not UTF-8.', {
      remedy: 'Dump with --encoding=UTF8 among the options of pg_dump.',
    })
  }
}

const REPLACEMENT = '\ufffd'

/** What a table of contents begins with; that of 2,000 tables has 1.5 MB. */
const FIRST_BYTES = 64 * 1024

/** Writes what TocBytes reads. */
export class TocBuffer {
  readonly #intSize: number
  #bytes = Buffer.allocUnsafe(FIRST_BYTES)
  #length = 0

  constructor(intSize: number) {
    this.#intSize = intSize
  }

  byte(value: number): void {
    const at = this.#grow(1)
    this.#bytes[at] = value
  }

  int(value: number): void {
    const at = this.#grow(1 + this.#intSize)
    this.#bytes[at] = value < 0 ? 1 : 0
    let rest = Math.abs(value)
    for (let index = at + 1; index <= at + this.#intSize; index++) {
      this.#bytes[index] = rest % 256
      rest = Math.floor(rest / 256)
    }
  }

  string(value: string | null): void {
    if (value === null) {
      this.int(-1)
      return
    }
    const length = Buffer.byteLength(value)
    this.int(length)
    const at = this.#grow(length)
    this.#bytes.write(value, at)
  }

  raw(bytes: Uint8Array): void {
    const at = this.#grow(bytes.length)
    this.#bytes.set(bytes, at)
  }

  finish(): Uint8Array {
    return new Uint8Array(this.#bytes.subarray(0, this.#length))
  }

  /** Makes room for so many bytes more, and gives where they begin. */
  #grow(length: number): number {
    const at = this.#length
    this.#length = at + length
    if (this.#length > this.#bytes.length) {
      const larger = Buffer.allocUnsafe(2 * this.#length)
      larger.set(this.#bytes.subarray(0, at))
      this.#bytes = larger
    }
    return at
  }
}
