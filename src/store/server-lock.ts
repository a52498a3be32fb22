import { Database } from 'bun:sqlite'
import { chmodSync } from 'node:fs'
import { Fault } from '../lib/fault.ts'

/**
 * Held by the one server of a home. It is SQLite's lock on a file of its own, since the kernel takes that back however
 * the process ends; a file with a process id in it would outlive a kill -9, and two starts could both find it stale.
 */
export class ServerLock {
  readonly #file: Database

  private constructor(file: Database) {
    this.#file = file
  }

  /** Throws `home-busy` where another server holds it. */
  static take(path: string): ServerLock {
    const file = new Database(path, { create: true })
    chmodSync(path, 0o600)
    try {
      file.run('PRAGMA busy_timeout = 0')
      file.run('BEGIN EXCLUSIVE')
      return new ServerLock(file)
    } catch (error) {
      file.close()
      throw new Fault('home-busy', 'Another server keeps its state here.', {
        place: { file: path },
        remedy: 'Stop it, or set PGVEIL_HOME to another folder for this one.',
        cause: error,
      })
    }
  }

  release(): void {
    this.#file.close()
  }
}
