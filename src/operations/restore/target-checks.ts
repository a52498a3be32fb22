import { statfs } from 'node:fs/promises'
import objectsSql from '../../../sql/restore/objects.sql' with { type: 'text' }
import type { Manifest } from '../../archive/manifest.ts'
import { relationKey, relationName, type Server } from '../../catalog/model.ts'
import { Fault, type Finding } from '../../lib/fault.ts'
import { fromShippedFile, literal, sql } from '../../lib/sql.ts'
import { describeTarget, isSocketFolder, type Target } from '../../postgres/connection/target.ts'
import { ServerError, type Session } from '../../postgres/session.ts'

/**
 * A restored table with its indexes takes more than its heap did; half as much again is what pg_anon asks for too.
 */
const SPACE_FACTOR = 1.5

/** What the checks of a target need to know of the database that an archive came from. */
export type ArchiveSource = Pick<Manifest, 'source'>

/** Never onto the database that the archive came from, whatever the options say. */
export function refuseSource(
  manifest: ArchiveSource,
  target: Target,
  server: Pick<Server, 'systemIdentifier'>,
  databaseOid: number | null,
): void {
  const { source } = manifest
  const known = source.systemIdentifier !== null && server.systemIdentifier !== null
  const sameCluster = known ? source.systemIdentifier === server.systemIdentifier : true
  const sameDatabase = source.database === target.database || (known && source.databaseOid === databaseOid)
  if (!sameCluster || !sameDatabase) return
  throw new Fault(
    'target-is-source',
    `${describeTarget(target)} is the database that the archive was made from.`,
    {
      remedy: known
        ? 'Restore into a database of another name. (A physical copy of the server counts as the server itself.)'
        : 'The servers do not tell who they are, so a database of another name is needed to be sure.',
    },
  )
}

export function refuseStandby(target: Target, server: Server): void {
  if (!server.inRecovery) return
  throw new Fault(
    'target-structure',
    `${describeTarget(target)} is a standby, which cannot be restored into.`,
  )
}

/** The target must hold nothing. */
export async function refuseUnlessEmpty(session: Session): Promise<void> {
  const { count, examples } = await session.row<{ count: number; examples: string[] | null }>(
    fromShippedFile(objectsSql),
  )
  if (count === 0) return
  throw new Fault(
    'target-not-empty',
    `The target is not empty: it holds ${count} objects, ${list(examples)} among them.`,
    {
      remedy: 'Restore into a new database, or pass --clean-db or --drop-db.',
    },
  )
}

/**
 * Cleaning drops what the archive holds too; tables beside them would stay, or stand in the way. `archived` are the keys
 * of the archive's tables.
 */
export async function refuseExtraTables(
  session: Session,
  manifest: Manifest,
  archived: ReadonlySet<string>,
): Promise<void> {
  const rows = await session.rows<{ schema: string; name: string }>(sql`
SELECT n.nspname AS schema, c.relname AS name
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p')
  AND n.nspname !~ '^pg_'
  AND n.nspname NOT IN ('information_schema', 'anon_funcs')
  AND NOT EXISTS (
    SELECT FROM pg_catalog.pg_depend d
    WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = c.oid AND d.deptype = 'e'
  )
ORDER BY 1, 2`)
  const extra = rows.filter((row) => !archived.has(relationKey(row))).map(relationName)
  if (extra.length === 0) return
  throw new Fault(
    'target-extra-tables',
    `The target has ${extra.length} tables that the archive of ${manifest.source.database} does not have, ${list(extra)} among them.`,
    {
      remedy: 'Drop them, restore into another database, or pass --drop-db to replace the whole database.',
    },
  )
}

/** The archive must not be of a newer major than the target. */
export function refuseOlderServer(manifest: ArchiveSource, server: Server): void {
  const major = Math.floor(server.versionNumber / 10000)
  if (major >= manifest.source.serverMajor) return
  throw new Fault(
    'target-version',
    `The archive is of PostgreSQL ${manifest.source.serverMajor}, the target is ${major}.`,
    {
      remedy: 'Restore into a server of the same major or a newer one; --disable-checks tries anyway.',
    },
  )
}

/** Compares the space that the tables took with what is free where the target keeps its data, if that can be seen. */
export async function checkDiskSpace(session: Session, manifest: Manifest): Promise<Finding[]> {
  const folder = isLocal(session.target) ? await dataDirectory(session) : undefined
  const disk = folder && (await statfs(folder).catch(() => undefined))
  if (!disk) return []
  const free = disk.bavail * disk.bsize
  const needed = manifest.tableBytes * SPACE_FACTOR
  if (free >= needed) return []
  throw new Fault(
    'disk-space',
    `The target's disk has ${megabytes(free)} free; the tables need about ${megabytes(needed)}.`,
    {
      remedy: 'Free some space; --disable-checks tries anyway.',
    },
  )
}

function isLocal(target: Target): boolean {
  return isSocketFolder(target.host) || ['localhost', '127.0.0.1', '::1'].includes(target.host)
}

/** Where the server keeps its data, as far as the user may know. */
async function dataDirectory(session: Session): Promise<string | undefined> {
  try {
    const { folder } = await session.row<{ folder: string }>(
      sql`SELECT pg_catalog.current_setting('data_directory') AS folder`,
    )
    return folder
  } catch (error) {
    if (error instanceof ServerError) return undefined
    throw error
  }
}

/** Others who are connected to a database that is to be dropped. */
export async function refuseIfConnected(maintenance: Session, database: string): Promise<void> {
  const rows = await maintenance.rows<{ who: string }>(sql`
SELECT pg_catalog.concat_ws(' ', usename, nullif(application_name, ''), 'pid ' || pid) AS who
FROM pg_catalog.pg_stat_activity
WHERE datname = ${literal(database)} AND backend_type = 'client backend'
ORDER BY pid`)
  if (rows.length === 0) return
  throw new Fault(
    'target-busy',
    `${rows.length} others are connected to the target: ${list(rows.map((row) => row.who))}.`,
    {
      remedy: 'End their connections and try again; nothing was changed.',
    },
  )
}

function list(names: readonly string[] | null): string {
  return (names ?? []).slice(0, 5).join(', ')
}

function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / 1024 / 1024)} MB`
}
