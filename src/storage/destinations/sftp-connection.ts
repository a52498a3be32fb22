import type { ConnectConfig, SFTPWrapper } from 'ssh2'
import { Fault } from '../../lib/fault.ts'
import { type HostPolicy, reachableAddress } from '../../lib/hosts.ts'
import { orAborted } from '../../lib/or-aborted.ts'
import type { SftpConfig } from './config.ts'
import { storageFailed, withoutSecrets } from './faults.ts'
import { algorithmsToAsk, fingerprintOf, isExpected } from './host-key.ts'

const CONNECT_TIMEOUT = 20_000
/** A server that answers none of three of these is gone. */
const KEEPALIVE_INTERVAL = 10_000

export interface SftpConnection {
  readonly sftp: SFTPWrapper
  /** Aborts when it is closed, by whomever. ssh2 never answers what is asked after that, and not all that was before. */
  readonly gone: AbortSignal
  /** Says goodbye. */
  end(): void
  /** Does not wait for a server that may no longer listen. */
  destroy(): void
}

type SshError = Error & { readonly level?: string; readonly code?: string }

/**
 * Connects to a server of SFTP that shows the expected host key. Throws `host-key`, `address-refused`, `adapter-config`
 * for a private key that cannot be read, `storage-failed` for all else.
 */
export async function connectSftp(
  config: SftpConfig,
  hosts: HostPolicy,
  signal: AbortSignal,
): Promise<SftpConnection> {
  signal.throwIfAborted()
  const { default: ssh2 } = await import('ssh2')
  refuseUnreadableKey(config, ssh2.utils.parseKey)
  const address = await orAborted(reachableAddress(config.host, hosts), signal)
  if (address === undefined) throw unreachable(config, 'the name has no address')
  const shown: string[] = []
  for (const algorithms of algorithmsToAsk(config.hostKey)) {
    const attempt = await tryConnect(config, { address, algorithms, signal, Client: ssh2.Client })
    if ('sftp' in attempt) return attempt
    if (attempt.shown !== undefined) shown.push(attempt.shown)
  }
  throw new Fault(
    'host-key',
    shown.length > 0
      ? `The server ${config.host} shows another host key than the one expected: SHA256:${shown.join(', SHA256:')}.`
      : `The server ${config.host} has no host key of the expected type.`,
    {
      place: { field: 'hostKey' },
      remedy:
        'Ask whoever runs the server for its fingerprint. Only if it is this one, change hostKey: else somebody may stand between.',
    },
  )
}

/** A connection, or what the server showed instead of the expected key. */
async function tryConnect(
  config: SftpConfig,
  options: {
    readonly address: string
    readonly algorithms: readonly string[]
    readonly signal: AbortSignal
    readonly Client: typeof import('ssh2').Client
  },
): Promise<SftpConnection | { readonly shown: string | undefined }> {
  const client = new options.Client()
  const gone = new AbortController()
  let shown: Buffer | undefined
  let verified = false
  const opened = Promise.withResolvers<SFTPWrapper>()
  client.on('error', (error) => opened.reject(error))
  client.on('close', () => {
    const error = new Error('the connection was closed')
    gone.abort(error)
    opened.reject(error)
  })
  client.on('ready', () => {
    client.sftp((error, sftp) => (error ? opened.reject(error) : opened.resolve(sftp)))
  })
  const password = config.password?.reveal()
  client.on('keyboard-interactive', (_name, _instructions, _language, prompts, answer) => {
    // The way in which servers with PAM ask for a password.
    answer(password !== undefined && prompts.length === 1 ? [password] : [])
  })
  try {
    client.connect({
      host: options.address,
      port: config.port,
      username: config.username,
      ...(password !== undefined && { password, tryKeyboard: true }),
      ...(config.privateKey && { privateKey: config.privateKey.reveal() }),
      ...(config.passphrase && { passphrase: config.passphrase.reveal() }),
      hostVerifier: (key: Buffer) => {
        shown = key
        verified = isExpected(config.hostKey, key)
        return verified
      },
      algorithms: { serverHostKey: options.algorithms as never },
      readyTimeout: CONNECT_TIMEOUT,
      keepaliveInterval: KEEPALIVE_INTERVAL,
    } satisfies ConnectConfig)
    const sftp = await orAborted(opened.promise, options.signal)
    return {
      sftp,
      gone: gone.signal,
      end: () => client.end(),
      destroy: () => client.destroy(),
    }
  } catch (error) {
    client.destroy()
    options.signal.throwIfAborted()
    if (!verified && (shown || /no matching host key/.test((error as SshError).message))) {
      return { shown: shown && fingerprintOf(shown) }
    }
    throw connectFault(config, error as SshError)
  }
}

function connectFault(config: SftpConfig, error: SshError): Fault {
  if (error.level === 'client-authentication') {
    return storageFailed(
      `Logging in to ${config.host}`,
      '',
      `the server refused the user ${JSON.stringify(config.username)} with this ${config.privateKey ? 'key' : 'password'}`,
      `Look at username and ${config.privateKey ? 'privateKey' : 'password'}.`,
    )
  }
  if (error.level === 'client-timeout') return unreachable(config, 'no answer in time')
  const secrets = [config.password?.reveal(), config.passphrase?.reveal(), config.privateKey?.reveal()]
  return unreachable(config, withoutSecrets(error.code ?? error.message, secrets))
}

function unreachable(config: SftpConfig, reason: string): Fault {
  return storageFailed(
    `Connecting to ${config.host}, port ${config.port},`,
    '',
    reason,
    'Look at host and port, and whether the server runs and can be reached from here.',
  )
}

function refuseUnreadableKey(config: SftpConfig, parseKey: typeof import('ssh2').utils.parseKey): void {
  if (!config.privateKey) return
  const parsed = parseKey(config.privateKey.reveal(), config.passphrase?.reveal())
  if (!(parsed instanceof Error)) return
  const field = /passphrase/.test(parsed.message) ? 'passphrase' : 'privateKey'
  throw new Fault('adapter-config', `The private key cannot be read: ${parsed.message}.`, {
    place: { field },
    remedy: 'Give the whole text of a private key of OpenSSH, and its passphrase where it has one.',
  })
}
