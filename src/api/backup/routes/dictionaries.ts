import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { requires } from '../../../http/authentication.ts'
import type { AppVariables } from '../../../http/environment.ts'
import {
  changeDictionary,
  createDictionary,
  DICTIONARY_KINDS,
  findDictionary,
  type KeptDictionary,
  listDictionaries,
  removeDictionary,
} from '../../../jobs/definitions/dictionaries.ts'
import type { BackupContext } from '../context.ts'
import { strictly, text, time } from '../schemas/wire.ts'
import { body, idParam, json, refusals, successSchema, taken, unknown } from './answers.ts'

/** Bytes of a request's body end sooner. */
const LONGEST_TEXT = 16_000_000

const kind = z.enum(DICTIONARY_KINDS).openapi({
  example: 'sensitive',
  description: 'What to mask; columns known to hold nothing; only these tables; not these tables.',
})
const name = text(200).openapi({ example: 'shop masks' })
const content = text(LONGEST_TEXT).openapi({
  example: '{"dictionary": [{"schema": "public", "table": "users", "fields": {"email": "md5(email)"}}]}',
  description: 'JSON or a Python literal. One that cannot be read is refused with line and column.',
})

const dictionarySchema = z
  .object({
    id: z.string(),
    name: z.string(),
    kind,
    text: z.string(),
    createdAt: time,
    updatedAt: time,
  })
  .openapi('Dictionary')

const READ_ONLY = ['id', 'createdAt', 'updatedAt']
const createSchema = strictly({ name, kind: kind.default('sensitive'), text: content }, READ_ONLY).openapi(
  'CreateDictionary',
)
const changeSchema = strictly(
  { name: name.optional(), kind: kind.optional(), text: content.optional() },
  READ_ONLY,
).openapi('ChangeDictionary')

const shared = { tags: ['Dictionaries'] }
const read = requires('jobs:read')
const write = requires('jobs:write')

const listRoute = createRoute({
  ...shared,
  method: 'get',
  path: '/api/dictionaries',
  operationId: 'listDictionaries',
  summary: 'Dictionaries',
  description: 'What jobs mask with, the newest first. Permission: jobs:read.',
  middleware: read,
  responses: { ...refusals, 200: json(z.array(dictionarySchema), 'The dictionaries.') },
})

const getRoute = createRoute({
  ...shared,
  method: 'get',
  path: '/api/dictionaries/{id}',
  operationId: 'getDictionary',
  summary: 'One dictionary',
  description: 'A dictionary with its text. Permission: jobs:read.',
  middleware: read,
  request: { params: idParam },
  responses: { ...refusals, ...unknown, 200: json(dictionarySchema, 'The dictionary.') },
})

const newRoute = createRoute({
  ...shared,
  method: 'post',
  path: '/api/dictionaries',
  operationId: 'createDictionary',
  summary: 'Keep a dictionary',
  description: 'The text is read: what is wrong in it is told with line and column. Permission: jobs:write.',
  middleware: write,
  request: { body: body(createSchema) },
  responses: { ...refusals, ...taken, 201: json(dictionarySchema, 'The dictionary.') },
})

const changeRoute = createRoute({
  ...shared,
  method: 'put',
  path: '/api/dictionaries/{id}',
  operationId: 'changeDictionary',
  summary: 'Change a dictionary',
  description: 'Changes what is sent; the next run of a job takes it. Permission: jobs:write.',
  middleware: write,
  request: { params: idParam, body: body(changeSchema) },
  responses: { ...refusals, ...unknown, ...taken, 200: json(dictionarySchema, 'The dictionary.') },
})

const deleteRoute = createRoute({
  ...shared,
  method: 'delete',
  path: '/api/dictionaries/{id}',
  operationId: 'deleteDictionary',
  summary: 'Delete a dictionary',
  description: 'One that a job masks with stays: 409. Permission: jobs:write.',
  middleware: write,
  request: { params: idParam },
  responses: { ...refusals, ...unknown, ...taken, 200: json(successSchema, 'It is deleted.') },
})

export function addDictionaryRoutes(app: OpenAPIHono<AppVariables>, context: BackupContext): void {
  app.openapi(listRoute, async (c) => c.json((await listDictionaries(context)).map(present), 200))
  app.openapi(getRoute, async (c) =>
    c.json(present(await findDictionary(context, c.req.valid('param').id)), 200),
  )
  app.openapi(newRoute, async (c) => {
    const made = await createDictionary(context, c.req.valid('json'))
    c.set('audit', { dictionary: made.id })
    return c.json(present(made), 201)
  })
  app.openapi(changeRoute, async (c) => {
    const { id } = c.req.valid('param')
    c.set('audit', { dictionary: id })
    return c.json(present(await changeDictionary(context, id, c.req.valid('json'))), 200)
  })
  app.openapi(deleteRoute, async (c) => {
    const { id } = c.req.valid('param')
    await removeDictionary(context, id)
    c.set('audit', { dictionary: id })
    return c.json({ success: true as const }, 200)
  })
}

function present(dictionary: KeptDictionary): z.input<typeof dictionarySchema> {
  const { id, name, kind, text, createdAt, updatedAt } = dictionary
  return { id, name, kind, text, createdAt: createdAt.toISOString(), updatedAt: updatedAt.toISOString() }
}
