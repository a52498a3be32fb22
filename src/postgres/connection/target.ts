import type { Secret } from '../../lib/secret.ts'

export const TLS_MODES = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'] as const
export type TlsMode = (typeof TLS_MODES)[number]

export interface Tls {
  readonly mode: TlsMode
  readonly rootCertificate?: string | undefined
  readonly certificate?: string | undefined
  readonly key?: string | undefined
}

/** One database on one server, settled: everything that a connection needs, from wherever it came. */
export interface Target {
  /** A host name, an address, or the folder of a Unix socket. */
  readonly host: string
  readonly port: number
  readonly database: string
  readonly user: string
  readonly password?: Secret | undefined
  readonly tls: Tls
  /** Seconds to wait for a connection; 0 waits for ever. */
  readonly connectTimeout: number
  /** libpq's `options`: settings for the session, `-c name=value …`. */
  readonly options?: string | undefined
}

export function isSocketFolder(host: string): boolean {
  return host.startsWith('/') || host.startsWith('@')
}

/** `user@host:port/database`, for people. */
export function describeTarget(target: Target): string {
  return `${target.user}@${target.host}:${target.port}/${target.database}`
}

/** The database for --dbname of libpq's programs, which would take a name with an equals sign for a connection string. */
export function databaseParameter(target: Target): string {
  return `dbname='${target.database.replaceAll(/[\\']/g, '\\$&')}'`
}

/** Settings for a session from several places, of which the later ones win; undefined where there are none. */
export function joinOptions(...parts: readonly (string | undefined)[]): string | undefined {
  const given = parts.filter((part) => part !== undefined)
  return given.length > 0 ? given.join(' ') : undefined
}

/**
 * The environment in which libpq's programs (psql, pg_dump, pg_restore) reach the target. The password travels here
 * and never in argv; every other PG* variable of ours is left out, so that nothing but the target decides.
 */
export function clientEnvironment(
  target: Target,
  inherited: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const kept = Object.entries(inherited).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && !entry[0].startsWith('PG'),
  )
  const own: Record<string, string | undefined> = {
    PGHOST: target.host,
    PGPORT: String(target.port),
    PGDATABASE: target.database,
    PGUSER: target.user,
    PGPASSWORD: target.password?.reveal(),
    PGSSLMODE: target.tls.mode,
    PGSSLROOTCERT: target.tls.rootCertificate,
    PGSSLCERT: target.tls.certificate,
    PGSSLKEY: target.tls.key,
    PGCONNECT_TIMEOUT: target.connectTimeout > 0 ? String(target.connectTimeout) : undefined,
    PGOPTIONS: target.options,
    PGAPPNAME: 'pgveil',
    // What goes to psql is UTF-8; without this it would be taken for the encoding of the database.
    PGCLIENTENCODING: 'UTF8',
    // Messages in English, so that they can be told apart.
    LC_ALL: 'C.UTF-8',
  }
  const settled = Object.entries(own).filter((entry): entry is [string, string] => entry[1] !== undefined)
  return Object.fromEntries([...kept, ...settled])
}
