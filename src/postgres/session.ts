import type { Socket } from 'node:net'
import postgres from 'postgres'
import { Fault } from '../lib/fault.ts'
import { literal, type Sql, sql } from '../lib/sql.ts'
import { describeTarget, isSocketFolder, type Target } from './connection/target.ts'
import { tlsChoice } from './connection/tls.ts'
import { describeSqlState, speaksOfStatement } from './sqlstate.ts'

/**
 * A server's answer to a statement that it refused. As a fault it says what happened in words that hold no value, so
 * that one which nobody expected can be shown.
 */
export class ServerError extends Fault {
  constructor(
    /** The server's own words. They may hold a value of a row. */
    readonly words: string,
    readonly sqlState: string,
    /** Index of the character in the statement at which the error lies. */
    readonly index: number | undefined,
  ) {
    super('query-failed', `PostgreSQL refused a statement: ${describeSqlState(sqlState)}.`, {
      remedy: "The server's log shows the statement and the reason.",
    })
  }

  /** The same where the statement stood behind so many characters of others. */
  behind(characters: number): ServerError {
    const index = this.index === undefined ? undefined : Math.max(0, this.index - characters)
    return new ServerError(this.words, this.sqlState, index)
  }

  /** What happened, in words that hold no value. */
  get condition(): string {
    return describeSqlState(this.sqlState)
  }

  /** The server's own words where they speak of the statement, else the condition. */
  get safeWords(): string {
    return speaksOfStatement(this.sqlState) || this.sqlState === REFUSED_BY_LIBRARY
      ? this.words
      : this.condition
  }
}

/** What anon_funcs.refuse() raises: its words are about arguments. */
const REFUSED_BY_LIBRARY = 'PV001'

export type Row = Record<string, unknown>

interface Connection {
  lost: boolean
  onLost: () => void
}

function markLost(connection: Connection): void {
  if (connection.lost) return
  connection.lost = true
  connection.onLost()
}

/**
 * One connection that stays itself: a statement never moves to another one, so a transaction, its snapshot and its
 * settings hold. When the connection is lost every later statement fails.
 *
 * Statements go by the simple protocol; int8 comes back as text, json as its value.
 */
export class Session {
  readonly target: Target
  readonly backendPid: number
  readonly #pool: postgres.Sql
  readonly #state: Connection

  private constructor(target: Target, pool: postgres.Sql, state: Connection, backendPid: number) {
    this.target = target
    this.#pool = pool
    this.#state = state
    this.backendPid = backendPid
  }

  /** Connects, or goes on with a socket that has reached the server. Throws `connection-failed` with the reason. */
  static async open(target: Target, socket?: Socket): Promise<Session> {
    const state: Connection = { lost: false, onLost: () => {} }
    const pool = postgres(poolOptions(target, () => markLost(state), socket))
    try {
      const [row] = await pool.unsafe('SELECT pg_catalog.pg_backend_pid() AS pid')
      return new Session(target, pool, state, Number(row?.pid))
    } catch (error) {
      await pool.end({ timeout: 0 })
      throw connectionFault(target, error)
    }
  }

  /** Runs statements and gives the rows of the last one. Throws ServerError, or the fault `connection-lost`. */
  async rows<T = Row>(statement: Sql): Promise<T[]> {
    return (await this.results<T>(statement)).at(-1) ?? []
  }

