/** Listens and says what a script says to each line; without a script nothing, ever. Declare it by `using`. */
export class DeafServer implements Disposable {
  readonly heard: string[] = []
  opened = 0
  ended = 0
  readonly #listener: Bun.TCPSocketListener<undefined>

  constructor(greeting = '', script: (line: string) => string = () => '') {
    this.#listener = Bun.listen({
      hostname: '127.0.0.1',
      port: 0,
      socket: {
        open: (socket) => {
          this.opened++
          if (greeting !== '') socket.write(greeting)
        },
        data: (socket, data) => {
          for (const line of data.toString().split('\r\n').filter(Boolean)) {
            this.heard.push(line)
            const said = script(line)
            if (said !== '') socket.write(said)
          }
        },
        close: () => {
          this.ended++
        },
        error: () => {},
      },
    })
  }

  get port(): number {
    return this.#listener.port
  }

  [Symbol.dispose](): void {
    this.#listener.stop(true)
  }
}
