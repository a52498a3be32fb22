import { z } from '@hono/zod-openapi'

export const errorSchema = z
  .object({ error: z.string().openapi({ example: 'There is no such job.' }) })
  .openapi('Error')

export const successSchema = z.object({ success: z.literal(true) }).openapi('Success')

/** A JSON body of a shape. */
export function json<Schema extends z.ZodType>(schema: Schema, description: string) {
  return { description, content: { 'application/json': { schema } } }
}

/** What a request's body must be; a body of another type is refused, since any web page may send one. */
export function body<Schema extends z.ZodType>(schema: Schema) {
  return { required: true, content: { 'application/json': { schema } } }
}

/** The answers that all routes share. */
export const refusals = {
  400: json(errorSchema, 'The request cannot be carried out; the message names the field.'),
  401: json(errorSchema, 'A key is needed: it is missing, unknown, disabled or expired.'),
  403: json(errorSchema, 'The key lacks the permission.'),
  429: json(errorSchema, 'Too many requests; `Retry-After` says for how many seconds.'),
  500: json(errorSchema, 'A mistake in pgveil.'),
}

export const unknown = { 404: json(errorSchema, 'There is none of this id.') }
export const taken = { 409: json(errorSchema, 'The name is taken, or something uses it.') }

export const idParam = z.object({
  id: z.string().openapi({
    param: { name: 'id', in: 'path' },
    example: '1b4e28ba-2fa1-41d2-883f-0016d3cca427',
  }),
})
