import type { Manifest } from '../../archive/manifest.ts'
import type { Server } from '../../catalog/model.ts'
import { Fault } from '../../lib/fault.ts'
import { fromCatalog, identifier, literal, nothing, type Sql, sql } from '../../lib/sql.ts'
import type { Target } from '../../postgres/connection/target.ts'
import { readServer } from '../../postgres/introspect.ts'
import { ServerError, Session } from '../../postgres/session.ts'
import { refuseIfConnected, refuseSource } from './target-checks.ts'

interface DatabaseProperties {
  readonly encoding: string
  readonly collate: string
  readonly ctype: string
  /** c libc, i ICU (from 15), b built in (from 17). */
  readonly provider: 'c' | 'i' | 'b'
  /** Of ICU and the built-in provider. */
  readonly locale: string | null
  readonly owner: string
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
    const [before] = await maintenance.rows<DatabaseProperties & { oid: number }>(
      propertiesQuery(target.database),
    )
    refuseSource(manifest, target, server, before?.oid ?? null)
    await refuseIfConnected(maintenance, target.database)
    const name = identifier(target.database)
    await maintenance.run(sql`DROP DATABASE IF EXISTS ${name}`)
    await maintenance.run(sql`CREATE DATABASE ${name} TEMPLATE template0${clauses(before, manifest)}`)
  } catch (error) {
    throw error instanceof ServerError ? recreateFault(error, target) : error
  } finally {
    await maintenance.close()
  }
}

function propertiesQuery(database: string): Sql {
  return sql`
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
  pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(datdba)) AS "owner"
FROM pg_catalog.pg_database
WHERE datname = ${literal(database)}`
}

function clauses(before: DatabaseProperties | undefined, manifest: Manifest): Sql {
  if (!before) return sql` ENCODING ${literal(manifest.source.encoding)}`
  const provider =
    before.locale === null
      ? nothing
      : before.provider === 'i'
        ? sql` LOCALE_PROVIDER icu ICU_LOCALE ${literal(before.locale)}`
        : sql` LOCALE_PROVIDER builtin BUILTIN_LOCALE ${literal(before.locale)}`
  const locale = sql` LC_COLLATE ${literal(before.collate)} LC_CTYPE ${literal(before.ctype)}`
  return sql` ENCODING ${literal(before.encoding)}${locale}${provider} OWNER ${fromCatalog(before.owner)}`
}

async function openMaintenance(target: Target): Promise<Session> {
  let failure: unknown
  for (const database of MAINTENANCE_DATABASES.filter((name) => name !== target.database)) {
    try {
      return await Session.open({ ...target, database })
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
