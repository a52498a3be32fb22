import type { RefusalWords } from './words.ts'

/** Requests a minute from one client. */
export interface RateLimits {
  readonly read: number
  readonly write: number
  /** Requests without a valid key. */
  readonly authentication: number
}

/** What holds for the paths of one documented API, before any of its routes is asked. */
export interface SurfaceRules {
  /** Whether a path is one of its own, also where no route answers it. The first surface that says so has it. */
  readonly owns: (path: string) => boolean
  /** Paths that need no key. */
  readonly open: readonly string[]
  readonly words: RefusalWords
  /** Limits of its own; undefined: those of the server. */
  readonly rateLimits?: RateLimits | undefined
  /** What the page of the API says of its groups of routes. */
  readonly tags: readonly { readonly name: string; readonly description: string }[]
}
