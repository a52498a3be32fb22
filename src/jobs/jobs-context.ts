import type { Clock } from '../lib/clock.ts'
import type { HostPolicy } from '../lib/hosts.ts'
import type { Log } from '../lib/log.ts'
import type { Home } from '../store/home.ts'
import type { Seal } from '../store/seal.ts'
import type { State } from '../store/state.ts'
import type { Surface } from './surface.ts'
import type { Sleep } from './until-written.ts'

/** What all that has to do with runs works on. */
export interface JobsContext {
  readonly home: Home
  readonly state: State
  readonly seal: Seal
  readonly clock: Clock
  readonly log: Log
  readonly sleep: Sleep
  /** By name. */
  readonly surfaces: ReadonlyMap<string, Surface>
  /** Hosts that webhooks may go to. */
  readonly webhookHosts: HostPolicy
}
