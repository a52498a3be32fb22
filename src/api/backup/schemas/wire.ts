import { z } from '@hono/zod-openapi'

/** A text that a state file and PostgreSQL can take: it has no NUL. */
export function text(most = 10_000) {
  return z
    .string()
    .max(most)
    .refine((value) => !value.includes('\0'), 'it holds a NUL character')
}

/** Of a path below a destination; whether it leads out of it the destination judges. */
export const filePath = text(4000)
  .min(1)
  .openapi({ example: 'nightly-shop/nightly-shop_2026-11-21T02-00-00Z.dump.gz.sealed' })

/** A switch in a query string. */
export function flag(otherwise: boolean, description: string) {
  return z
    .enum(['true', 'false', '1', '0'])
    .default(otherwise ? 'true' : 'false')
    .transform((value) => value === 'true' || value === '1')
    .openapi({ type: 'boolean', description: `${description} Default: ${otherwise}.` })
}

/** A whole number in a query string. */
export function count(range: { readonly least: number; readonly most: number; readonly otherwise: number }) {
  const { least, most, otherwise } = range
  return z
    .string()
    .regex(/^\d{1,9}$/, 'It must be a whole number')
    .transform(Number)
    .pipe(z.int().min(least).max(most))
    .default(otherwise)
    .openapi({ type: 'integer', description: `${least} to ${most}. Default: ${otherwise}.` })
}

/** ISO 8601: a day (its midnight in UTC), or a moment with its offset. */
export const instant = z
  .union([z.iso.date(), z.iso.datetime({ offset: true })], 'It must be a time of ISO 8601')
  .transform((value) => new Date(value))
  .openapi({ type: 'string', format: 'date-time', example: '2026-11-21T02:00:00Z' })

/** In answers. */
export const time = z.string().openapi({ format: 'date-time', example: '2026-11-21T02:00:00.000Z' })

/** Settings whose fields depend on something else; whoever takes them checks each. */
export const settings = z.record(z.string().max(200), z.unknown())

/**
 * A body that refuses fields that it does not know: a misspelt one would silently leave a backup unencrypted. Those that
 * answers hold and nobody can set may be sent back, and are passed over.
 */
export function strictly<Shape extends z.ZodRawShape>(shape: Shape, readOnly: readonly string[] = []) {
  return z.preprocess((value) => without(value, readOnly), z.strictObject(shape))
}

function without(value: unknown, names: readonly string[]): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).filter(([name]) => !names.includes(name)))
}
