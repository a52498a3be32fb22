import { Fault } from '../../lib/fault.ts'

/** Connection settings by libpq's own keywords, as a DSN, a service or the environment gives them. */
export type Settings = Readonly<Partial<Record<SettingName, string>>>

const SETTING_NAMES = [
  'host',
  'hostaddr',
  'port',
  'dbname',
  'user',
  'password',
  'passfile',
  'service',
  'sslmode',
  'sslrootcert',
  'sslcert',
  'sslkey',
  'connect_timeout',
  'options',
] as const
export type SettingName = (typeof SETTING_NAMES)[number]

/** Keywords that libpq knows and that change nothing for pgveil. */
const IGNORED = new Set(['application_name', 'fallback_application_name', 'client_encoding', 'gssencmode'])

const ENVIRONMENT: Readonly<Record<string, SettingName>> = {
  PGHOST: 'host',
  PGHOSTADDR: 'hostaddr',
  PGPORT: 'port',
  PGDATABASE: 'dbname',
  PGUSER: 'user',
  PGPASSWORD: 'password',
  PGPASSFILE: 'passfile',
  PGSERVICE: 'service',
  PGSSLMODE: 'sslmode',
  PGSSLROOTCERT: 'sslrootcert',
  PGSSLCERT: 'sslcert',
  PGSSLKEY: 'sslkey',
  PGCONNECT_TIMEOUT: 'connect_timeout',
  PGOPTIONS: 'options',
}

export function settingsFromEnvironment(environment: Readonly<Record<string, string | undefined>>): Settings {
  const found: Partial<Record<SettingName, string>> = {}
  for (const [variable, name] of Object.entries(ENVIRONMENT)) {
    const value = environment[variable]
    if (value !== undefined && value !== '') found[name] = value
  }
  return found
}

/** Reads `postgresql://user:password@host:port/database?sslmode=require` or `host=… dbname='…'`. */
export function settingsFromDsn(dsn: string): Settings {
  return /^postgres(ql)?:\/\//.test(dsn) ? settingsFromUri(dsn) : settingsFromKeywords(dsn)
}

function settingsFromUri(dsn: string): Settings {
  // No message here repeats the DSN: it may hold a password.
  const parts =
    /^postgres(?:ql)?:\/\/(?:([^:@/?#]*)(?::([^@/?#]*))?@)?(\[[^\]]*\]|[^:/?#]*)(?::(\d*))?(?:\/([^?#]*))?(?:\?([^#]*))?$/.exec(
      dsn,
    )
  if (!parts) throw badDsn('It is not of the form postgresql://user:password@host:port/database.')
  const [, user, password, host, port, dbname, query] = parts
  const found: Partial<Record<SettingName, string>> = {}
  const take = (name: SettingName, value: string | undefined) => {
    if (value) found[name] = decode(value)
  }
  take('user', user)
  take('password', password)
  take('host', host?.replace(/^\[(.*)\]$/, '$1'))
  take('port', port)
  take('dbname', dbname)
  for (const pair of (query ?? '').split('&').filter(Boolean)) {
    const [name = '', value = ''] = pair.split('=', 2)
    assign(found, decode(name), decode(value))
  }
  return found
}

function settingsFromKeywords(dsn: string): Settings {
  const found: Partial<Record<SettingName, string>> = {}
  const pair = /\s*([a-z_]+)\s*=\s*(?:'((?:[^'\\]|\\.)*)'|((?:[^\s'\\]|\\.)*))(?=\s|$)\s*/y
  while (pair.lastIndex < dsn.length) {
    const match = pair.exec(dsn)
    if (!match) throw badDsn("It is not a list of name=value pairs (a value with blanks stands in '…').")
    assign(found, match[1] ?? '', (match[2] ?? match[3] ?? '').replaceAll(/\\(.)/g, '$1'))
  }
  return found
}

/** Reads one section of a service file; undefined where it has none of that name. */
export function settingsFromService(text: string, service: string): Settings | undefined {
  let inside = false
  let found: Partial<Record<SettingName, string>> | undefined
  for (const line of text.split(/\r?\n/).map((raw) => raw.trim())) {
    if (line === '' || line.startsWith('#')) continue
    if (line.startsWith('[')) {
      if (found) break
      inside = line === `[${service}]`
      if (inside) found = {}
    } else if (inside && found) {
      const split = line.indexOf('=')
      if (split < 1) throw new Fault('connection-options', `The service ${service} has a line without "=".`)
      assign(found, line.slice(0, split).trim(), line.slice(split + 1).trim())
    }
  }
  return found
}

function assign(found: Partial<Record<SettingName, string>>, name: string, value: string): void {
  const known = SETTING_NAMES.find((candidate) => candidate === name)
  if (known) found[known] = value
  else if (!IGNORED.has(name)) throw badDsn(`The setting "${name}" is not supported.`)
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw badDsn('A % in it is not followed by two hexadecimal digits.')
  }
}

function badDsn(message: string): Fault {
  return new Fault('connection-options', `The connection string cannot be read. ${message}`)
}
