import { z } from '@hono/zod-openapi'

/**
 * Numbers and booleans may come as strings: the documented examples write the port as "5432". What comes out is a number
 * all the same, and the OpenAPI document asks for one.
 */
export function integer(range: { readonly least?: number; readonly most?: number } = {}) {
  const { least = Number.MIN_SAFE_INTEGER, most = Number.MAX_SAFE_INTEGER } = range
  return z
    .preprocess((value) => (isWholeNumber(value) ? Number(value) : value), z.int().min(least).max(most))
    .openapi({ type: 'integer' })
}

function isWholeNumber(value: unknown): value is string {
  return typeof value === 'string' && /^\s*[+-]?\d{1,15}\s*$/.test(value)
}

const TRUTHS: Readonly<Record<string, boolean>> = { true: true, false: false, '1': true, '0': false }

export function boolean() {
  return z
    .preprocess(
      (value) =>
        typeof value === 'string' || typeof value === 'number'
          ? (TRUTHS[String(value).toLowerCase()] ?? value)
          : value,
      z.boolean(),
    )
    .openapi({ type: 'boolean' })
}

/** A text that PostgreSQL can take: it has no NUL. */
export function text(most = 1_000_000) {
  return z
    .string()
    .max(most)
    .refine((value) => !value.includes('\0'), 'A text cannot hold a NUL character')
}

/** null where a client writes it for "not given", as the original takes it. */
export function optional<Schema extends z.ZodType>(schema: Schema) {
  return schema.nullish().transform((value) => value ?? undefined)
}

export function otherwise<Schema extends z.ZodType>(schema: Schema, value: z.output<Schema>) {
  return schema.nullish().transform((given): z.output<Schema> => given ?? value)
}
