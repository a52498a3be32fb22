import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { requires } from '../../../http/authentication.ts'
import type { AppVariables } from '../../../http/environment.ts'
import { checkConnection, previewSchemas } from '../../../operations/preview.ts'
import { targetOf } from '../connection.ts'
import type { ApiContext } from '../context.ts'
import {
  connectionSchema,
  previewSchemasSchema,
  previewTablesSchema,
  viewDataSchema,
  viewFieldsSchema,
} from '../schemas/requests.ts'
import {
  connectedSchema,
  errorSchema,
  previewSchemasResponse,
  previewTablesResponse,
  viewDataResponse,
  viewFieldsResponse,
} from '../schemas/responses.ts'
import { answerPreviewTables, answerViewData, answerViewFields, whileAsked } from '../views.ts'
import { body, json, refusals } from './answers.ts'

const shared = { method: 'post' as const, tags: ['Stateless'], middleware: requires('view') }

/** Of what takes planning. */
const busy = { 503: json(errorSchema, 'Too many questions are asked at once.') }

const checkRoute = createRoute({
  ...shared,
  path: '/api/stateless/check_db_connection',
  operationId: 'checkDbConnection',
  summary: 'Check a connection',
  description: 'Whether the database lets this user in. Permission: view.',
  request: { body: body(connectionSchema) },
  responses: { ...refusals, 200: json(connectedSchema, 'It does.') },
})

const viewFieldsRoute = createRoute({
  ...shared,
  path: '/api/stateless/view-fields',
  operationId: 'viewFields',
  summary: 'Fields with their rules',
  description: 'Every field that a dump takes, with the rule that masks it. Reads no row. Permission: view.',
  request: { body: body(viewFieldsSchema) },
  responses: { ...refusals, ...busy, 200: json(viewFieldsResponse, 'The fields.') },
})

const viewDataRoute = createRoute({
  ...shared,
  path: '/api/stateless/view-data',
  operationId: 'viewData',
  summary: 'Rows before and after masking',
  description: 'Rows of a table as they are (real data!) and as a dump would give them. Permission: view.',
  request: { body: body(viewDataSchema) },
  responses: { ...refusals, ...busy, 200: json(viewDataResponse, 'The rows.') },
})

const previewRoute = createRoute({
  ...shared,
  path: '/api/stateless/preview',
  operationId: 'previewSchemas',
  summary: 'Schemas of a database',
  description: 'The schemas that are not the system’s. Permission: view.',
  request: { body: body(previewSchemasSchema) },
  responses: { ...refusals, 200: json(previewSchemasResponse, 'Their names.') },
})

const previewSchemaRoute = createRoute({
  ...shared,
  path: '/api/stateless/preview/{schema}',
  operationId: 'previewTables',
  summary: 'Tables of a schema with their rules',
  description: 'Tables by name, some at a time, with what happens to their fields. Permission: view.',
  request: {
    params: z.object({ schema: z.string().openapi({ example: 'public' }) }),
    body: body(previewTablesSchema),
  },
  responses: { ...refusals, ...busy, 200: json(previewTablesResponse, 'The tables.') },
})

export function addViewRoutes(app: OpenAPIHono<AppVariables>, context: ApiContext): void {
  const { inTurn } = context
  app.openapi(checkRoute, async (c) => {
    const target = await targetOf(context, c.req.valid('json'))
    await inTurn(() => checkConnection(whileAsked(context, c.req.raw.signal), target))
    return c.json({ status: 'ok' as const }, 200)
  })
  app.openapi(viewFieldsRoute, async (c) => {
    const answer = await answerViewFields(context, c.req.raw.signal, c.req.valid('json'))
    return c.json(answer, 200)
  })
  app.openapi(viewDataRoute, async (c) => {
    const answer = await answerViewData(context, c.req.raw.signal, c.req.valid('json'))
    return c.body(answer, 200, { 'content-type': 'application/json' }) as never
  })
  app.openapi(previewRoute, async (c) => {
    const { db_connection_params: connection, schema_filter: filter } = c.req.valid('json')
    const source = await targetOf(context, connection)
    const content = await inTurn(() =>
      previewSchemas(whileAsked(context, c.req.raw.signal), { source, filter }),
    )
    return c.json({ status_id: 2, status: 'success', content }, 200)
  })
  app.openapi(previewSchemaRoute, async (c) => {
    const { schema } = c.req.valid('param')
    const answer = await answerPreviewTables(context, c.req.raw.signal, schema, c.req.valid('json'))
    return c.json(answer, 200)
  })
}
