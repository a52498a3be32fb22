import roleReachSql from '../../../sql/views/role_reach.sql' with { type: 'text' }
import type { Relation } from '../../catalog/model.ts'
import { Fault } from '../../lib/fault.ts'
import { fromShippedFile, literal, sql } from '../../lib/sql.ts'
import type { Session } from '../../postgres/session.ts'

/** Stands for all roles; no role can have its name in lower case, or be taken for it, where names are quoted. */
export const PUBLIC = 'PUBLIC'

/** How many ways around the views are named. */
const MOST_NAMED = 5

/** Refuses roles that are not there, and roles that could read the tables behind the views. */
export async function refuseReaching(
  session: Session,
  granted: readonly string[],
  hidden: readonly Relation[],
): Promise<void> {
  // What everybody may read everybody may read.
  const roles = granted.filter((role) => role !== PUBLIC)
  if (roles.length === 0) return
  const known = await session.rows<{ name: string }>(sql`SELECT rolname AS name FROM pg_catalog.pg_roles`)
  const missing = roles.find((role) => !known.some(({ name }) => name === role))
  if (missing !== undefined) {
    throw new Fault('role-reads-tables', `There is no role ${missing}.`, {
      remedy: 'Create it first: CREATE ROLE.',
    })
  }
  const oids = hidden.map(({ oid }) => String(oid))
  await session.run(sql`SELECT pg_catalog.set_config('pgveil.roles', ${literal(JSON.stringify(roles))}, true),
  pg_catalog.set_config('pgveil.tables', ${literal(JSON.stringify(oids))}, true)`)
  const ways = await session.rows<{ role: string; table: string | null; reason: string }>(
    fromShippedFile(roleReachSql),
  )
  if (ways.length === 0) return
  throw Fault.of(
    ways.slice(0, MOST_NAMED).map(({ role, table, reason }) => ({
      code: 'role-reads-tables',
      severity: 'error',
      message: `The role ${role} can read ${table ?? 'the tables'} past the views: it has ${reason}.`,
      place: table === null ? undefined : { relation: table },
      remedy:
        'REVOKE that, or grant the views to a role that has no such right (PUBLIC has what was granted to it, too).',
    })),
  )
}
