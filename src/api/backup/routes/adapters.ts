import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import type { AppVariables } from '../../../http/environment.ts'
import {
  type Adapter,
  changeAdapter,
  createAdapter,
  findAdapter,
  hiddenConfig,
  listAdapters,
  removeAdapter,
} from '../../../jobs/definitions/adapters.ts'
import { lacksFor, lacksForAll, may, permissionFor, typesFor } from '../access.ts'
import type { BackupContext } from '../context.ts'
import { refuseHosts } from '../hosts.ts'
import {
  type AdapterAnswer,
  adapterSchema,
  adapterType,
  changeAdapterSchema,
  createAdapterSchema,
} from '../schemas/adapters.ts'
import { body, idParam, json, refusals, successSchema, taken, unknown } from './answers.ts'

const READ = 'Permission: sources:read, destinations:read or notifications:read, by type.'
const WRITE = 'Permission: sources:write, destinations:write or notifications:write, by type.'

const shared = { tags: ['Adapters'] }

const listRoute = createRoute({
  ...shared,
  method: 'get',
  path: '/api/adapters',
  operationId: 'listAdapters',
  summary: 'List sources, destinations and notification channels',
  description: `The newest first; without a type those that the key may read. ${READ}`,
  request: { query: z.object({ type: adapterType.optional() }) },
  responses: { ...refusals, 200: json(z.array(adapterSchema), 'The adapters.') },
})

const newRoute = createRoute({
  ...shared,
  method: 'post',
  path: '/api/adapters',
  operationId: 'createAdapter',
  summary: 'Create a source, a destination or a notification channel',
  description: `The configuration is checked, and kept encrypted; nothing is connected to. ${WRITE}`,
  request: { body: body(createAdapterSchema) },
  responses: { ...refusals, ...taken, 201: json(adapterSchema, 'The adapter.') },
})

const changeRoute = createRoute({
  ...shared,
  method: 'put',
  path: '/api/adapters/{id}',
  operationId: 'changeAdapter',
  summary: 'Change an adapter',
  description: `The configuration is merged with what there is; null takes a field out. ${WRITE}`,
  request: { params: idParam, body: body(changeAdapterSchema) },
  responses: { ...refusals, ...unknown, ...taken, 200: json(adapterSchema, 'The adapter.') },
})

const deleteRoute = createRoute({
  ...shared,
  method: 'delete',
  path: '/api/adapters/{id}',
  operationId: 'deleteAdapter',
  summary: 'Delete an adapter',
  description: `One that a job uses stays: 400. Files in a destination stay. ${WRITE}`,
  request: { params: idParam },
  responses: { ...refusals, ...unknown, 200: json(successSchema, 'It is deleted.') },
})

export function addAdapterRoutes(app: OpenAPIHono<AppVariables>, context: BackupContext): void {
  app.openapi(listRoute, async (c) => {
    const { type } = c.req.valid('query')
    const refused = type ? lacksFor(c, type, 'read') : lacksForAll(c, 'read')
    if (refused) return refused as never
    const readable = typesFor(c, 'read')
    const adapters = (await listAdapters(context, type)).filter((adapter) => readable.includes(adapter.type))
    return c.json(
      adapters.map((adapter) => present(c, adapter)),
      200,
    )
  })
  app.openapi(newRoute, async (c) => {
    const adapter = c.req.valid('json')
    const refused = lacksFor(c, adapter.type, 'write')
    if (refused) return refused as never
    await refuseHosts(context, adapter.adapterId, adapter.config)
    const made = await createAdapter(context, adapter)
    c.set('audit', { adapter: made.id })
    return c.json(present(c, made), 201)
  })
  app.openapi(changeRoute, async (c) => {
    const changes = c.req.valid('json')
    const before = await writable(c, context, c.req.valid('param').id)
    if (before instanceof Response) return before as never
    c.set('audit', { adapter: before.id })
    await refuseHosts(context, before.adapterId, changes.config ?? {})
    return c.json(present(c, await changeAdapter(context, before.id, changes)), 200)
  })
  app.openapi(deleteRoute, async (c) => {
    const adapter = await writable(c, context, c.req.valid('param').id)
    if (adapter instanceof Response) return adapter as never
    c.set('audit', { adapter: adapter.id })
    await removeAdapter(context, adapter.id)
    return c.json({ success: true as const }, 200)
  })
}

/** The adapter, or the refusal of a caller that may not write it. Throws `adapter-unknown`. */
async function writable(
  c: Context<AppVariables>,
  context: BackupContext,
  id: string,
): Promise<Adapter | Response> {
  const refused = lacksForAll(c, 'write')
  if (refused) return refused
  const adapter = await findAdapter(context, id)
  return lacksFor(c, adapter.type, 'write') ?? adapter
}

function present(c: Context<AppVariables>, adapter: Adapter): AdapterAnswer {
  const { id, name, type, adapterId, config, production, version, health, createdAt, updatedAt } = adapter
  return {
    id,
    name,
    type,
    adapterId,
    config: { ...(may(c, permissionFor(type, 'write')) ? config : hiddenConfig(adapter)) },
    production,
    metadata: { version, status: health },
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  }
}
