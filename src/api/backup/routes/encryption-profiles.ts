import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { requires } from '../../../http/authentication.ts'
import type { AppVariables } from '../../../http/environment.ts'
import {
  createProfile,
  type EncryptionProfile,
  findProfile,
  listProfiles,
  removeProfile,
} from '../../../jobs/definitions/profiles.ts'
import { Secret } from '../../../lib/secret.ts'
import type { BackupContext } from '../context.ts'
import { strictly, text, time } from '../schemas/wire.ts'
import { body, idParam, json, refusals, successSchema, taken, unknown } from './answers.ts'

const profileSchema = z
  .object({
    id: z.string(),
    name: z.string().openapi({ example: 'Default Key' }),
    description: z.string().nullable(),
    algorithm: z.literal('AES256_GCM_HKDF_1MB'),
    createdAt: time,
  })
  .openapi('EncryptionProfile')

const createSchema = strictly({
  name: text(200),
  description: text(2000).nullish(),
  key: z
    .string()
    .regex(/^[0-9a-fA-F]{64}$/, 'It must be 32 bytes: 64 hexadecimal digits')
    .optional()
    .openapi({ format: 'password', description: 'A key of your own, hexadecimal. Default: a random one.' }),
}).openapi('CreateEncryptionProfile')

const shared = { tags: ['Vault'] }

const listRoute = createRoute({
  ...shared,
  method: 'get',
  path: '/api/encryption-profiles',
  operationId: 'listEncryptionProfiles',
  summary: 'Encryption profiles',
  description: 'Without their keys, the newest first. Permission: vault:read.',
  middleware: requires('vault:read'),
  responses: { ...refusals, 200: json(z.array(profileSchema), 'The profiles.') },
})

const getRoute = createRoute({
  ...shared,
  method: 'get',
  path: '/api/encryption-profiles/{id}',
  operationId: 'getEncryptionProfile',
  summary: 'One encryption profile',
  description: 'Without its key. Permission: vault:read.',
  middleware: requires('vault:read'),
  request: { params: idParam },
  responses: { ...refusals, ...unknown, 200: json(profileSchema, 'The profile.') },
})

const newRoute = createRoute({
  ...shared,
  method: 'post',
  path: '/api/encryption-profiles',
  operationId: 'createEncryptionProfile',
  summary: 'Make an encryption profile',
  description:
    'Makes a key, or takes yours. Get its recovery kit: without the key no backup can be opened. Permission: vault:write.',
  middleware: requires('vault:write'),
  request: { body: body(createSchema) },
  responses: { ...refusals, ...taken, 201: json(profileSchema, 'The profile.') },
})

const deleteRoute = createRoute({
  ...shared,
  method: 'delete',
  path: '/api/encryption-profiles/{id}',
  operationId: 'deleteEncryptionProfile',
  summary: 'Delete an encryption profile',
  description:
    'Backups that it sealed open with its recovery kit alone from then on. One that a job seals with stays: 409. Permission: vault:write.',
  middleware: requires('vault:write'),
  request: { params: idParam },
  responses: { ...refusals, ...unknown, ...taken, 200: json(successSchema, 'It is deleted.') },
})

export function addEncryptionProfileRoutes(app: OpenAPIHono<AppVariables>, context: BackupContext): void {
  app.openapi(listRoute, async (c) => c.json((await listProfiles(context)).map(present), 200))
  app.openapi(getRoute, async (c) =>
    c.json(present(await findProfile(context, c.req.valid('param').id)), 200),
  )
  app.openapi(newRoute, async (c) => {
    const { name, description, key } = c.req.valid('json')
    const made = await createProfile(context, {
      name,
      description: description ?? undefined,
      key: key === undefined ? undefined : new Secret(key),
    })
    c.set('audit', { profile: made.id })
    return c.json(present(made), 201)
  })
  app.openapi(deleteRoute, async (c) => {
    const { id } = c.req.valid('param')
    await removeProfile(context, id)
    c.set('audit', { profile: id })
    return c.json({ success: true as const }, 200)
  })
}

function present({ createdAt, ...profile }: EncryptionProfile): z.input<typeof profileSchema> {
  return { ...profile, createdAt: createdAt.toISOString() }
}
