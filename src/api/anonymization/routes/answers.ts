import type { z } from '@hono/zod-openapi'
import { errorSchema, invalidSchema } from '../schemas/responses.ts'

/** A JSON body of a shape. */
export function json<Schema extends z.ZodType>(schema: Schema, description: string) {
  return { description, content: { 'application/json': { schema } } }
}

/** What a request's body must be; a body of another type is refused, since any web page may send one. */
export function body<Schema extends z.ZodType>(schema: Schema) {
  return { required: true, content: { 'application/json': { schema } } }
}

/** The answers that all routes with a body share. */
export const refusals = {
  400: json(errorSchema, 'The request cannot be carried out.'),
  401: json(errorSchema, 'A key is needed.'),
  403: json(errorSchema, 'The key lacks the permission.'),
  422: json(invalidSchema, 'The request does not have this shape.'),
  429: json(errorSchema, 'Too many requests.'),
  500: json(errorSchema, 'A mistake in pgveil.'),
}
