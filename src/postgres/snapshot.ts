import type { Server } from '../catalog/model.ts'
import { Fault, type Place } from '../lib/fault.ts'
import type { Secret } from '../lib/secret.ts'
import { fromShippedFile, join, literal, qualified, type Sql, sql } from '../lib/sql.ts'
import type { Target } from './connection/target.ts'
import { type LockableTable, readLockableTables } from './introspect.ts'
import { ServerError, Session } from './session.ts'
import { DUMP_SETTINGS, EMPTY_SEARCH_PATH } from './settings.ts'

/** How many tables one LOCK TABLE names. */
const TABLES_A_LOCK = 200

interface ResolvedPath {
  readonly path: string
  readonly schemas: readonly string[]
}

/**
 * Which tables to keep from being changed, dropped, or replaced by a view of somebody's: all, or those that the user may
 * read.
 */
export type LockedTables = 'all' | 'readable'

export interface SnapshotOptions {
  /** How long to wait for a table that somebody else has locked, in milliseconds. */
  readonly lockWait: number
  /** The value of the setting anon_funcs.salt, here and for those who share the snapshot. */
  readonly salt?: Secret | undefined
}

/**
 * A read-only transaction whose snapshot others can share, and which can lock the tables that they read. It must stay open
 * until everyone who shares it has begun.
 */
export class Snapshot {
  readonly session: Session
  readonly id: string
  /** The search_path that this user meets in this database: names in a dictionary's rules resolve by it. */
  readonly searchPath: string
  /** The schemas that it stands for, those that PostgreSQL searches on its own among them. */
  readonly schemas: readonly string[]
  readonly #salt: Sql | undefined

  private constructor(session: Session, id: string, path: ResolvedPath, salt: Sql | undefined) {
    this.session = session
    this.id = id
    this.searchPath = path.path
    this.schemas = path.schemas
    this.#salt = salt
  }

  /** Begins the transaction. It writes nothing, so it works on a standby. */
  static async begin(target: Target, options: SnapshotOptions): Promise<Snapshot> {
    const session = await Session.open(target)
    const salt = options.salt
      ? sql`SELECT pg_catalog.set_config('anon_funcs.salt', ${literal(options.salt.reveal())}, false)`
      : undefined
    try {
      const path = await session.row<ResolvedPath>(
        sql`SELECT pg_catalog.current_setting('search_path') AS path,
          pg_catalog.array_to_json(pg_catalog.current_schemas(true)) AS schemas`,
      )
      await session.run(
        sql`${DUMP_SETTINGS}${versionSettings(await versionOf(session))}; ${EMPTY_SEARCH_PATH}`,
      )
      if (salt) await session.run(salt)
      await session.run(sql`BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY`)
      const { id } = await session.row<{ id: string }>(sql`SELECT pg_catalog.pg_export_snapshot() AS id`)
      // Reading the catalog waits for a table that somebody holds as well.
      await session.run(sql`SET lock_timeout = ${literal(options.lockWait)}`)
      return new Snapshot(session, id, path, salt)
    } catch (error) {
      await session.close()
      throw error
    }
  }

  /** Takes the locks of some tables. Throws `lock-unavailable`, `privilege-missing`. */
  async lockTables(which: LockedTables, signal: AbortSignal): Promise<void> {
    const tables = await readLockableTables(this.session)
    const wanted = tables.filter(({ readable }) => which === 'all' || readable)
    for (let start = 0; start < wanted.length; start += TABLES_A_LOCK) {
      await lock(this.session, signal, wanted.slice(start, start + TABLES_A_LOCK))
    }
  }

  /**
   * Statements that let another session see this snapshot, read-only, with pg_dump's settings. Such a session must not
   * wait for a lock without end: behind somebody who waits for an exclusive one it would wait for them, they for the
   * snapshot's session, and that one for us.
   */
  joinStatements(server: Server, lockWaitMilliseconds: number): Sql {
    return sql`${this.scriptStatements(server)};
SET lock_timeout = ${literal(lockWaitMilliseconds)};
SET TRANSACTION SNAPSHOT ${literal(this.id)}`
  }

