import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { requires } from '../../../http/authentication.ts'
import type { AppVariables } from '../../../http/environment.ts'
import type { Run } from '../../../jobs/run.ts'
import type { ApiContext } from '../context.ts'
import { orderDump, orderRestore, orderScan } from '../order.ts'
import { dumpSchema, restoreSchema, scanSchema } from '../schemas/requests.ts'
import { errorSchema } from '../schemas/responses.ts'
import { submit } from '../submit.ts'
import { body, json, refusals } from './answers.ts'

/** The original answers null; the id of the run is in a header, beside the documented webhook. */
const responses = {
  ...refusals,
  201: {
    ...json(z.null(), 'The run is written down and will be done.'),
    headers: z.object({
      location: z
        .string()
        .openapi({ description: 'The record of the run: /operation/{internal_operation_id}.' }),
    }),
  },
  503: json(errorSchema, 'The server is stopping, or too many runs wait.'),
}

const shared = {
  method: 'post' as const,
  tags: ['Stateless'],
  middleware: requires('run'),
  responses,
}

const scanRoute = createRoute({
  ...shared,
  path: '/api/stateless/scan',
  operationId: 'scan',
  summary: 'Look for personal data',
  description:
    'Scans a database for personal data in the background and gives dictionaries by webhook. Permission: run.',
  request: { body: body(scanSchema) },
})

const dumpRoute = createRoute({
  ...shared,
  path: '/api/stateless/dump',
  operationId: 'dump',
  summary: 'Make an anonymized archive',
  description: 'Dumps a database, masked, in the background; tells of it by webhook. Permission: run.',
  request: { body: body(dumpSchema) },
})

const restoreRoute = createRoute({
  ...shared,
  path: '/api/stateless/restore',
  operationId: 'restore',
  summary: 'Restore an archive',
  description:
    'Restores an archive into a database in the background; tells of it by webhook. Permission: run.',
  request: { body: body(restoreSchema) },
})

export function addStartRoutes(app: OpenAPIHono<AppVariables>, context: ApiContext): void {
  app.openapi(scanRoute, async (c) =>
    started(c, await submit(context, c.req.valid('json'), await c.req.text(), orderScan)),
  )
  app.openapi(dumpRoute, async (c) =>
    started(c, await submit(context, c.req.valid('json'), await c.req.text(), orderDump)),
  )
  app.openapi(restoreRoute, async (c) =>
    started(c, await submit(context, c.req.valid('json'), await c.req.text(), orderRestore)),
  )
}

function started(c: Context<AppVariables>, { id }: Run) {
  c.set('audit', { run: id })
  return c.json(null, 201, { location: `/operation/${id}` })
}
