import { fromCatalog, identifier, join, literal, type Sql, sql } from '../../lib/sql.ts'
import type { Session } from '../../postgres/session.ts'

interface Grant {
  /** Quoted where it must be; null for PUBLIC. */
  readonly grantee: string | null
  readonly privilege: string
  readonly grantable: boolean
}

interface Setting {
  /** Quoted where it must be; null where it is of the database for everybody. */
  readonly role: string | null
  /** `name=value` each. */
  readonly settings: readonly string[]
}

interface Carried {
  readonly owner: string
  readonly comment: string | null
  readonly limit: number
  readonly allow: boolean
  readonly template: boolean
  readonly grants: readonly Grant[]
  readonly settings: readonly Setting[]
}

/**
 * Statements that give a database what another has and no archive holds: privileges, settings, comment, limits. They may
 * run in a transaction. Where there is no other, those that make it an ordinary database.
 */
export async function carryOverStatements(session: Session, from: string, to: string): Promise<Sql> {
  const [carried] = await session.rows<Carried>(query(from))
  const name = identifier(to)
  if (!carried) {
    return sql`GRANT CONNECT, TEMPORARY ON DATABASE ${name} TO PUBLIC;
COMMENT ON DATABASE ${name} IS NULL;
ALTER DATABASE ${name} WITH CONNECTION LIMIT -1`
  }
  const { limit, allow, template } = carried
  return join(
    [
      sql`REVOKE ALL ON DATABASE ${name} FROM PUBLIC, ${fromCatalog(carried.owner)}`,
      ...carried.grants.map((grant) => grantStatement(name, grant)),
      ...carried.settings.flatMap((setting) => settingStatements(name, setting)),
      sql`COMMENT ON DATABASE ${name} IS ${literal(carried.comment)}`,
      sql`ALTER DATABASE ${name} WITH CONNECTION LIMIT ${literal(limit)} ALLOW_CONNECTIONS ${literal(allow)} IS_TEMPLATE ${literal(template)}`,
    ],
    sql`;\n`,
  )
}

function query(database: string): Sql {
  return sql`
SELECT
  pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(d.datdba)) AS "owner",
  pg_catalog.shobj_description(d.oid, 'pg_database') AS "comment",
  d.datconnlimit AS "limit",
  d.datallowconn AS "allow",
  d.datistemplate AS "template",
  coalesce((
    SELECT pg_catalog.json_agg(pg_catalog.json_build_object(
      'grantee', CASE WHEN a.grantee <> 0 THEN pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(a.grantee)) END,
      'privilege', a.privilege_type,
      'grantable', a.is_grantable
    ))
    FROM pg_catalog.aclexplode(coalesce(d.datacl, pg_catalog.acldefault('d', d.datdba))) a
  ), '[]') AS "grants",
  coalesce((
    SELECT pg_catalog.json_agg(pg_catalog.json_build_object(
      'role', CASE WHEN s.setrole <> 0 THEN pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(s.setrole)) END,
      'settings', s.setconfig
    ))
    FROM pg_catalog.pg_db_role_setting s
    WHERE s.setdatabase = d.oid
  ), '[]') AS "settings"
FROM pg_catalog.pg_database d
WHERE d.datname = ${literal(database)}`
}

function grantStatement(name: Sql, { grantee, privilege, grantable }: Grant): Sql {
  const to = grantee === null ? sql`PUBLIC` : fromCatalog(grantee)
  const option = grantable ? sql` WITH GRANT OPTION` : sql``
  return sql`GRANT ${fromCatalog(privilege)} ON DATABASE ${name} TO ${to}${option}`
}

/** Settings whose value is a list of names, quoted one by one (variable_is_guc_list_quote of PostgreSQL's dumputils.c). */
const LISTS = new Set([
  'local_preload_libraries',
  'search_path',
  'session_preload_libraries',
  'shared_preload_libraries',
  'temp_tablespaces',
  'unix_socket_directories',
])

function settingStatements(database: Sql, { role, settings }: Setting): Sql[] {
  const whom =
    role === null
      ? sql`ALTER DATABASE ${database}`
      : sql`ALTER ROLE ${fromCatalog(role)} IN DATABASE ${database}`
  return settings.map((setting) => {
    const at = setting.indexOf('=')
    const [name, value] = [setting.slice(0, at), setting.slice(at + 1)]
    const values = LISTS.has(name) ? namesOf(value).map(literal) : [literal(value)]
    // The name of a setting of an extension has two parts.
    const parts = join(name.split('.').map(identifier), sql`.`)
    return sql`${whom} SET ${parts} TO ${values.length > 0 ? join(values) : sql`''`}`
  })
}

/** The names in a list such as `"$user", public`. */
function namesOf(list: string): string[] {
  return [...list.matchAll(/"((?:[^"]|"")*)"|[^\s,"]+/g)].map(([whole, quoted]) =>
    quoted === undefined ? whole : quoted.replaceAll('""', '"'),
  )
}
