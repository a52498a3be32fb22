import type { MiddlewareHandler } from 'hono'
import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { State } from '../store/state.ts'
import type { AppVariables } from './environment.ts'

/** Seconds; light endpoints answer in milliseconds, previews of large tables in seconds. */
const DURATIONS = [0.005, 0.025, 0.1, 0.5, 1, 5, 10, 60]

const STATES = ['queued', 'running', 'succeeded', 'failed', 'cancelled']

/** Figures for Prometheus; each server has its own. */
export class Metrics {
  readonly registry = new Registry()
  readonly #durations = new Histogram({
    name: 'pgveil_http_request_duration_seconds',
    help: 'Time to answer requests, by route and status.',
    labelNames: ['method', 'route', 'status'],
    buckets: DURATIONS,
    registers: [this.registry],
  })
  readonly #refused = new Counter({
    name: 'pgveil_http_refused_total',
    help: 'Requests without a valid key, without the permission, or beyond the rate limit.',
    labelNames: ['status'],
    registers: [this.registry],
  })

  constructor(state: State) {
    new Gauge({
      name: 'pgveil_runs',
      help: 'Runs in the state file, by state.',
      labelNames: ['state'],
      registers: [this.registry],
      collect: async function () {
        const counts = await state
          .selectFrom('runs')
          .select(({ fn }) => ['state', fn.countAll<number>().as('count')])
          .groupBy('state')
          .execute()
        for (const name of STATES)
          this.set({ state: name }, counts.find((row) => row.state === name)?.count ?? 0)
      },
    })
    new Gauge({
      name: 'pgveil_webhooks_waiting',
      help: 'Reports that are not through yet.',
      registers: [this.registry],
      collect: async function () {
        const { count } = await state
          .selectFrom('deliveries')
          .select(({ fn }) => fn.countAll<number>().as('count'))
          .where('done_at', 'is', null)
          .executeTakeFirstOrThrow()
        this.set(count)
      },
    })
    new Gauge({
      name: 'process_resident_memory_bytes',
      help: 'Memory of the server, without its workers.',
      registers: [this.registry],
      collect() {
        this.set(process.memoryUsage.rss())
      },
    })
  }

  /** Times every request under the pattern of its route, so that ids make no series of their own. */
  timing(): MiddlewareHandler<AppVariables> {
    return async (c, next) => {
      const stop = this.#durations.startTimer({ method: c.req.method })
      await next()
      const { status } = c.res
      stop({ route: c.req.matchedRoutes.findLast(({ path }) => !path.endsWith('*'))?.path ?? 'none', status })
      if (status === 401 || status === 403 || status === 429) this.#refused.inc({ status })
    }
  }
}
