import { connect, createServer } from 'node:net'

/** A port of the loopback address that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const address = server.address()
  await new Promise((closed) => server.close(closed))
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

/** Waits until a server takes connections. Throws what it said when it ended before. */
export async function untilListening(
  port: number,
  child: Bun.Subprocess,
  complaints: () => string,
): Promise<void> {
  for (const deadline = Date.now() + 20_000; ; ) {
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Error(`the server ended: ${complaints()}`)
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1')
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
      socket.once('connect', () => socket.destroy())
    })
    if (open) return
    if (Date.now() > deadline) throw new Error(`the server does not listen: ${complaints()}`)
    await Bun.sleep(20)
  }
}
