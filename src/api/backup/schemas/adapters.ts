import { z } from '@hono/zod-openapi'
import { ADAPTER_TYPES } from '../../../jobs/definitions/adapter-kinds.ts'
import { settings, strictly, text, time } from './wire.ts'

export const adapterType = z.enum(ADAPTER_TYPES)

const name = text(200).min(1).openapi({ example: 'Production shop' })

export const adapterId = text(100).openapi({
  example: 'postgres',
  description: 'postgres; local-fs, s3, sftp; email, discord, webhook.',
})

export const config = settings.openapi({
  example: { host: 'db.example.org', port: 5432, user: 'backup', password: '********', database: 'shop' },
  description: 'What depends on adapterId. "********" in the place of a secret keeps the one that there is.',
})

const production = z.boolean().openapi({
  description: 'Nothing is ever restored into the server of this source. Default: false.',
})

const READ_ONLY = ['id', 'metadata', 'createdAt', 'updatedAt']

export const createAdapterSchema = strictly(
  { name, type: adapterType, adapterId, config, production: production.optional() },
  READ_ONLY,
).openapi('CreateAdapter')

/** Type and adapterId may be sent back, and stay as they are. */
export const changeAdapterSchema = strictly(
  { name: name.optional(), config: config.optional(), production: production.optional() },
  [...READ_ONLY, 'type', 'adapterId'],
).openapi('ChangeAdapter')

export const adapterSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    type: adapterType,
    adapterId: z.string(),
    config: settings.openapi({
      description: 'With its secrets for those who may write it; "********" in their place for others.',
    }),
    production: z.boolean(),
    metadata: z.object({
      version: z.string().nullable().openapi({ example: '17.2' }),
      status: z
        .enum(['healthy', 'degraded', 'offline'])
        .nullable()
        .openapi({ description: 'null before the first check; offline after three that failed.' }),
    }),
    createdAt: time,
    updatedAt: time,
  })
  .openapi('Adapter')

export type AdapterAnswer = z.input<typeof adapterSchema>
