import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { requires } from '../../../http/authentication.ts'
import type { AppVariables } from '../../../http/environment.ts'
import { DUMP_TYPES, RESTORE_TYPES, SCAN_TYPES } from '../schemas/requests.ts'
import { statusSchema, titleSchema } from '../schemas/responses.ts'
import { json, refusals } from './answers.ts'

/** Statuses as the original numbers them; the first is one that this server never gives. */
const STATUSES = [
  { id: 1, title: 'unknown' },
  { id: 2, title: 'success' },
  { id: 3, title: 'error' },
  { id: 4, title: 'in_progress' },
  { id: 5, title: 'starting' },
]

const TITLES = { 'dump-types': DUMP_TYPES, 'restore-types': RESTORE_TYPES, 'scan-types': SCAN_TYPES } as const

const { 400: _, 422: __, ...withoutInput } = refusals
const shared = { method: 'get' as const, tags: ['Handbooks'], middleware: requires('read') }

export function addHandbookRoutes(app: OpenAPIHono<AppVariables>): void {
  const statusesRoute = createRoute({
    ...shared,
    path: '/handbook/task-statuses',
    operationId: 'listTaskStatuses',
    summary: 'Statuses of runs',
    description: 'The numbers and names of statuses. Permission: read.',
    responses: { ...withoutInput, 200: json(z.array(statusSchema), 'The statuses.') },
  })
  app.openapi(statusesRoute, (c) => c.json(STATUSES, 200))
  for (const [name, titles] of Object.entries(TITLES)) {
    const route = createRoute({
      ...shared,
      path: `/handbook/${name}`,
      operationId: `list${name.replaceAll(/(^|-)(\w)/g, (_, __, letter) => letter.toUpperCase())}`,
      summary: `The values of type: ${name}`,
      description: 'The values that the field type may have. Permission: read.',
      responses: { ...withoutInput, 200: json(z.array(titleSchema), 'The values.') },
    })
    app.openapi(route, (c) =>
      c.json(
        titles.map((title) => ({ title })),
        200,
      ),
    )
  }
}
