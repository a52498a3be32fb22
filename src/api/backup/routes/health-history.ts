import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { requires } from '../../../http/authentication.ts'
import type { AppVariables } from '../../../http/environment.ts'
import { findAdapter } from '../../../jobs/definitions/adapters.ts'
import type { State } from '../../../store/state.ts'
import type { BackupContext } from '../context.ts'
import { count, instant, time } from '../schemas/wire.ts'
import { idParam, json, refusals, unknown } from './answers.ts'

const historySchema = z
  .object({
    history: z.array(
      z
        .object({
          id: z.string(),
          status: z.enum(['healthy', 'degraded', 'offline']),
          latencyMs: z.int(),
          createdAt: time,
          error: z.string().nullable(),
        })
        .openapi('HealthCheck'),
    ),
    stats: z
      .object({
        uptime: z
          .number()
          .openapi({ description: 'Checks that did not fail, in percent; 0 without checks.' }),
        avgLatency: z.int().openapi({ description: 'Milliseconds, of checks that did not fail.' }),
        totalChecks: z.int(),
      })
      .openapi({ description: 'Over all checks from `from` on.' }),
  })
  .openapi('HealthHistory')

const route = createRoute({
  method: 'get',
  path: '/api/adapters/{id}/health-history',
  tags: ['Adapters'],
  operationId: 'getHealthHistory',
  summary: 'Health of an adapter',
  description: 'Its checks, the newest first. Permission: sources:read.',
  middleware: requires('sources:read'),
  request: {
    params: idParam,
    query: z.object({
      limit: count({ least: 1, most: 10_000, otherwise: 100 }),
      from: instant.optional(),
    }),
  },
  responses: { ...refusals, ...unknown, 200: json(historySchema, 'The checks.') },
})

export function addHealthHistoryRoute(app: OpenAPIHono<AppVariables>, context: BackupContext): void {
  app.openapi(route, async (c) => {
    const { id } = await findAdapter(context, c.req.valid('param').id)
    const { limit, from } = c.req.valid('query')
    const since = from?.getTime() ?? 0
    const rows = await context.state
      .selectFrom('health_checks')
      .selectAll()
      .where('adapter_id', '=', id)
      .where('created_at', '>=', since)
      .orderBy('created_at', 'desc')
      .limit(limit)
      .execute()
    const history = rows.map(({ id, status, latency, error, created_at: at }) => ({
      id,
      status: status as 'healthy' | 'degraded' | 'offline',
      latencyMs: latency,
      createdAt: new Date(at).toISOString(),
      error,
    }))
    return c.json({ history, stats: await statsOf(context.state, id, since) }, 200)
  })
}

async function statsOf(state: State, id: string, since: number) {
  const rows = await state
    .selectFrom('health_checks')
    .select(({ fn }) => [
      'status',
      fn.countAll<number>().as('count'),
      fn.avg<number | null>('latency').as('latency'),
    ])
    .where('adapter_id', '=', id)
    .where('created_at', '>=', since)
    .groupBy('status')
    .execute()
  const total = rows.reduce((sum, { count }) => sum + count, 0)
  const healthy = rows.find(({ status }) => status === 'healthy')
  return {
    uptime: total === 0 ? 0 : Math.round(((healthy?.count ?? 0) / total) * 1000) / 10,
    avgLatency: Math.round(healthy?.latency ?? 0),
    totalChecks: total,
  }
}
