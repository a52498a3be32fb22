import type { Socket } from 'node:net'
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

  constructor(socket: Socket, read: Reader) {
    this.#socket = socket
    this.#read = read
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
}

/** Connects by a socket that can be lent. Throws `connection-failed`. */
export async function openLendable(
  target: Target,
): Promise<{ readonly session: Session; readonly socket: Socket }> {
  const socket = await openSocket(target).catch((error: unknown) => {
    throw connectionFault(target, error)
  })
  return { session: await Session.open(target, socket), socket }
}
