import { Database } from 'bun:sqlite'
import { chmodSync } from 'node:fs'
import { Kysely, type Transaction } from 'kysely'
import { Migrator } from 'kysely/migration'
import { Fault } from '../lib/fault.ts'
import { MIGRATIONS } from './migrations.ts'
import { bunSqliteDialect } from './sqlite-dialect.ts'
import type { Tables } from './tables.ts'

/** The state file, open. Several processes may have it open at once; only one of them is a server. */
export type State = Kysely<Tables>
export type StateTransaction = Transaction<Tables>

/** How long a statement waits for another process that writes: the command line makes API keys while a server runs. */
const BUSY_MILLISECONDS = 5000

const MIGRATION_ATTEMPTS = 5
const RETRY_MILLISECONDS = 50

/** Opens the state file and brings its tables up to date. Throws `state-unreadable`. */
export async function openState(file: string): Promise<State> {
  let state: State | undefined
  try {
    const database = new Database(file, { create: true, strict: true })
    chmodSync(file, 0o600)
    database.run(`PRAGMA busy_timeout = ${BUSY_MILLISECONDS}`)
    database.run('PRAGMA journal_mode = WAL')
    // A run that was answered with 201 must be there after the power fails.
    database.run('PRAGMA synchronous = FULL')
    // What is erased is overwritten, not only unlinked from its page.
    database.run('PRAGMA secure_delete = ON')
    state = new Kysely<Tables>({ dialect: bunSqliteDialect(database, BUSY_MILLISECONDS) })
    await migrate(state)
    return state
  } catch (error) {
    await state?.destroy()
    throw new Fault('state-unreadable', `The state file cannot be used: ${(error as Error).message}`, {
      place: { file },
      remedy:
        'If a newer version of pgveil wrote it, use that one; else restore it from a backup, or move it away.',
      cause: error,
    })
  }
}

/**
 * The migrator asks what is to be done before it begins: another process that opens a new file at the same time may have
 * done it by then. What failed was taken back, and is asked for again.
 */
async function migrate(state: State): Promise<void> {
  const provider = { getMigrations: async () => MIGRATIONS }
  for (let left = MIGRATION_ATTEMPTS; ; left--) {
    const { error } = await new Migrator({ db: state, provider }).migrateToLatest()
    if (!error) return
    if (left === 0) throw error
    await Bun.sleep(RETRY_MILLISECONDS)
  }
}
