import type { Socket } from 'node:net'
import type { Sql } from '../lib/sql.ts'
import { openSocket } from './connection/socket.ts'
import type { Target } from './connection/target.ts'
import { connectionFault, Session } from './session.ts'

type Reader = (bytes: Uint8Array) => void

/** The socket of a session that postgres.js has opened, read by somebody else while COPYs run on it. */
export class SocketLoan {
  readonly #socket: Socket
  readonly #read: Reader
  /** Those who read the socket when no COPY runs. */
  #readers: Reader[] = []
  #wake = () => {}
  #lost = false

  constructor(socket: Socket, read: Reader) {
    this.#socket = socket
    this.#read = read
    socket.on('close', () => {
      this.#lost = true
      this.wake()
    })
  }

  begin(): void {
    this.#readers = this.#socket.listeners('data') as Reader[]
    this.#socket.removeAllListeners('data')
    this.#socket.on('data', this.#read)
  }

  end(): void {
    this.#socket.off('data', this.#read)
    for (const reader of this.#readers) this.#socket.on('data', reader)
  }

  /** The connection is gone. */
  get lost(): boolean {
    return this.#lost
  }

  /** Resolves when something has happened: `wake` was called, or the connection is lost. Ask before whether it has already. */
  happens(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#wake = resolve
    return promise
  }

  wake(): void {
    this.#wake()
  }
}

/**
 * Connects by a socket that can be lent and runs the statements that settle the session. Throws `connection-failed`,
 * ServerError.
 */
export async function openSettled<Copies extends { close(): Promise<void> }>(
  target: Target,
  settings: Sql,
  make: (session: Session, socket: Socket) => Copies,
): Promise<Copies> {
  const socket = await openSocket(target).catch((error: unknown) => {
    throw connectionFault(target, error)
  })
  const session = await Session.open(target, socket)
  const copies = make(session, socket)
  try {
    await session.run(settings)
    return copies
  } catch (error) {
    await copies.close()
    throw error
  }
}
