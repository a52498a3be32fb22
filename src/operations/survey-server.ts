import { literal, sql } from '../lib/sql.ts'
import type { Target } from '../postgres/connection/target.ts'
import { readServer } from '../postgres/introspect.ts'
import { Session } from '../postgres/session.ts'

/** Databases that are asked for their number of tables at once, each over a connection of its own. */
const ASKED_AT_ONCE = 4

/** What a server says of itself. */
export interface ServerIdentity {
  /** `17.2`. */
  readonly version: string
  /** Of the cluster; null where the user may not see it. */
  readonly systemIdentifier: string | null
}

export interface DatabaseFigures {
  readonly name: string
  /** Bytes; null where the user may not see it. */
  readonly sizeBytes: number | null
  /** Without those of the system; null where the database does not let the user in. */
  readonly tableCount: number | null
}

/** Connects and asks the server who it is. Throws `connection-failed`, `connection-lost`. */
export async function identifyServer(target: Target, signal: AbortSignal): Promise<ServerIdentity> {
  return withSession(target, signal, async (session) => {
    const { version, systemIdentifier } = await readServer(session)
    // Distributions write the name of their package behind it.
    return { version: version.split(' ')[0] ?? version, systemIdentifier }
  })
}

/** Names of the databases of a server that the user may connect to, without templates, by name. */
export async function listDatabases(target: Target, signal: AbortSignal): Promise<string[]> {
  return withSession(target, signal, async (session) => {
    const rows = await session.rowsUntil<{ name: string }>(
      signal,
      sql`SELECT d.datname AS name FROM pg_catalog.pg_database AS d
WHERE d.datallowconn AND NOT d.datistemplate AND pg_catalog.has_database_privilege(d.oid, 'CONNECT')
ORDER BY d.datname COLLATE "C"`,
    )
    return rows.map(({ name }) => name)
  })
}

/** Sizes and numbers of tables of the databases of a server, without templates, by name. */
export async function surveyDatabases(target: Target, signal: AbortSignal): Promise<DatabaseFigures[]> {
  const found = await withSession(target, signal, (session) =>
    session.rowsUntil<{ name: string; size: string | null }>(
      signal,
      // Nobody but who may connect, or reads all statistics, may ask for the size.
      sql`SELECT d.datname AS name,
  CASE WHEN pg_catalog.has_database_privilege(d.oid, 'CONNECT')
    OR pg_catalog.pg_has_role('pg_read_all_stats', 'USAGE')
  THEN pg_catalog.pg_database_size(d.oid) END AS size
FROM pg_catalog.pg_database AS d
WHERE d.datallowconn AND NOT d.datistemplate ORDER BY d.datname COLLATE "C"`,
    ),
  )
  const figures: DatabaseFigures[] = []
  for (let at = 0; at < found.length; at += ASKED_AT_ONCE) {
    const some = found.slice(at, at + ASKED_AT_ONCE).map(async ({ name, size }) => ({
      name,
      sizeBytes: size === null ? null : Number(size),
      tableCount: await countTables({ ...target, database: name }, signal),
    }))
    figures.push(...(await Promise.all(some)))
  }
  return figures
}

/** Tables and partitioned tables; partitions are counted with them, as a client that lists tables shows them. */
async function countTables(target: Target, signal: AbortSignal): Promise<number | null> {
  try {
    return await withSession(target, signal, async (session) => {
      const [row] = await session.rowsUntil<{ count: string }>(
        signal,
        sql`SELECT pg_catalog.count(*) AS count FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
WHERE c.relkind OPERATOR(pg_catalog.=) ANY (ARRAY['r', 'p']::"char"[])
  AND n.nspname OPERATOR(pg_catalog.!~) '^pg_'
  AND n.nspname OPERATOR(pg_catalog.<>) ${literal('information_schema')}`,
      )
      return Number(row?.count ?? 0)
    })
  } catch {
    signal.throwIfAborted()
    return null
  }
}

async function withSession<Result>(
  target: Target,
  signal: AbortSignal,
  ask: (session: Session) => Promise<Result>,
): Promise<Result> {
  signal.throwIfAborted()
  const session = await Session.open(target)
  try {
    return await ask(session)
  } finally {
    await session.close()
  }
}
