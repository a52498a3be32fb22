import { connect, createServer, type Socket } from 'node:net'
import type { Target } from '../../src/postgres/connection/target.ts'

/** PostgreSQL's code for a message that breaks the protocol, which is what PgBouncer gives here. */
const REFUSAL = ['SFATAL', 'VFATAL', 'C08P01', 'Munsupported startup parameter: options', '']

/** A relay before a server that refuses sessions with settings, as connection poolers do. */
export class Pooler implements AsyncDisposable {
  readonly target: Target
  /** How many sessions it refused. */
  refused = 0
  readonly #server: ReturnType<typeof createServer>
  readonly #sockets = new Set<Socket>()

  private constructor(target: Target, server: ReturnType<typeof createServer>) {
    this.target = target
    this.#server = server
  }

  static async before(target: Target): Promise<Pooler> {
    const server = createServer()
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
    const address = server.address()
    if (address === null || typeof address === 'string') throw new Error('the relay has no port')
    const pooler = new Pooler({ ...target, port: address.port, tls: { mode: 'disable' } }, server)
    server.on('connection', (client) => pooler.#admit(client, target))
    return pooler
  }

  /** The first message names what the session is to be. */
  #admit(client: Socket, target: Target): void {
    this.#keep(client)
    client.once('data', (startup) => {
      if (startup.includes('\0options\0')) {
        this.refused++
        client.end(refusal())
        return
      }
      const upstream = connect(target.port, target.host)
      this.#keep(upstream)
      upstream.write(startup)
      client.pipe(upstream).pipe(client)
    })
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket)
    socket.on('error', () => socket.destroy())
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await new Promise((closed) => this.#server.close(closed))
  }
}

/** An ErrorResponse. */
function refusal(): Buffer {
  const fields = Buffer.from(REFUSAL.map((field) => `${field}\0`).join(''))
  const head = Buffer.alloc(5)
  head.write('E')
  head.writeInt32BE(fields.length + 4, 1)
  return Buffer.concat([head, fields])
}
