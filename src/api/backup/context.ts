import type { RateLimits } from '../../http/surface.ts'
import type { Queue } from '../../jobs/queue.ts'
import type { SystemTasks } from '../../jobs/schedule/system-tasks.ts'
import type { Clock } from '../../lib/clock.ts'
import type { HostPolicy } from '../../lib/hosts.ts'
import type { Log } from '../../lib/log.ts'
import type { Secret } from '../../lib/secret.ts'
import type { Home } from '../../store/home.ts'
import type { Seal } from '../../store/seal.ts'
import type { State } from '../../store/state.ts'

/** What the endpoints of the backup API work with. */
export interface BackupContext {
  readonly home: Home
  readonly state: State
  readonly seal: Seal
  readonly queue: Queue
  readonly clock: Clock
  readonly log: Log
  /** Hosts of databases that requests may name. */
  readonly databaseHosts: HostPolicy
  /** Hosts that notifications may go to. */
  readonly webhookHosts: HostPolicy
  readonly rateLimits: RateLimits
  /** Under which URL others reach the server, for links; undefined: the one that a request came by. */
  readonly publicUrl: string | undefined
  /** Hosts of destinations. */
  readonly storageHosts: HostPolicy
  /** What pseudonyms are made with: PGVEIL_SALT. */
  readonly salt: Secret | undefined
  /** Tells the scheduler that jobs, or their times, are others now. */
  readonly jobsChanged: () => void
  readonly systemTasks: Pick<SystemTasks, 'runNow' | 'wake'>
  /** Runs a question to a database or a destination when fewer than so many are asked. */
  readonly inTurn: <Result>(ask: () => Promise<Result>) => Promise<Result>
}
