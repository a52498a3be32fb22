import type { Manifest } from '../../archive/manifest.ts'
import type { Server } from '../../catalog/model.ts'
import { Fault } from '../../lib/fault.ts'
import { fromCatalog, identifier, literal, nothing, type Sql, sql } from '../../lib/sql.ts'
import type { Target } from '../../postgres/connection/target.ts'
import { readServer } from '../../postgres/introspect.ts'
import { ServerError, Session } from '../../postgres/session.ts'
import { EMPTY_SEARCH_PATH } from '../../postgres/settings.ts'
import { type ArchiveSource, refuseIfConnected, refuseSource } from './target-checks.ts'

/** What CREATE DATABASE is told. */
export interface DatabaseProperties {
  readonly oid: number
  readonly encoding: string
  readonly collate: string
  readonly ctype: string
  /** c libc, i ICU (from 15), b built in (from 17). */
  readonly provider: 'c' | 'i' | 'b'
  /** Of ICU and the built-in provider. */
  readonly locale: string | null
  /** Quoted where it must be. */
  readonly owner: string
  /** Quoted where it must be; null for pg_default, which not everybody may name. */
  readonly tablespace: string | null
}

/** Databases to connect to while the target itself is dropped and made anew. */
const MAINTENANCE_DATABASES = ['postgres', 'template1']

/**
 * Drops the target and creates it empty, with the encoding, locale and owner that it had. `approve` may throw before
 * anything is dropped.
 */
export async function recreateDatabase(
  target: Target,
  manifest: Manifest,
  approve: (server: Server) => void,
): Promise<void> {
  const maintenance = await openMaintenance(target)
  try {
    const server = await readServer(maintenance)
    approve(server)
    const before = await readProperties(maintenance, target.database)
    refuseSource(manifest, target, server, before?.oid ?? null)
    await refuseIfConnected(maintenance, target.database)
    const name = identifier(target.database)
    await maintenance.run(sql`DROP DATABASE IF EXISTS ${name}`)
    await maintenance.run(sql`CREATE DATABASE ${name} TEMPLATE template0${createOptions(before, manifest)}`)
  } catch (error) {
    throw error instanceof ServerError ? recreateFault(error, target) : error
  } finally {
    await maintenance.close()
  }
}

/** The properties of a database; undefined where there is none of the name. */
export async function readProperties(
  session: Session,
  database: string,
): Promise<DatabaseProperties | undefined> {
  const [properties] = await session.rows<DatabaseProperties>(sql`
SELECT
  oid::bigint::float8 AS "oid",
  pg_catalog.pg_encoding_to_char(encoding) AS "encoding",
  datcollate AS "collate",
  datctype AS "ctype",
  coalesce(pg_catalog.to_jsonb(pg_database) ->> 'datlocprovider', 'c') AS "provider",
  coalesce(
    pg_catalog.to_jsonb(pg_database) ->> 'datlocale',
    pg_catalog.to_jsonb(pg_database) ->> 'daticulocale'
  ) AS "locale",
  pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(datdba)) AS "owner",
  (
    SELECT pg_catalog.quote_ident(spcname) FROM pg_catalog.pg_tablespace t
    WHERE t.oid = dattablespace AND spcname <> 'pg_default'
  ) AS "tablespace"
FROM pg_catalog.pg_database
WHERE datname = ${literal(database)}`)
  return properties
}

/** The options of CREATE DATABASE for one like another; where there is none, for the source's encoding. */
export function createOptions(before: DatabaseProperties | undefined, manifest: ArchiveSource): Sql {
  if (!before) return sql` ENCODING ${literal(manifest.source.encoding)}`
  const provider =
    before.locale === null
      ? nothing
      : before.provider === 'i'
        ? sql` LOCALE_PROVIDER icu ICU_LOCALE ${literal(before.locale)}`
        : sql` LOCALE_PROVIDER builtin BUILTIN_LOCALE ${literal(before.locale)}`
  const tablespace = before.tablespace === null ? nothing : sql` TABLESPACE ${fromCatalog(before.tablespace)}`
  const locale = sql` LC_COLLATE ${literal(before.collate)} LC_CTYPE ${literal(before.ctype)}`
  return sql` ENCODING ${literal(before.encoding)}${locale}${provider} OWNER ${fromCatalog(before.owner)}${tablespace}`
}

/** Connects to the target's server, but to another database. Throws `connection-failed`. */
export async function openMaintenance(target: Target): Promise<Session> {
  let failure: unknown
  for (const database of MAINTENANCE_DATABASES.filter((name) => name !== target.database)) {
    try {
      const session = await Session.open({ ...target, database })
      await session.run(EMPTY_SEARCH_PATH)
      return session
    } catch (error) {
      failure ??= error
    }
  }
  throw failure
}

function recreateFault(error: ServerError, target: Target): Fault {
  return new Fault('target-busy', `The database ${target.database} cannot be replaced: ${error.words}.`, {
    remedy: 'The user must own the database and have CREATEDB, and nobody else may be connected.',
  })
}
