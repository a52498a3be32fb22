import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { requires } from '../../../http/authentication.ts'
import type { AppVariables } from '../../../http/environment.ts'
import { invalidRequest } from '../../../http/words.ts'
import { RunFolder } from '../../../store/run-folder.ts'
import type { ApiContext } from '../context.ts'
import { deleteOperation, describeOperation, listOperations, recordedRun, runOf } from '../operations.ts'
import { errorSchema, invalidSchema, operationResponse } from '../schemas/responses.ts'
import { integer } from '../schemas/wire.ts'
import { streamRun } from '../stream.ts'
import { json, refusals } from './answers.ts'

const MOST_LINES = 100_000

const { 400: _, ...withoutBody } = refusals
const unknown = { 404: json(invalidSchema, 'There is no such run, or it kept no dictionaries.') }

const day = z.iso
  .date()
  .transform((value) => new Date(`${value}T00:00:00Z`))
  .openapi({ type: 'string', format: 'date', example: '2025-12-31' })

const id = z.object({
  internal_operation_id: z.string().openapi({
    param: { name: 'internal_operation_id', in: 'path' },
    example: 'c6c98133-856f-46b3-ba9e-3a0092b8d9aa',
  }),
})

const shared = { tags: ['Operations'] }
const oneRun = { ...shared, request: { params: id } }

const listRoute = createRoute({
  ...shared,
  method: 'get',
  path: '/operation',
  operationId: 'listOperations',
  summary: 'Runs that kept their dictionaries',
  description:
    'Their folders, `yyyy/mm/dd/id`, the oldest first. Days are of UTC, both inclusive. Permission: read.',
  middleware: requires('read'),
  request: { query: z.object({ date_before: day.optional(), date_after: day.optional() }) },
  responses: { ...withoutBody, 200: json(z.array(z.string()), 'The folders.') },
})

const detailsRoute = createRoute({
  ...oneRun,
  method: 'get',
  path: '/operation/{internal_operation_id}',
  operationId: 'getOperation',
  summary: 'Record of a run',
  description: 'Status, options and dictionaries of a run that kept them. Permission: read.',
  middleware: requires('read'),
  responses: { ...withoutBody, ...unknown, 200: json(operationResponse, 'The record.') },
})

const deleteRoute = createRoute({
  ...oneRun,
  method: 'delete',
  path: '/operation/{internal_operation_id}',
  operationId: 'deleteOperation',
  summary: 'Delete the record of a run',
  description: 'Deletes the record of a run that has ended, and the archive of a dump. Permission: delete.',
  middleware: requires('delete'),
  responses: {
    ...refusals,
    ...unknown,
    204: { description: 'It is deleted.' },
    409: json(errorSchema, 'A restore reads its archive.'),
  },
})

const logsRoute = createRoute({
  ...shared,
  method: 'get',
  path: '/operation/{internal_operation_id}/logs',
  operationId: 'getOperationLogs',
  summary: 'Log of a run',
  description: 'The last lines of the log, oldest first; each is a JSON document. Permission: read.',
  middleware: requires('read'),
  request: {
    params: id,
    query: z.object({
      tail_lines: integer({ least: 1, most: MOST_LINES })
        .optional()
        .openapi({ description: 'Default: 1000.', type: 'integer' }),
    }),
  },
  responses: { ...withoutBody, ...unknown, 200: json(z.array(z.string()), 'The lines.') },
})

const cancelRoute = createRoute({
  ...oneRun,
  method: 'post',
  path: '/operation/{internal_operation_id}/cancel',
  operationId: 'cancelOperation',
  summary: 'Stop a run',
  description: 'Stops a run that waits or works; its webhook tells of it as an error. Permission: run.',
  middleware: requires('run'),
  responses: {
    ...refusals,
    ...unknown,
    204: { description: 'It is stopped, and cleaned up after.' },
    409: json(errorSchema, 'It has ended already.'),
  },
})

const eventsRoute = createRoute({
  ...oneRun,
  method: 'get',
  path: '/operation/{internal_operation_id}/events',
  operationId: 'followOperation',
  summary: 'Follow a run',
  description:
    'Server-sent events: `progress` whenever there is some, `end` when the run has ended. The stream ends with that. Permission: read.',
  middleware: requires('read'),
  responses: {
    ...withoutBody,
    ...unknown,
    200: { description: 'The events.', content: { 'text/event-stream': { schema: z.string() } } },
  },
})

export function addOperationRoutes(app: OpenAPIHono<AppVariables>, context: ApiContext): void {
  app.openapi(listRoute, async (c) => {
    const { date_after: after, date_before: before } = c.req.valid('query')
    if (after && before && after > before) return invalidRequest(c, [DATES_CROSS]) as never
    return c.json(await listOperations(context, { after, before }), 200)
  })
  app.openapi(detailsRoute, async (c) => {
    const run = await recordedRun(context, c.req.valid('param').internal_operation_id)
    return c.json(await describeOperation(context, run), 200)
  })
  app.openapi(deleteRoute, async (c) => {
    await deleteOperation(context, await runOf(context, c.req.valid('param').internal_operation_id))
    return c.body(null, 204)
  })
  app.openapi(logsRoute, async (c) => {
    const run = await recordedRun(context, c.req.valid('param').internal_operation_id)
    const lines = c.req.valid('query').tail_lines ?? 1000
    return c.json(await RunFolder.at(context.home.path, run.folder).lastLogLines(lines), 200)
  })
  app.openapi(cancelRoute, async (c) => {
    const run = await runOf(context, c.req.valid('param').internal_operation_id)
    await context.queue.cancel(run.id)
    return c.body(null, 204)
  })
  app.openapi(eventsRoute, async (c) => {
    const run = await runOf(context, c.req.valid('param').internal_operation_id)
    return streamRun(c, context, run.id) as never
  })
}

const DATES_CROSS = {
  loc: ['query', 'date_after'],
  msg: 'date_after must not be later than date_before',
  type: 'value_error',
}
