import type { Socket } from 'node:net'
import { giveBack } from '../lib/give-back.ts'
import type { Sql } from '../lib/sql.ts'
import { endOnAbort } from './child.ts'
import type { Target } from './connection/target.ts'
import {
  COPY_DONE,
  CopyError,
  CopyMessages,
  copyDataHeader,
  EndOfCopy,
  queryMessage,
} from './copy-messages.ts'
import type { Session } from './session.ts'
import { openSettled, SocketLoan } from './socket-loan.ts'

/**
 * A connection that runs COPY … FROM STDIN, one after the other. Where a signal aborts, or rows stop coming, the connection
 * is ended in the middle of the COPY: the server then takes back what it got.
 */
export class CopyInSession {
  readonly #session: Session
  readonly #socket: Socket
  readonly #loan: SocketLoan
  readonly #messages = new CopyMessages()
  readonly #stopListening: () => void
  /** What the server said of the COPY under way. */
  #end: EndOfCopy | undefined
  #copying = false

  private constructor(session: Session, socket: Socket, signal: AbortSignal) {
    this.#session = session
    this.#socket = socket
    this.#loan = new SocketLoan(socket, (bytes) => this.#hear(bytes))
    this.#stopListening = endOnAbort(signal, async () => {
      socket.destroy()
    })
  }

  /** Connects and runs the statements that settle the session. Throws `connection-failed`, ServerError. */
  static open(target: Target, settings: Sql, signal: AbortSignal): Promise<CopyInSession> {
    return openSettled(target, settings, (session, socket) => new CopyInSession(session, socket, signal))
  }

  /**
   * Runs one COPY … FROM STDIN with pieces of whole or cut rows. A server that refuses the COPY itself reads over what comes
   * for it. Throws CopyError, `connection-lost`, and what the pieces throw.
   */
  async copyIn(copy: Sql, pieces: AsyncIterable<Uint8Array>): Promise<void> {
    this.#end = undefined
    this.#copying = true
    this.#loan.begin()
    this.#socket.write(queryMessage(copy))
    for await (const piece of pieces) {
      this.#socket.write(copyDataHeader(piece.length))
      await this.#sent(piece)
      if (this.#end) break
    }
    if (!this.#end) this.#socket.write(COPY_DONE)
    await this.#until(() => false)
    this.#loan.end()
    this.#copying = false
    const { sqlState } = this.#end as unknown as EndOfCopy
    if (sqlState !== undefined) throw new CopyError(sqlState)
  }

  /** Ends the session, and with it a COPY that is not done. */
  async close(): Promise<void> {
    this.#stopListening()
    if (this.#copying) this.#socket.destroy()
    await this.#session.close()
  }

  /** Waits until the kernel has taken a piece. */
  async #sent(piece: Uint8Array): Promise<void> {
    let isSent = false
    this.#socket.write(piece, (error) => {
      isSent = !error
      this.#loan.wake()
    })
    await this.#until(() => isSent)
    if (isSent) giveBack(piece)
  }

  /** Waits for what is asked for, or until the server has ended the COPY. */
  async #until(isSo: () => boolean): Promise<void> {
    while (!this.#end) {
      if (this.#loan.lost || this.#socket.destroyed) throw this.#session.lostFault()
      if (isSo()) return
      await this.#loan.happens()
    }
  }

  #hear(bytes: Uint8Array): void {
    for (const piece of this.#messages.read(bytes)) {
      if (piece instanceof EndOfCopy) this.#end = piece
    }
    this.#loan.wake()
  }
}
