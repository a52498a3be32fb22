import { createView, SALT_TABLE, tablesToHide, type ViewDefinition } from '../../compile/views/definitions.ts'
import type { Finding } from '../../lib/fault.ts'
import type { Secret } from '../../lib/secret.ts'
import { fromCatalog, identifier, join, literal, qualified, type Sql, sql } from '../../lib/sql.ts'
import { ServerError, Session } from '../../postgres/session.ts'
import { EMPTY_SEARCH_PATH } from '../../postgres/settings.ts'
import type { Context } from '../context.ts'
import { type Installed, isOurs, markOf, readInstalled, stateOf } from './installed.ts'
import { type PlannedViews, planViews, type ViewsRequest } from './plan-views.ts'
import { PUBLIC, refuseReaching } from './reach.ts'
import { refuseForeignObjects, viewsFault } from './refusals.ts'

export interface InstallRequest extends ViewsRequest {
  /** Roles that may read the views from now on, beside those that may already. */
  readonly roles: readonly string[]
}

export interface InstalledViews {
  readonly made: readonly string[]
  readonly kept: readonly string[]
  readonly dropped: readonly string[]
  readonly readers: readonly string[]
  readonly warnings: readonly Finding[]
}

/**
 * Makes the masked views what dictionaries and tables say, in one transaction: all of them or none. What is right
 * already is not touched; grants on a view that is made anew are given again.
 */
export async function installViews(context: Context, request: InstallRequest): Promise<InstalledViews> {
  const planned = await planViews(context, request)
  const session = await Session.open(request.source)
  try {
    await session.run(
      sql`SET client_min_messages = warning; SET standard_conforming_strings = on; ${EMPTY_SEARCH_PATH}; BEGIN`,
    )
    const result = await install(context, session, request, planned)
    context.signal.throwIfAborted()
    await session.run(sql`COMMIT`)
    return { ...result, warnings: planned.warnings }
  } catch (error) {
    throw error instanceof ServerError ? viewsFault(error) : error
  } finally {
    await session.close()
  }
}

async function install(
  context: Context,
  session: Session,
  request: InstallRequest,
  planned: PlannedViews,
): Promise<Omit<InstalledViews, 'warnings'>> {
  const schema = request.viewsSchema
  await session.run(
    sql`SELECT pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtext(${literal(`pgveil views ${schema}`)}))`,
  )
  const there = await readInstalled(session, schema)
  await refuseForeignObjects(session, schema, there)
  const readers = [...new Set([...there.flatMap((entry) => entry.readers), ...request.roles])].sort()
  await refuseReaching(session, readers, tablesToHide(planned.views))

  await session.run(
    sql`CREATE SCHEMA IF NOT EXISTS ${identifier(schema)}; REVOKE ALL ON SCHEMA ${identifier(schema)} FROM PUBLIC`,
  )
  await keepSalt(session, schema, request.salt)
  const old = there.filter(isOurs)
  const kept = planned.views.filter((view) => stateOf(named(old, view.name), view) === 'current')
  const dropped = old.filter((entry) => !kept.some((view) => view.name === entry.name))
  if (dropped.length > 0) await session.run(dropViews(schema, dropped))
  const made = planned.views.filter((view) => !kept.includes(view))
  for (const [done, view] of made.entries()) {
    context.onProgress({ stage: 'views', done, total: made.length, item: view.name })
    await make(session, schema, view, planned.searchPath, context.signal)
  }
  if (readers.length > 0) {
    await session.run(sql`GRANT USAGE ON SCHEMA ${identifier(schema)} TO ${roleList(readers)}`)
  }
  for (const view of planned.views) {
    await grant(session, schema, view, [...(named(old, view.name)?.readers ?? []), ...request.roles])
  }
  return {
    made: made.map(({ name }) => name),
    kept: kept.map(({ name }) => name),
    dropped: dropped.map(({ name }) => name).filter((name) => !made.some((view) => view.name === name)),
    readers,
  }
}

function named(entries: readonly Installed[], name: string): Installed | undefined {
  return entries.find((entry) => entry.name === name)
}

async function make(
  session: Session,
  schema: string,
  view: ViewDefinition,
  searchPath: string,
  signal: AbortSignal,
): Promise<void> {
  await session.run(sql`SELECT pg_catalog.set_config('search_path', ${literal(searchPath)}, true)`)
  await session.rowsUntil(signal, createView(schema, view))
  await session.run(EMPTY_SEARCH_PATH)
  const name = qualified(schema, view.name)
  const { definition } = await session.row<{ definition: string }>(
    sql`SELECT pg_catalog.md5(pg_catalog.pg_get_viewdef(${literal(name.text)}::pg_catalog.regclass)) AS definition`,
  )
  await session.run(sql`COMMENT ON VIEW ${name} IS ${literal(markOf(view, definition))}`)
  await revokeFromOthers(session, name)
}

/** The salt is kept where the views can read it by the rights of their owner, and nobody else. */
async function keepSalt(session: Session, schema: string, salt: Secret | undefined): Promise<void> {
  const name = qualified(schema, SALT_TABLE)
  if (!salt) return
  await session.run(sql`CREATE TABLE IF NOT EXISTS ${name} (salt pg_catalog.text NOT NULL)`)
  await revokeFromOthers(session, name)
  await session.run(sql`DELETE FROM ${name}`)
  // By itself: where another statement of the same message failed, the server would log the salt with it.
  await session.run(sql`INSERT INTO ${name} VALUES (${literal(salt.reveal())})`)
}

/** Default privileges may have granted what nobody meant to. */
async function revokeFromOthers(session: Session, name: Sql): Promise<void> {
  const grantees = await session.rows<{ grantee: string | null }>(sql`
SELECT DISTINCT pg_catalog.quote_ident(r.rolname) AS grantee
FROM pg_catalog.pg_class c
CROSS JOIN pg_catalog.aclexplode(c.relacl) AS a
LEFT JOIN pg_catalog.pg_roles r ON r.oid OPERATOR(pg_catalog.=) a.grantee
WHERE c.oid OPERATOR(pg_catalog.=) ${literal(name.text)}::pg_catalog.regclass
  AND a.grantee OPERATOR(pg_catalog.<>) c.relowner`)
  for (const { grantee } of grantees) {
    await session.run(
      sql`REVOKE ALL ON ${name} FROM ${grantee === null ? sql`PUBLIC` : fromCatalog(grantee)}`,
    )
  }
}

async function grant(
  session: Session,
  schema: string,
  { name }: ViewDefinition,
  readers: readonly string[],
): Promise<void> {
  if (readers.length === 0) return
  await session.run(sql`GRANT SELECT ON ${qualified(schema, name)} TO ${roleList(readers)}`)
}

function roleList(roles: readonly string[]): Sql {
  return join([...new Set(roles)].map((role) => (role === PUBLIC ? sql`PUBLIC` : identifier(role))))
}

/** Views that others have built upon stop it: nothing is dropped behind anybody's back. */
export function dropViews(schema: string, views: readonly Installed[]): Sql {
  return sql`DROP VIEW ${join(views.map(({ name }) => qualified(schema, name)))}`
}
