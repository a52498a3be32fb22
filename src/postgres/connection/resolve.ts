import { existsSync, readFileSync, statSync } from 'node:fs'
import { homedir, userInfo } from 'node:os'
import { join } from 'node:path'
import { Fault } from '../../lib/fault.ts'
import { Secret } from '../../lib/secret.ts'
import { passwordFor } from './passfile.ts'
import { type Settings, settingsFromDsn, settingsFromEnvironment, settingsFromService } from './settings.ts'
import { type Target, TLS_MODES } from './target.ts'

/** Options of a command that say where the database is; all of them are optional. */
export interface TargetOptions {
  readonly dsn?: string | undefined
  readonly host?: string | undefined
  readonly port?: string | number | undefined
  readonly database?: string | undefined
  readonly user?: string | undefined
  readonly password?: Secret | undefined
  readonly passfile?: string | undefined
  readonly tlsMode?: string | undefined
  readonly tlsRootCertificate?: string | undefined
  readonly tlsCertificate?: string | undefined
  readonly tlsKey?: string | undefined
}

type Environment = Readonly<Record<string, string | undefined>>

/** libpq's default port and its folders for Unix sockets: Debian's build, then upstream's. */
const DEFAULT_PORT = 5432
const SOCKET_FOLDERS = ['/var/run/postgresql', '/tmp']

/**
 * Settles a target as libpq does: an option goes before the DSN, the DSN before the service file, that before the
 * environment, that before the defaults; a password that nobody gave is looked up in the password file.
 * Throws `connection-options`.
 */
export function resolveTarget(options: TargetOptions, environment: Environment): Target {
  const given = settingsOf(options)
  const dsn = options.dsn === undefined ? {} : settingsFromDsn(options.dsn)
  const ambient = settingsFromEnvironment(environment)
  const service = serviceSettings({ ...ambient, ...dsn }.service, environment)
  const settings: Settings = { ...ambient, ...service, ...dsn, ...given }

  const port = portOf(settings.port)
  const host = hostOf(settings, port)
  const user = settings.user ?? userInfo().username
  const database = settings.dbname ?? user
  const password = settings.password
    ? new Secret(settings.password)
    : passwordFromFile(settings.passfile, { host, port, database, user }, environment)
  return {
    host,
    port,
    database,
    user,
    password: options.password ?? password,
    tls: tlsOf(settings, environment, options.tlsRootCertificate !== undefined),
    connectTimeout: wholeNumber('connect_timeout', settings.connect_timeout, 10, 3600),
    options: settings.options,
  }
}

function settingsOf(options: TargetOptions): Settings {
  const found: Record<string, string> = {}
  const take = (name: string, value: string | number | undefined) => {
    if (value !== undefined && value !== '') found[name] = String(value)
  }
  take('host', options.host)
  take('port', options.port)
  take('dbname', options.database)
  take('user', options.user)
  take('passfile', options.passfile)
  take('sslmode', options.tlsMode)
  take('sslrootcert', options.tlsRootCertificate)
  take('sslcert', options.tlsCertificate)
  take('sslkey', options.tlsKey)
  return found
}

function hostOf(settings: Settings, port: number): string {
  const host = settings.host ?? settings.hostaddr
  if (host?.includes(',')) {
    throw new Fault('connection-options', 'Several hosts at once are not supported.', {
      remedy: 'Name the one server to work with.',
    })
  }
  if (host) return host
  const folder = SOCKET_FOLDERS.find((candidate) => existsSync(join(candidate, `.s.PGSQL.${port}`)))
  return folder ?? 'localhost'
}

function portOf(value: string | undefined): number {
  const port = wholeNumber('port', value, DEFAULT_PORT, 65535)
  if (port === 0) throw new Fault('connection-options', 'The port must be from 1 to 65535.')
  return port
}

function wholeNumber(name: string, value: string | undefined, fallback: number, most: number): number {
  if (value === undefined) return fallback
  const number = /^\d{1,9}$/.test(value) ? Number(value) : Number.NaN
  if (!(number <= most)) {
    throw new Fault('connection-options', `${name} must be a whole number up to ${most}.`)
  }
  return number
}

function tlsOf(settings: Settings, environment: Environment, rootGivenAsOption: boolean): Target['tls'] {
  // Who names the authority that must have signed the server's certificate wants it checked.
  const mode = settings.sslmode ?? (rootGivenAsOption ? 'verify-full' : 'prefer')
  const known = TLS_MODES.find((candidate) => candidate === mode)
  if (!known) {
    throw new Fault('connection-options', `sslmode cannot be "${mode}".`, {
      remedy: `It is one of ${TLS_MODES.join(', ')}.`,
    })
  }
  const ownFolder = join(homeOf(environment), '.postgresql')
  const orOwn = (value: string | undefined, name: string) =>
    value ?? [join(ownFolder, name)].find((file) => existsSync(file))
  const certificate = orOwn(settings.sslcert, 'postgresql.crt')
  return {
    mode: known,
    rootCertificate: orOwn(settings.sslrootcert, 'root.crt'),
    certificate,
    key: certificate && orOwn(settings.sslkey, 'postgresql.key'),
  }
}

function serviceSettings(service: string | undefined, environment: Environment): Settings {
  if (!service) return {}
  const files = [
    environment.PGSERVICEFILE ?? join(homeOf(environment), '.pg_service.conf'),
    join(environment.PGSYSCONFDIR ?? '/etc/postgresql-common', 'pg_service.conf'),
  ].filter((file) => existsSync(file))
  for (const file of files) {
    const found = settingsFromService(readFileSync(file, 'utf8'), service)
    if (found) return found
  }
  throw new Fault(
    'connection-options',
    `There is no service "${service}" in ${files.join(', ') || 'any service file'}.`,
  )
}

function passwordFromFile(
  file: string | undefined,
  wanted: Parameters<typeof passwordFor>[1],
  environment: Environment,
): Secret | undefined {
  const path = file ?? join(homeOf(environment), '.pgpass')
  const status = statSync(path, { throwIfNoEntry: false })
  if (!status?.isFile()) {
    if (file === undefined) return undefined
    throw new Fault('connection-options', 'The password file does not exist.', { place: { file: path } })
  }
  if ((status.mode & 0o077) !== 0) {
    // libpq ignores such a file; a file that was asked for by name deserves a word.
    if (file === undefined) return undefined
    throw new Fault('connection-options', 'Others may read the password file.', {
      place: { file: path },
      remedy: `chmod 600 ${path}`,
    })
  }
  return passwordFor(readFileSync(path, 'utf8'), wanted)
}

function homeOf(environment: Environment): string {
  return environment.HOME || homedir()
}