  /**
   * Sets the salt in such a session, where there is one. It goes by itself: where another statement of the same message
   * failed, the server would log both. As a SELECT its constants are no part of what pg_stat_statements keeps.
   */
  async giveSalt(session: { run(statement: Sql): Promise<void> }): Promise<void> {
    if (this.#salt) await session.run(this.#salt)
  }

  /** The settings of such a session and the beginning of its transaction, as anybody may read and run them. */
  scriptStatements(server: Server): Sql {
    return sql`${DUMP_SETTINGS}${versionSettings(server.versionNumber)};
SET client_encoding = ${literal(archiveEncoding(server))};
BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY`
  }

  /** Sets the search_path under which a dictionary's rules are read. */
  get databaseSearchPath(): Sql {
    return sql`SELECT pg_catalog.set_config('search_path', ${literal(this.searchPath)}, false)`
  }

  async close(): Promise<void> {
    await this.session.close()
  }
}

/**
 * The encoding of an archive. Everything is written in UTF-8, whatever the database has, but for a database in
 * SQL_ASCII: its bytes belong to no encoding and pass through as they are.
 */
export function archiveEncoding(server: Server): 'UTF8' | 'SQL_ASCII' {
  return server.encoding === 'SQL_ASCII' ? 'SQL_ASCII' : 'UTF8'
}

/** Settings that only some majors know: a timeout that would end a long dump, and a probe for a client that is gone. */
function versionSettings(versionNumber: number): Sql {
  const transactionTimeout = versionNumber >= 170000 ? '; SET transaction_timeout = 0' : ''
  // Without it a backend that computes for an hour before it writes outlives a client that was killed.
  const probe = versionNumber >= 140000 ? "; SET client_connection_check_interval = '5s'" : ''
  return fromShippedFile(transactionTimeout + probe)
}

async function versionOf(session: Session): Promise<number> {
  const { number } = await session.row<{ number: number }>(
    sql`SELECT pg_catalog.current_setting('server_version_num')::int AS number`,
  )
  return number
}

async function lock(session: Session, signal: AbortSignal, tables: readonly LockableTable[]): Promise<void> {
  const only = tables.map(({ schema, name }) => sql`ONLY ${qualified(schema, name)}`)
  const locking = sql`LOCK TABLE ${join(only)} IN ACCESS SHARE MODE; ${namesQuery(tables)}`
  const [row] = await session.rowsUntil<{ replaced: boolean }>(signal, locking).catch((error: unknown) => {
    throw lockFault(error)
  })
  if (row?.replaced) throw replacedFault()
}

/**
 * A lock is on what has the name now, and the catalog is read as it was when the snapshot was taken: in between somebody
 * may have put a view, which runs code of theirs, in the place of a table. Once it is locked a name stays.
 */
function namesQuery(tables: readonly LockableTable[]): Sql {
  const named = tables.map(
    ({ oid, schema, name }) =>
      sql`pg_catalog.to_regclass(${literal(qualified(schema, name).text)})::pg_catalog.oid IS DISTINCT FROM ${literal(oid)}::pg_catalog.oid`,
  )
  return sql`SELECT ${join(named, sql` OR `)} AS replaced`
}

function replacedFault(): Fault {
  const message = 'A table was replaced by another relation while it was being locked.'
  return new Fault('lock-unavailable', message, { remedy: 'Try again when nobody changes the schema.' })
}

/** What to say when a table could not be read because somebody is about to change it. */
export function lockWaitFault(place: Place | undefined): Fault {
  return new Fault(
    'lock-unavailable',
    'Somebody waits for an exclusive lock on a table that is to be read.',
    {
      place,
      remedy: 'Run the dump when no migration does, or let it wait longer by --lock-wait-timeout.',
    },
  )
}

/** The SQLSTATE of a lock that was not had in time. */
export const LOCK_NOT_AVAILABLE = '55P03'

/** An error, as the fault of a lock that was not had in time where it is that. */
export function asLockWait(error: unknown): unknown {
  const timedOut = error instanceof ServerError && error.sqlState === LOCK_NOT_AVAILABLE
  return timedOut ? lockWaitFault(undefined) : error
}

function lockFault(error: unknown): unknown {
  if (!(error instanceof ServerError)) return error
  if (error.sqlState === LOCK_NOT_AVAILABLE) return asLockWait(error)
  if (error.sqlState === '42501') {
    return new Fault('privilege-missing', `The user may not read every table: ${error.words}.`, {
      remedy:
        'GRANT SELECT on it, for instance by GRANT pg_read_all_data TO the user (PostgreSQL 14 and later).',
    })
  }
  return new Fault('lock-unavailable', `A table could not be locked for reading: ${error.words}.`, {
    remedy: 'Try again; the schema was being changed.',
  })
}
