import type { Clock } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'
import type { Secret } from '../lib/secret.ts'
import type { State } from '../store/state.ts'
import type { Caller } from './api-key.ts'

/** What a request carries with it through the app. */
export interface AppVariables {
  Variables: {
    caller: Caller
    requestId: string
    /** What the audit log says beside who asked for what: the run that a request started. */
    audit: Readonly<Record<string, string>> | undefined
  }
}

/** What the app needs beside its surfaces. */
export interface AppContext {
  readonly state: State
  readonly clock: Clock
  readonly log: Log
  /** Lines of JSON: who did what. */
  readonly audit: Log
  /** PGVEIL_API_TOKEN. */
  readonly token: Secret | undefined
  /** Only this machine reaches the server. */
  readonly loopback: boolean
  /** No key is needed as long as none was made: only this machine reaches the server, or its operator said so. */
  readonly open: boolean
  /** Requests a minute from one client, where other machines reach the server. */
  readonly rateLimit: number
  /** The address of a request's client, for the rate limit. */
  readonly addressOf: (request: Request) => string
}
