import type { Desk } from '../../jobs/questions/desk.ts'
import type { Queue } from '../../jobs/queue.ts'
import type { Clock } from '../../lib/clock.ts'
import type { HostPolicy } from '../../lib/hosts.ts'
import type { Log } from '../../lib/log.ts'
import type { Secret } from '../../lib/secret.ts'
import type { Home } from '../../store/home.ts'
import type { State } from '../../store/state.ts'

/** What the endpoints of the anonymization API work with. */
export interface ApiContext {
  readonly home: Home
  readonly state: State
  readonly queue: Queue
  /** Answers what takes planning. */
  readonly desk: Desk
  readonly clock: Clock
  readonly log: Log
  /** Hosts of databases that requests may name. */
  readonly databaseHosts: HostPolicy
  readonly webhookHosts: HostPolicy
  /** Folders whose pg_dump and pg_restore requests may name. */
  readonly programFolders: readonly string[]
  /** What pseudonyms are made with: PGVEIL_SALT. */
  readonly salt: Secret | undefined
  /** Runs a question to a database when fewer than so many are asked. */
  readonly inTurn: <Result>(ask: () => Promise<Result>) => Promise<Result>
}
