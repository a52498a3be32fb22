import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import type { AppVariables } from '../../../http/environment.ts'
import { stateCheck } from '../../../http/health.ts'
import type { BackupContext } from '../context.ts'
import { time } from '../schemas/wire.ts'
import { errorSchema, json } from './answers.ts'

export const HEALTH_PATH = '/api/health'

const megabytes = z.number().openapi({ description: 'MB.', example: 128.5 })

const healthSchema = z
  .object({
    status: z.enum(['healthy', 'unhealthy']),
    uptime: z.int().openapi({ description: 'Seconds since the server began.' }),
    timestamp: time,
    database: z.enum(['connected', 'disconnected']).openapi({ description: 'The state file.' }),
    memory: z.object({ rss: megabytes, heapUsed: megabytes, heapTotal: megabytes }),
    responseTime: z.int().openapi({ description: 'Milliseconds that the look at the state file took.' }),
  })
  .openapi('Health')

const route = createRoute({
  method: 'get',
  path: HEALTH_PATH,
  tags: ['Health'],
  operationId: 'getHealth',
  summary: 'Whether the server works',
  description: 'For monitors and Docker: 200 while the state file can be read and written. It needs no key.',
  security: [],
  responses: {
    200: json(healthSchema, 'It works.'),
    429: json(errorSchema, 'Too many requests.'),
    503: json(healthSchema, 'It does not.'),
  },
})

export function addHealthRoute(app: OpenAPIHono<AppVariables>, context: BackupContext): void {
  const { clock, log } = context
  const begunAt = clock.elapsed()
  const check = stateCheck(context)
  app.openapi(route, async (c) => {
    const askedAt = clock.elapsed()
    const works = await check().then(
      () => true,
      (error) => {
        log.error({ reason: String(error) }, 'the state file cannot be used')
        return false
      },
    )
    const { rss, heapUsed, heapTotal } = process.memoryUsage()
    const answer = {
      status: works ? ('healthy' as const) : ('unhealthy' as const),
      uptime: Math.floor((clock.elapsed() - begunAt) / 1000),
      timestamp: clock.now().toISOString(),
      database: works ? ('connected' as const) : ('disconnected' as const),
      memory: { rss: inMegabytes(rss), heapUsed: inMegabytes(heapUsed), heapTotal: inMegabytes(heapTotal) },
      responseTime: Math.round(clock.elapsed() - askedAt),
    }
    return c.json(answer, works ? 200 : 503)
  })
}

/** Of 1024 × 1024 bytes, to one decimal. */
function inMegabytes(bytes: number): number {
  return Math.round((bytes / 1024 / 1024) * 10) / 10
}
