import { Fault } from '../../lib/fault.ts'
import { identifier, literal, type Sql, sql } from '../../lib/sql.ts'
import type { Session } from '../../postgres/session.ts'
import { createOptions, type DatabaseProperties } from '../restore/prepare-database.ts'
import type { ArchiveSource } from '../restore/target-checks.ts'
import type { SideNames } from './names.ts'

/** A comment on the database tells what pgveil made from what is somebody's. */
const MARK = 'pgveil refresh: '

/**
 * The connection limit that a database of ours is created with. CREATE DATABASE cannot set a comment, nor run with another
 * statement in one transaction: this tells it from others if we are killed in between.
 */
export const MARK_LIMIT = 1_974_083_651

export function shadowMark(database: string): Sql {
  return literal(`${MARK}a copy for ${JSON.stringify(database)} that is not finished`)
}

export function oldMark(database: string, now: Date): Sql {
  return literal(`${MARK}${JSON.stringify(database)} as it was before ${now.toISOString()}`)
}

/** Creates the copy's database, empty, like the target; nobody but its owner and superusers may connect to it. */
export async function createShadow(
  session: Session,
  database: string,
  shadow: string,
  like: DatabaseProperties | undefined,
  source: ArchiveSource,
): Promise<void> {
  const name = identifier(shadow)
  const limit = sql` CONNECTION LIMIT ${literal(MARK_LIMIT)}`
  await session.run(sql`CREATE DATABASE ${name} TEMPLATE template0${createOptions(like, source)}${limit}`)
  await session.run(
    sql`COMMENT ON DATABASE ${name} IS ${shadowMark(database)}; REVOKE ALL ON DATABASE ${name} FROM PUBLIC`,
  )
}

/** Refuses names that are taken by databases which pgveil did not make. Throws `refresh-swap`. */
export async function refuseForeign(session: Session, names: SideNames): Promise<void> {
  for (const name of Object.values(names)) {
    if ((await ownership(session, name)) !== 'foreign') continue
    throw new Fault('refresh-swap', `There is a database ${name} already, and pgveil did not make it.`, {
      remedy: 'Rename it: a refresh needs the name for a moment.',
    })
  }
}

/** Drops databases of these names that pgveil made, whoever is connected; others stay. Gives the names of those dropped. */
export async function dropOwn(session: Session, names: readonly string[]): Promise<string[]> {
  const dropped: string[] = []
  for (const name of names) {
    if ((await ownership(session, name)) !== 'ours') continue
    await session.run(sql`DROP DATABASE IF EXISTS ${identifier(name)} WITH (FORCE)`)
    dropped.push(name)
  }
  return dropped
}

export async function exists(session: Session, database: string): Promise<boolean> {
  return (await ownership(session, database)) !== 'none'
}

async function ownership(session: Session, database: string): Promise<'none' | 'ours' | 'foreign'> {
  const [row] = await session.rows<{ ours: boolean }>(sql`
SELECT coalesce(
  pg_catalog.left(pg_catalog.shobj_description(oid, 'pg_database'), ${literal(MARK.length)}) = ${literal(MARK)},
  datconnlimit = ${literal(MARK_LIMIT)}
) AS ours
FROM pg_catalog.pg_database
WHERE datname = ${literal(database)}`)
  if (!row) return 'none'
  return row.ours ? 'ours' : 'foreign'
}
