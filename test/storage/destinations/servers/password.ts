import { createHash } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import ssh2 from 'ssh2'

/**
 * A server that knows one password and nothing else: OpenSSH's asks the accounts of the machine. `asking` makes it ask by
 * keyboard-interactive, as servers with PAM do. Declare it by `await using`.
 */
export async function passwordServer(options: {
  readonly hostKey: string
  readonly password: string
  readonly asking: 'password' | 'keyboard-interactive'
}) {
  let sessions = 0
  const server = new ssh2.Server({ hostKeys: [options.hostKey] }, (client) => {
    client.on('error', () => {})
    client.on('authentication', (context) => {
      if (context.method !== options.asking) return context.reject([options.asking])
      if (context.method === 'password') {
        return context.password === options.password ? context.accept() : context.reject()
      }
      // What is left of the two.
      if (context.method !== 'keyboard-interactive') return undefined
      return context.prompt([{ prompt: 'Password: ', echo: false }], (answers) =>
        answers[0] === options.password ? context.accept() : context.reject(),
      )
    })
    client.on('session', (accept) => {
      sessions += 1
      // Just enough of the protocol to say that a folder is empty.
      accept().on('sftp', (acceptSftp) => {
        const sftp = acceptSftp()
        sftp.on('OPENDIR', (id) => sftp.handle(id, Buffer.from('folder')))
        sftp.on('READDIR', (id) => sftp.status(id, ssh2.utils.sftp.STATUS_CODE.EOF))
        sftp.on('CLOSE', (id) => sftp.status(id, ssh2.utils.sftp.STATUS_CODE.OK))
      })
    })
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const key = ssh2.utils.parseKey(options.hostKey)
  if (key instanceof Error || Array.isArray(key)) throw new Error('the host key cannot be read')
  const sha256 = createHash('sha256').update(key.getPublicSSH()).digest('base64')
  return {
    port: (server.address() as AddressInfo).port,
    fingerprint: `SHA256:${sha256.replace(/=+$/, '')}`,
    get sessions() {
      return sessions
    },
    [Symbol.asyncDispose]: () => new Promise<void>((closed) => server.close(() => closed())),
  }
}
