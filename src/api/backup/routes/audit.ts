import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { requires } from '../../../http/authentication.ts'
import type { AppVariables } from '../../../http/environment.ts'
import type { BackupContext } from '../context.ts'
import { count, instant, time } from '../schemas/wire.ts'
import { json, refusals } from './answers.ts'

const MOST_ENTRIES = 1000

const entrySchema = z
  .object({
    id: z.int(),
    createdAt: time,
    caller: z.string().nullable().openapi({
      description: 'Id of the key, or environment, anybody, command-line; null: it was refused.',
    }),
    address: z.string().nullable(),
    method: z.string(),
    path: z.string(),
    status: z.int(),
    details: z
      .record(z.string(), z.unknown())
      .openapi({ example: { trigger: 'api', run: 'c6c98133-856f-46b3-ba9e-3a0092b8d9aa' } }),
  })
  .openapi('AuditEntry')

const route = createRoute({
  method: 'get',
  path: '/api/audit',
  tags: ['Audit'],
  operationId: 'listAudit',
  summary: 'Who did what',
  description:
    'Requests that changed or showed something, and refusals, the newest first; `before` is the id of the last entry of the page before. Permission: audit:read.',
  middleware: requires('audit:read'),
  request: {
    query: z.object({
      from: instant.optional(),
      to: instant.optional(),
      limit: count({ least: 1, most: MOST_ENTRIES, otherwise: 100 }),
      before: z
        .string()
        .regex(/^\d{1,15}$/, 'It must be an id')
        .transform(Number)
        .optional()
        .openapi({ type: 'integer' }),
    }),
  },
  responses: { ...refusals, 200: json(z.array(entrySchema), 'The entries.') },
})

export function addAuditRoute(app: OpenAPIHono<AppVariables>, { state }: BackupContext): void {
  app.openapi(route, async (c) => {
    const { from, to, limit, before } = c.req.valid('query')
    const rows = await state
      .selectFrom('audit_log')
      .selectAll()
      .$if(from !== undefined, (query) => query.where('at', '>=', Number(from)))
      .$if(to !== undefined, (query) => query.where('at', '<=', Number(to)))
      .$if(before !== undefined, (query) => query.where('id', '<', Number(before)))
      .orderBy('id', 'desc')
      .limit(limit)
      .execute()
    const entries = rows.map(({ at, details, ...entry }) => ({
      ...entry,
      createdAt: new Date(at).toISOString(),
      details: JSON.parse(details),
    }))
    return c.json(entries, 200)
  })
}
