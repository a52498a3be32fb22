import type { BlockList } from 'node:net'
import type { Clock } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'
import type { Secret } from '../lib/secret.ts'
import type { State } from '../store/state.ts'
import type { Caller } from './caller.ts'
import type { SurfaceRules } from './surface.ts'
import type { RefusalWords } from './words.ts'

/** What a request carries with it through the app. */
export interface AppVariables {
  Variables: {
    caller: Caller
    requestId: string
    /** Of the client, also behind a trusted proxy. */
    address: string
    /** The documented API that the path belongs to; undefined: none. */
    surface: SurfaceRules | undefined
    words: RefusalWords
    /**
     * What the audit log says beside who asked for what: the run that a request started. A request that only reads is
     * in the log where this is set.
     */
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
  /** Proxies whose X-Forwarded-For is believed. */
  readonly trustedProxies: BlockList
  /** The address of the other end of a request's connection. */
  readonly addressOf: (request: Request) => string
}
