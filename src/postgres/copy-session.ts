import type { Socket } from 'node:net'
import { giveBack } from '../lib/give-back.ts'
import type { Sql } from '../lib/sql.ts'
import { endOnAbort } from './child.ts'
import type { Target } from './connection/target.ts'
import { type CopiedRows, CopyError, CopyMessages, EndOfCopy, queryMessage } from './copy-messages.ts'
import type { Session } from './session.ts'
import { openSettled, SocketLoan } from './socket-loan.ts'

/** Bytes of rows that may wait here before the server has to. */
const WAITING_BYTES = 1024 * 1024

/**
 * How long the socket rests between two reads once a COPY has brought many rows, while the kernel gathers what comes. Read
 * as it comes, 590 MB were 40,000 pieces of 15 kB, each with a round of the event loop and a change of processes; so they
 * are 4,000, which took a dump on two cores from 5.9 to 5.4 s. With 4 ms it takes no less.
 */
const REST_MILLISECONDS = 2

/** So many bytes are read as they come: the reader of a small COPY waits for its end. */
const MANY_BYTES = 1024 * 1024

/** A piece of this size was gathered already. */
const GATHERED_BYTES = 256 * 1024

/** How long a server may take to take note that what it does is not wanted any more. */
const CANCEL_MILLISECONDS = 5000

/**
 * A connection that runs COPY … TO STDOUT and gives their bytes as they come.
 *
 * While COPYs run, the socket of the connection is read here and not by postgres.js, which touches each row several times,
 * resolves a COPY's stream before the server is done, and then drops an error that comes later: a rule that fails in row
 * two million would leave the reader waiting for ever. A psql in between took 1.2 s of CPU, its pipe included, for 3
 * million rows that take 0.5 s here.
 */
export class CopySession {
  readonly #session: Session
  readonly #socket: Socket
  readonly #loan: SocketLoan
  readonly #messages = new CopyMessages()
  readonly #stopListening: () => void
  #pieces: (CopiedRows | EndOfCopy)[] = []
  #waitingBytes = 0
  /** COPYs that were asked for and whose end nobody has seen. */
  #asked = 0
  /** Those of them whose end has not come. */
  #coming = 0
  #paused = false
  #rest: Timer | undefined
  /** Bytes that the COPY which is being read has brought, and those before it that it followed at once. */
  #brought = 0

  private constructor(session: Session, socket: Socket, signal: AbortSignal) {
    this.#session = session
    this.#socket = socket
    this.#loan = new SocketLoan(socket, (bytes) => this.#read(bytes))
    this.#stopListening = endOnAbort(signal, () => this.#cancel())
  }

  /** Connects and runs the statements that settle the session. Throws `connection-failed`, ServerError. */
  static open(target: Target, settings: Sql, signal: AbortSignal): Promise<CopySession> {
    return openSettled(target, settings, (session, socket) => new CopySession(session, socket, signal))
  }

  /** Runs statements that give no rows. No COPY may be under way. */
  async run(statements: Sql): Promise<void> {
    await this.#session.run(statements)
  }

  /** Runs one COPY … TO STDOUT and gives its rows, each of which ends in a line feed. Throws as `rows` does. */
  copyOut(copy: Sql): AsyncGenerator<CopiedRows> {
    this.ask([copy])
    return this.rows()
  }

  /**
   * Asks for several COPYs at once: a message for each, so that what stands in one cannot touch another. The server goes
   * from one to the next without waiting for us.
   */
  ask(copies: readonly Sql[]): void {
    if (this.#asked === 0) this.#loan.begin()
    this.#asked += copies.length
    this.#coming += copies.length
    this.#socket.write(Buffer.concat(copies.map(queryMessage)))
  }

  /**
   * Gives the rows of the next COPY that was asked for; it must be read to its end before the one after it. A piece is
   * good until the next one is asked for. Throws CopyError where the server ends it, which ends all others too, and
   * `connection-lost`.
   */
  async *rows(): AsyncGenerator<CopiedRows> {
    for (;;) {
      const piece = this.#pieces.shift()
      if (piece instanceof EndOfCopy) {
        if (--this.#asked === 0) this.#giveSocketBack()
        if (piece.sqlState !== undefined) throw new CopyError(piece.sqlState)
        return
      }
      if (piece) {
        this.#waitingBytes -= piece.bytes.length
        yield piece
        if (piece.lastOf) giveBack(piece.lastOf)
        continue
      }
      if (this.#loan.lost) throw this.#session.lostFault()
      const something = this.#loan.happens()
      if (this.#paused) this.#goOn()
      await something
    }
  }

  /** Ends the session and cancels a COPY that still runs. */
  async close(): Promise<void> {
    this.#stopListening()
    if (this.#asked > 0) await this.#cancel()
    await this.#session.close()
    if (this.#asked > 0) this.#socket.destroy()
  }

  /** A server that waits for us to read hears of a cancel when the connection is gone. */
  async #cancel(): Promise<void> {
    if (this.#asked > 0 && !this.#loan.lost) {
      const cancelled = this.#session.cancelOnServer().catch(() => {})
      await Promise.race([cancelled, Bun.sleep(CANCEL_MILLISECONDS)])
    }
    this.#socket.destroy()
  }

  #giveSocketBack(): void {
    this.#loan.end()
    this.#goOn()
  }

  /** Where another was asked for, the server goes on with it, and so do we: 39 parts of a table are one stream. */
  #copyEnds(): void {
    if (--this.#coming === 0) this.#brought = 0
  }

  #goOn(): void {
    this.#paused = false
    this.#restEnds()
  }

  #restEnds(): void {
    clearTimeout(this.#rest)
    this.#rest = undefined
    if (!this.#paused) this.#socket.resume()
  }

  #read(bytes: Uint8Array): void {
    for (const piece of this.#messages.read(bytes)) {
      this.#pieces.push(piece)
      if (piece instanceof EndOfCopy) this.#copyEnds()
      else {
        this.#brought += piece.bytes.length
        this.#waitingBytes += piece.bytes.length
      }
    }
    if (this.#waitingBytes > WAITING_BYTES) this.#paused = true
    else if (this.#brought > MANY_BYTES && bytes.length < GATHERED_BYTES) {
      this.#rest ??= setTimeout(() => this.#restEnds(), REST_MILLISECONDS)
    }
    if (this.#paused || this.#rest) this.#socket.pause()
    this.#loan.wake()
  }
}
