import { connect, isIP, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { isSocketFolder, type Target } from './target.ts'
import { type TlsChoice, tlsChoice } from './tls.ts'

/** The message that asks a server for TLS: its length, and a version that none has. */
const SSL_REQUEST = Uint8Array.of(0, 0, 0, 8, 4, 210, 22, 47)

const OFFERED = 'S'.charCodeAt(0)

/** Reaches the server of a target, as far as its first word: encrypted where the target says so. Throws what Node throws. */
export async function openSocket(target: Target): Promise<Socket> {
  const { host, port, connectTimeout } = target
  const socket = isSocketFolder(host)
    ? connect({ path: `${host}/.s.PGSQL.${port}` })
    : connect({ host, port })
  const giveUp = () => socket.destroy(new Error('timeout expired'))
  const timer = connectTimeout > 0 ? setTimeout(giveUp, connectTimeout * 1000) : undefined
  try {
    await until(socket, 'connect')
    return await negotiate(socket, target.host, tlsChoice(target))
  } catch (error) {
    socket.destroy()
    throw error
  } finally {
    clearTimeout(timer)
  }
}

async function negotiate(socket: Socket, host: string, tls: TlsChoice): Promise<Socket> {
  if (tls === false) return socket
  socket.write(SSL_REQUEST)
  const answer = await until<Uint8Array>(socket, 'data')
  // What comes behind the answer was put there by somebody on the way (CVE-2021-23222).
  if (answer.length !== 1) throw new Error('the server said more than whether it offers TLS')
  if (answer[0] !== OFFERED) {
    if (tls === 'prefer') return socket
    throw new Error('the server offers no TLS')
  }
  const options = tls === 'prefer' ? { rejectUnauthorized: false } : tls
  const encrypted = connectTls({ socket, ...(isIP(host) === 0 && { servername: host }), ...options })
  await until(encrypted, 'secureConnect')
  return encrypted
}

/** Waits for an event, or for the error that comes in its place. */
function until<Value = void>(socket: Socket, event: string): Promise<Value> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void) => {
      socket.off(event, onEvent)
      socket.off('error', onError)
      socket.off('close', onClose)
      act()
    }
    const onEvent = (value: Value) => settle(() => resolve(value))
    const onError = (error: Error) => settle(() => reject(error))
    const onClose = () => settle(() => reject(new Error('the server ended the connection')))
    socket.on(event, onEvent)
    socket.on('error', onError)
    socket.on('close', onClose)
  })
}