  /** Runs statements in one message and gives the rows of each. Throws as `rows` does. */
  async results<T = Row>(statements: Sql): Promise<T[][]> {
    if (this.#state.lost) throw this.lostFault()
    try {
      const result: unknown[] = await this.#pool.unsafe(statements.text).simple()
      const several = result.some((part) => Array.isArray(part))
      return (several ? result : [result]).map((part) => [...(part as T[])])
    } catch (error) {
      if (error instanceof postgres.PostgresError && error.severity === 'ERROR') {
        throw new ServerError(error.message, error.code, indexOf(error.position))
      }
      // Anything else ends the connection: FATAL from the server, or the network.
      markLost(this.#state)
      throw this.lostFault(error)
    }
  }

  /** The only row of a statement that gives one. */
  async row<T = Row>(statement: Sql): Promise<T> {
    const [row] = await this.rows<T>(statement)
    if (row === undefined) throw new Error('a statement that gives one row gave none')
    return row
  }

  async run(statement: Sql): Promise<void> {
    await this.rows(statement)
  }

  async rowsUntil<T = Row>(signal: AbortSignal, statement: Sql): Promise<T[]> {
    return (await this.resultsUntil<T>(signal, statement)).at(-1) ?? []
  }

  /**
   * Runs statements that an abort of the signal cancels on the server too. The cancel goes by a connection of its own,
   * as the one at work does not listen; whoever was aborted hears of that alone.
   */
  async resultsUntil<T = Row>(signal: AbortSignal, statements: Sql): Promise<T[][]> {
    signal.throwIfAborted()
    let cancelling: Promise<void> | undefined
    const cancel = () => {
      cancelling = this.cancelOnServer().catch(() => this.close())
    }
    signal.addEventListener('abort', cancel, { once: true })
    try {
      return await this.results<T>(statements)
    } finally {
      signal.removeEventListener('abort', cancel)
      // One that comes when the statement has ended would end the next one.
      await cancelling
      signal.throwIfAborted()
    }
  }

  /** Cancels what the server does for this session, by a connection of its own. */
  async cancelOnServer(): Promise<void> {
    const other = await Session.open(this.target)
    try {
      await other.run(sql`SELECT pg_catalog.pg_cancel_backend(${literal(this.backendPid)})`)
    } finally {
      await other.close()
    }
  }

  /** Calls back when the connection is lost, also while nothing is asked of it; not when we close it. */
  onLost(callback: (fault: Fault) => void): void {
    this.#state.onLost = () => callback(this.lostFault())
  }

  /** Ends the connection; a statement that still runs is abandoned. */
  async close(): Promise<void> {
    this.#state.onLost = () => {}
    this.#state.lost = true
    await this.#pool.end({ timeout: 0 })
  }

  lostFault(cause?: unknown): Fault {
    const reason = cause instanceof postgres.PostgresError ? `: ${describeSqlState(cause.code)}` : ''
    return new Fault(
      'connection-lost',
      `The connection to ${describeTarget(this.target)} was lost${reason}.`,
      {
        remedy: "The server's log says why it ended the connection.",
        cause,
      },
    )
  }
}

function poolOptions(
  target: Target,
  onclose: () => void,
  socket: Socket | undefined,
): postgres.Options<Record<string, never>> {
  const options = {
    host: [target.host],
    port: [target.port],
    ...(isSocketFolder(target.host) && { path: `${target.host}/.s.PGSQL.${target.port}` }),
    database: target.database,
    user: target.user,
    password: target.password?.reveal() ?? '',
    ...(socket ? { ssl: false, socket: () => socket } : { ssl: tlsChoice(target) }),
    // One connection that is never replaced behind our back: no idle end, no lifetime, no second one.
    max: 1,
    idle_timeout: 0,
    max_lifetime: null,
    connect_timeout: target.connectTimeout,
    fetch_types: false,
    prepare: false,
    onnotice: () => {},
    onclose,
    connection: {
      application_name: 'pgveil',
      ...(target.options !== undefined && { options: target.options }),
    },
  }
  return options as unknown as postgres.Options<Record<string, never>>
}

/** Why a server could not be reached. */
export function connectionFault(target: Target, error: unknown): Fault {
  const said = error instanceof Error ? error.message : String(error)
  const noTls = /before secure TLS connection/.test(said)
  const reason = noTls ? `the server offers no TLS, and sslmode is ${target.tls.mode}` : said
  const code = error instanceof postgres.PostgresError ? error.code : undefined
  const remedies: Readonly<Record<string, string>> = {
    '28P01': 'Check the password: --db-user-password, PGPASSWORD, or a password file.',
    '3D000': 'Check --db-name.',
    '28000': "Check the user and the server's pg_hba.conf.",
    '53300': 'The server has no connection left; end some, or raise max_connections.',
  }
  return new Fault('connection-failed', `Cannot connect to ${describeTarget(target)}: ${reason}`, {
    remedy: (code && remedies[code]) ?? 'Check that the server runs there and lets this user in.',
  })
}

function indexOf(position: string | undefined): number | undefined {
  return position === undefined ? undefined : Number(position) - 1
}
