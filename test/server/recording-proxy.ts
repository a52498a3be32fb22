import { connect, createServer, type Socket } from 'node:net'
import type { Target } from '../../src/postgres/connection/target.ts'

/** A relay before a server that keeps a copy of all that goes through it. */
export class RecordingProxy implements AsyncDisposable {
  readonly target: Target
  readonly #server: ReturnType<typeof createServer>
  readonly #sockets: Set<Socket>
  readonly #fromServer: Buffer[]
  readonly #fromClient: Buffer[]

  private constructor(
    target: Target,
    server: ReturnType<typeof createServer>,
    sockets: Set<Socket>,
    fromServer: Buffer[],
    fromClient: Buffer[],
  ) {
    this.target = target
    this.#server = server
    this.#sockets = sockets
    this.#fromServer = fromServer
    this.#fromClient = fromClient
  }

  static async before(target: Target): Promise<RecordingProxy> {
    const sockets = new Set<Socket>()
    const [fromServer, fromClient]: [Buffer[], Buffer[]] = [[], []]
    const server = createServer((client) => {
      const upstream = connect(target.port, target.host)
      for (const socket of [client, upstream]) {
        sockets.add(socket)
        socket.on('error', () => socket.destroy())
      }
      client.on('data', (bytes) => fromClient.push(Buffer.from(bytes)))
      upstream.on('data', (bytes) => fromServer.push(Buffer.from(bytes)))
      client.pipe(upstream).pipe(client)
    })
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
    const address = server.address()
    if (address === null || typeof address === 'string') throw new Error('the relay has no port')
    return new RecordingProxy({ ...target, port: address.port }, server, sockets, fromServer, fromClient)
  }

  /** All that the server said, and all that it was asked, byte for byte as Latin-1. */
  get answers(): string {
    return Buffer.concat(this.#fromServer).toString('latin1')
  }

  get statements(): string {
    return Buffer.concat(this.#fromClient).toString('latin1')
  }

  /** How many times somebody waited for an answer: a server says after each that it is ready for the next question. */
  get roundTrips(): number {
    return this.answers.split('Z\0\0\0\x05').length - 1
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await new Promise((closed) => this.#server.close(closed))
  }
}
