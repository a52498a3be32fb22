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
 */
export class TocBytes {
  readonly #bytes: Uint8Array
  readonly #text = new TextDecoder('utf-8', { fatal: true })
  #at = 0
  #intSize = 4

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  /** Sets the size of the magnitudes to come, as the header declares it. */
  set intSize(size: number) {
    this.#intSize = size
  }

  byte(): number {
    const [byte = 0] = this.raw(1)
    return byte
  }

  int(): number {
    const negative = this.byte() !== 0
    const magnitude = this.raw(this.#intSize).reduceRight((sum, byte) => sum * 256 + byte, 0)
    return negative ? -magnitude : magnitude
  }

  string(): string | null {
    const length = this.int()
    if (length < 0) return null
    const bytes = this.raw(length)
    try {
      return this.#text.decode(bytes)
    } catch {
      throw new Fault('archive-format', 'The archive holds a text that is not UTF-8.', {
        remedy: 'Dump with --encoding=UTF8 among the options of pg_dump.',
      })
    }
  }

  raw(length: number): Uint8Array {
    const end = this.#at + length
    if (end > this.#bytes.length) throw new EndsEarly(this.#bytes.length)
    const bytes = this.#bytes.subarray(this.#at, end)
    this.#at = end
    return bytes
  }

  /** How many bytes were read. */
  get position(): number {
    return this.#at
  }
}

/** Writes what TocBytes reads. */
export class TocBuffer {
  readonly #pieces: Uint8Array[] = []
  readonly #text = new TextEncoder()
  readonly #intSize: number

  constructor(intSize: number) {
    this.#intSize = intSize
  }

  byte(value: number): void {
    this.raw(Uint8Array.of(value))
  }

  int(value: number): void {
    const bytes = new Uint8Array(1 + this.#intSize)
    bytes[0] = value < 0 ? 1 : 0
    let rest = Math.abs(value)
    for (let index = 1; index < bytes.length; index++) {
      bytes[index] = rest % 256
      rest = Math.floor(rest / 256)
    }
    this.raw(bytes)
  }

  string(value: string | null): void {
    if (value === null) {
      this.int(-1)
      return
    }
    const bytes = this.#text.encode(value)
    this.int(bytes.length)
    this.raw(bytes)
  }

  raw(bytes: Uint8Array): void {
    this.#pieces.push(bytes)
  }

  finish(): Uint8Array {
    return new Uint8Array(Buffer.concat(this.#pieces))
  }
}
