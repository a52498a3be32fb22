import type { Sql } from '../lib/sql.ts'

const ROW = 'd'.charCodeAt(0)
const ERROR = 'E'.charCodeAt(0)
const READY = 'Z'.charCodeAt(0)
const SQL_STATE = 'C'.charCodeAt(0)

/** A byte that says what a message is, and four of its length, which counts itself. */
const HEADER_BYTES = 5

/** Rows of COPY text as they come: a piece may end in the middle of a row, which counts where it begins. */
export class CopiedRows {
  constructor(
    readonly bytes: Uint8Array,
    readonly rows: number,
    /** What came from the server, where no piece behind this one lies in it. */
    readonly lastOf?: Uint8Array,
  ) {}
}

/** A COPY that the server ended with an error; says what, never with which value. */
export class CopyError extends Error {
  constructor(readonly sqlState: string) {
    super(`COPY failed with SQLSTATE ${sqlState}`)
  }
}

/** The end of the answer to one COPY, with the SQLSTATE of the error that ended it. */
export class EndOfCopy {
  constructor(readonly sqlState: string | undefined) {}
}

/**
 * Reads what a server answers to COPY … TO STDOUT, by the frontend/backend protocol 3.0, which has a server send a message
 * for each row. Rows are moved together where they came, without the headers between them; a slice for each would cost as much as psql does.
 */
export class CopyMessages {
  /** The begin of a message whose rest is still to come. */
  #begun: Uint8Array = new Uint8Array()
  /** Bytes that are still to come of a row whose begin was given already. */
  #ofRow = 0
  #sqlState: string | undefined

  /** Gives the rows that some bytes hold, and the ends of answers between them. The bytes are changed. */
  read(bytes: Uint8Array): (CopiedRows | EndOfCopy)[] {
    const found: (CopiedRows | EndOfCopy)[] = []
    const buffer = this.#begun.length > 0 ? Buffer.concat([this.#begun, bytes]) : bytes
    this.#begun = new Uint8Array()
    // A length by its four bytes took 34 ns a row with all that is done here, and takes 20 so.
    const lengths = new DataView(buffer.buffer, buffer.byteOffset, buffer.length)
    const rest = Math.min(this.#ofRow, buffer.length)
    this.#ofRow -= rest
    let at = rest
    let from = 0
    let to = rest
    let rows = 0
    while (at + HEADER_BYTES <= buffer.length) {
      const end = at + 1 + lengths.getUint32(at + 1)
      if (buffer[at] === ROW) {
        buffer.copyWithin(to, at + HEADER_BYTES, end)
        to += Math.min(end, buffer.length) - at - HEADER_BYTES
        at = end
        rows++
        continue
      }
      if (end > buffer.length) break
      if (buffer[at] === ERROR) this.#sqlState = sqlStateOf(buffer.subarray(at + HEADER_BYTES, end))
      if (buffer[at] === READY) {
        if (to > from) found.push(new CopiedRows(buffer.subarray(from, to), rows))
        found.push(new EndOfCopy(this.#sqlState))
        this.#sqlState = undefined
        from = end
        to = end
        rows = 0
      }
      at = end
    }
    // A row of which no byte came yet counts already, in a piece of nothing.
    if (to > from || rows > 0) found.push(new CopiedRows(buffer.subarray(from, to), rows, buffer))
    this.#ofRow += Math.max(0, at - buffer.length)
    // A copy, which a slice of a Buffer is not.
    this.#begun = new Uint8Array(buffer.subarray(at))
    return found
  }
}

/** Of the fields of an error, each a byte that says what it is and a text that a NUL ends. */
function sqlStateOf(fields: Uint8Array): string {
  for (let at = 0; at < fields.length && fields[at] !== 0; at = fields.indexOf(0, at) + 1) {
    if (fields[at] === SQL_STATE)
      return new TextDecoder().decode(fields.subarray(at + 1, fields.indexOf(0, at)))
  }
  return 'XX000'
}

/** The message Query: its kind, its length, the statement and a NUL. */
export function queryMessage({ text }: Sql): Buffer {
  const body = Buffer.from(text)
  const message = Buffer.alloc(body.length + 6, 'Q')
  message.writeInt32BE(body.length + 5, 1)
  body.copy(message, 5)
  message[message.length - 1] = 0
  return message
}

/** What stands before so many bytes of rows in the message CopyData. */
export function copyDataHeader(bytes: number): Buffer {
  const header = Buffer.alloc(HEADER_BYTES, 'd')
  header.writeInt32BE(bytes + 4, 1)
  return header
}

/** The message CopyDone. */
export const COPY_DONE = Uint8Array.of('c'.charCodeAt(0), 0, 0, 0, 4)
