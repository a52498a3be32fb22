import type { AddressInfo } from 'node:net'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'

export interface Mail {
  readonly from: string
  readonly to: readonly string[]
  readonly secure: boolean
  readonly user: unknown
  /** Header and body, as they came. */
  readonly source: string
}

/** A mail server that keeps all that comes. Declare it by `await using`. */
export class MailServer implements AsyncDisposable {
  readonly mails: Mail[] = []
  /** Asked before a recipient is taken; a code of SMTP refuses. */
  recipient: (address: string) => number | undefined = () => undefined
  /** Asked when a message is whole. */
  data: () => number | undefined = () => undefined
  connections = 0
  readonly #server: SMTPServer

  private constructor(options: SMTPServerOptions) {
    this.#server = new SMTPServer({
      authOptional: true,
      disableReverseLookup: true,
      logger: false,
      closeTimeout: 0,
      onConnect: (_session, done) => {
        this.connections++
        done()
      },
      onAuth: ({ username, password }, _session, done) =>
        password === 'right'
          ? done(null, { user: username })
          : done(refused(535, `no ${username} ${password}`)),
      onRcptTo: ({ address }, _session, done) => answer(this.recipient(address), done),
      onData: (stream, session, done) => {
        const pieces: Buffer[] = []
        stream.on('data', (piece: Buffer) => pieces.push(piece))
        stream.on('end', () => {
          const { mailFrom, rcptTo } = session.envelope
          this.mails.push({
            from: mailFrom ? mailFrom.address : '',
            to: rcptTo.map(({ address }) => address),
            secure: session.secure,
            user: session.user,
            source: Buffer.concat(pieces).toString('utf8'),
          })
          answer(this.data(), done)
        })
      },
      ...options,
    })
    // A client that breaks off is what some tests are about.
    this.#server.on('error', () => {})
  }

  static async open(options: SMTPServerOptions = {}): Promise<MailServer> {
    const server = new MailServer(options)
    const { promise, resolve } = Promise.withResolvers<void>()
    server.#server.listen(0, '127.0.0.1', resolve)
    await promise
    return server
  }

  get port(): number {
    return (this.#server.server.address() as AddressInfo).port
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await new Promise<void>((resolve) => this.#server.close(resolve))
  }
}

function answer(code: number | undefined, done: (error?: Error | null) => void): void {
  done(code === undefined ? null : refused(code, 'words of the server'))
}

function refused(responseCode: number, words: string): Error {
  return Object.assign(new Error(words), { responseCode })
}
