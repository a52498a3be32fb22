import type { Database } from 'bun:sqlite'
import { CompiledQuery, type DatabaseConnection, SqliteDialect, SqliteDriver } from 'kysely'

type Bindings = Parameters<ReturnType<Database['query']>['all']>

/** How soon a transaction that another process keeps out is tried again. */
const RETRY_MILLISECONDS = 5

/**
 * Kysely's own dialect for SQLite, on bun:sqlite: the two drivers differ in how a statement is asked for and told its
 * parameters, and transactions begin otherwise. The packages that do the same lag behind Kysely's releases. `patience`:
 * milliseconds that a transaction waits for another one.
 */
export function bunSqliteDialect(database: Database, patience: number): SqliteDialect {
  const config = {
    database: {
      close: () => database.close(),
      prepare: (text: string) => {
        const statement = database.query(text)
        return {
          reader: statement.columnNames.length > 0,
          all: (parameters: readonly unknown[]) => statement.all(...(parameters as Bindings)),
          run: (parameters: readonly unknown[]) => statement.run(...(parameters as Bindings)),
          iterate: (parameters: readonly unknown[]) => statement.iterate(...(parameters as Bindings)),
        }
      },
    },
  }
  return Object.assign(new SqliteDialect(config), {
    createDriver: () => new ImmediateDriver(config, patience),
  })
}

/**
 * All our transactions write. One that begins by reading, and only then wants to write, fails at once where another process
 * has written in between, since SQLite cannot give it a newer snapshot: ours take the lock when they begin. SQLite waits
 * for a lock by keeping the whole process; a server goes on meanwhile.
 */
class ImmediateDriver extends SqliteDriver {
  readonly #patience: number

  constructor(config: ConstructorParameters<typeof SqliteDriver>[0], patience: number) {
    super(config)
    this.#patience = patience
  }

  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    const giveUp = performance.now() + this.#patience
    for (;;) {
      try {
        await connection.executeQuery(CompiledQuery.raw('PRAGMA busy_timeout = 0'))
        await connection.executeQuery(CompiledQuery.raw('BEGIN IMMEDIATE'))
        return
      } catch (error) {
        if ((error as { code?: string }).code !== 'SQLITE_BUSY' || performance.now() > giveUp) throw error
      } finally {
        await connection.executeQuery(CompiledQuery.raw(`PRAGMA busy_timeout = ${this.#patience}`))
      }
      await Bun.sleep(RETRY_MILLISECONDS)
    }
  }
}
