import type { Context, MiddlewareHandler } from 'hono'
import { rateLimiter } from 'hono-rate-limiter'
import type { Clock } from '../lib/clock.ts'
import type { AppContext, AppVariables } from './environment.ts'
import { RateLimit, type Taken } from './rate-limit.ts'
import type { SurfaceRules } from './surface.ts'
import { refuse } from './words.ts'

const TOO_MANY = 'Too many requests; try again later.'

/** The server's own limit, where a surface has none of its own: for other machines alone. */
export function limitRate({ rateLimit, loopback }: AppContext): MiddlewareHandler<AppVariables> {
  return rateLimiter<AppVariables>({
    windowMs: 60_000,
    limit: rateLimit,
    standardHeaders: 'draft-6',
    skip: (c) => loopback || c.get('surface')?.rateLimits !== undefined,
    keyGenerator: (c) => c.get('address'),
    handler: (c) => refuse(c, 429, 'TOO_MANY_REQUESTS', TOO_MANY),
  })
}

interface Limits {
  readonly read: RateLimit
  readonly write: RateLimit
  readonly authentication: RateLimit
}

/** The limits that surfaces have of their own: reads, writes, and requests without a valid key, by client. */
export class SurfaceLimits {
  readonly #bySurface: ReadonlyMap<SurfaceRules, Limits>

  constructor(surfaces: readonly SurfaceRules[], clock: Clock) {
    this.#bySurface = new Map(
      surfaces.flatMap((surface) => {
        const { rateLimits: limits } = surface
        if (!limits) return []
        const { read, write, authentication } = limits
        const made = {
          read: new RateLimit(read, clock),
          write: new RateLimit(write, clock),
          authentication: new RateLimit(authentication, clock),
        }
        return [[surface, made] as const]
      }),
    )
  }

  /** Refuses what goes beyond the limit of reads or writes. */
  readonly check: MiddlewareHandler<AppVariables> = async (c, next) => {
    const limits = this.#of(c)
    if (!limits) return next()
    const isRead = c.req.method === 'GET' || c.req.method === 'HEAD' || c.req.method === 'OPTIONS'
    const taken = (isRead ? limits.read : limits.write).take(c.get('address'))
    return taken.allowed ? next() : refused(c, taken)
  }

  /** Counts a request without a valid key; gives the refusal of one too many. A valid key goes on being let in. */
  refuseGuess(c: Context<AppVariables>): Response | undefined {
    const taken = this.#of(c)?.authentication.take(c.get('address'))
    return !taken || taken.allowed ? undefined : refused(c, taken)
  }

  #of(c: Context<AppVariables>): Limits | undefined {
    const surface = c.get('surface')
    return surface && this.#bySurface.get(surface)
  }
}

function refused(c: Context<AppVariables>, { isFirstRefused, retryAfter }: Taken): Response {
  if (isFirstRefused) c.set('audit', { refused: 'rate limit' })
  return refuse(c, 429, 'TOO_MANY_REQUESTS', TOO_MANY, { 'retry-after': String(retryAfter) })
}
