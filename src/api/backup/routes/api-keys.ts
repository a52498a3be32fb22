import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import {
  type ApiKey,
  changeKey,
  createKey,
  findKey,
  keyPrefix,
  listKeys,
  revokeKey,
  rotateKey,
} from '../../../http/api-key.ts'
import { requires } from '../../../http/authentication.ts'
import type { AppVariables } from '../../../http/environment.ts'
import { PERMISSIONS, type Permission } from '../../../http/permission.ts'
import { refuse } from '../../../http/words.ts'
import { may } from '../access.ts'
import type { BackupContext } from '../context.ts'
import { instant, strictly, text, time } from '../schemas/wire.ts'
import { body, idParam, json, refusals, successSchema, unknown } from './answers.ts'

const permissions = z
  .array(z.enum(PERMISSIONS))
  .min(1)
  .max(PERMISSIONS.length)
  .transform((given) => PERMISSIONS.filter((permission) => given.includes(permission)))
  .openapi({
    type: 'array',
    items: { type: 'string', enum: [...PERMISSIONS] },
    example: ['jobs:read', 'jobs:execute', 'history:read'],
    description: 'None implies another. A key gives no permission that it does not have itself.',
  })

const keySchema = z
  .object({
    id: z.string(),
    name: z.string(),
    prefix: z
      .string()
      .openapi({ example: 'pgveil_0123456789ab', description: 'The part that may be shown.' }),
    permissions: z.array(z.string()),
    enabled: z.boolean(),
    expiresAt: time.nullable(),
    lastUsedAt: time.nullable().openapi({ description: 'To the minute.' }),
    createdAt: time,
  })
  .openapi('ApiKey')

const newKeySchema = keySchema
  .extend({ key: z.string().openapi({ description: 'Shown this once; a hash of it is kept.' }) })
  .openapi('NewApiKey')

const name = text(200).trim().min(1).openapi({ example: 'nightly trigger' })
const expiresAt = instant.nullable().openapi({
  type: ['string', 'null'],
  format: 'date-time',
  description: 'null: never.',
})
const enabled = z.boolean().openapi({ description: 'A disabled key is refused by 401.' })

const READ_ONLY = ['id', 'prefix', 'lastUsedAt', 'createdAt']

const createSchema = strictly(
  { name, permissions, expiresAt: expiresAt.optional(), enabled: enabled.default(true) },
  READ_ONLY,
).openapi('CreateApiKey')
const changeSchema = strictly(
  {
    name: name.optional(),
    permissions: permissions.optional(),
    expiresAt: expiresAt.optional(),
    enabled: enabled.optional(),
  },
  READ_ONLY,
).openapi('ChangeApiKey')

const shared = { tags: ['API Keys'] }
const write = requires('api-keys:write')

const listRoute = createRoute({
  ...shared,
  method: 'get',
  path: '/api/api-keys',
  operationId: 'listApiKeys',
  summary: 'Keys',
  description: 'Keys that are not deleted, the newest first. Permission: api-keys:read.',
  middleware: requires('api-keys:read'),
  responses: { ...refusals, 200: json(z.array(keySchema), 'The keys, without their secrets.') },
})

const newRoute = createRoute({
  ...shared,
  method: 'post',
  path: '/api/api-keys',
  operationId: 'createApiKey',
  summary: 'Make a key',
  description:
    'Shows the key, this once. From the first key on the server asks for one. Permission: api-keys:write.',
  middleware: write,
  request: { body: body(createSchema) },
  responses: { ...refusals, 201: json(newKeySchema, 'The key.') },
})

const changeRoute = createRoute({
  ...shared,
  method: 'put',
  path: '/api/api-keys/{id}',
  operationId: 'changeApiKey',
  summary: 'Change a key',
  description: 'Changes what is sent; it holds at once. Permission: api-keys:write.',
  middleware: write,
  request: { params: idParam, body: body(changeSchema) },
  responses: { ...refusals, ...unknown, 200: json(keySchema, 'The key.') },
})

const rotateRoute = createRoute({
  ...shared,
  method: 'post',
  path: '/api/api-keys/{id}/rotate',
  operationId: 'rotateApiKey',
  summary: 'Give a key a new secret',
  description:
    'The old one is worthless at once; the new one is shown this once. Permission: api-keys:write.',
  middleware: write,
  request: { params: idParam },
  responses: { ...refusals, ...unknown, 200: json(newKeySchema, 'The key.') },
})

const deleteRoute = createRoute({
  ...shared,
  method: 'delete',
  path: '/api/api-keys/{id}',
  operationId: 'deleteApiKey',
  summary: 'Delete a key',
  description: 'It is refused from now on. Permission: api-keys:write.',
  middleware: write,
  request: { params: idParam },
  responses: { ...refusals, ...unknown, 200: json(successSchema, 'It is deleted.') },
})

export function addApiKeyRoutes(app: OpenAPIHono<AppVariables>, { state, clock }: BackupContext): void {
  app.openapi(listRoute, async (c) => {
    const kept = (await listKeys(state)).filter(({ revokedAt }) => revokedAt === null)
    return c.json(kept.reverse().map(presentKey), 200)
  })
  app.openapi(newRoute, async (c) => {
    const { enabled, expiresAt = null, ...key } = c.req.valid('json')
    const refused = givesTooMuch(c, key.permissions)
    if (refused) return refused as never
    const { id, text } = await createKey(state, { ...key, expiresAt }, clock.now())
    const made = enabled ? await findKey(state, id) : await changeKey(state, id, { enabled })
    c.set('audit', { key: id })
    return c.json({ ...presentKey(made), key: text }, 201)
  })
  app.openapi(changeRoute, async (c) => {
    const { id } = c.req.valid('param')
    const changes = c.req.valid('json')
    const before = await findKey(state, id)
    // Whoever makes a key good again gives what it may do to whoever has it.
    const revives = changes.enabled === true || changes.expiresAt !== undefined
    const refused = givesTooMuch(c, changes.permissions ?? (revives ? before.permissions : []))
    if (refused) return refused as never
    c.set('audit', { key: id })
    return c.json(presentKey(await changeKey(state, id, changes)), 200)
  })
  app.openapi(rotateRoute, async (c) => {
    const { id } = c.req.valid('param')
    // Whoever sees the new secret may do what the key may.
    const refused = givesTooMuch(c, (await findKey(state, id)).permissions)
    if (refused) return refused as never
    const { text } = await rotateKey(state, id)
    c.set('audit', { key: id })
    return c.json({ ...presentKey(await findKey(state, id)), key: text }, 200)
  })
  app.openapi(deleteRoute, async (c) => {
    const { id } = c.req.valid('param')
    await revokeKey(state, id, clock.now())
    c.set('audit', { key: id })
    return c.json({ success: true as const }, 200)
  })
}

function givesTooMuch(c: Context<AppVariables>, given: readonly Permission[]): Response | undefined {
  const lacking = given.find((permission) => !may(c, permission))
  return (
    lacking && refuse(c, 403, 'FORBIDDEN', `The key cannot give the permission "${lacking}": it lacks it.`)
  )
}

function presentKey(key: ApiKey): z.input<typeof keySchema> {
  const iso = (at: Date | null) => at?.toISOString() ?? null
  return {
    id: key.id,
    name: key.name,
    prefix: keyPrefix(key.id),
    permissions: [...key.permissions],
    enabled: key.enabled,
    expiresAt: iso(key.expiresAt),
    lastUsedAt: iso(key.lastUsedAt),
    createdAt: key.createdAt.toISOString(),
  }
}
