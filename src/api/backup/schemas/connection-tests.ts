import { z } from '@hono/zod-openapi'
import { adapterId, config } from './adapters.ts'
import { strictly, text } from './wire.ts'

const configId = text(200).min(1).openapi({
  description:
    'An adapter that there is: "********" stands for its secrets, and what its server says of itself is noted.',
})

export const testSchema = strictly({ adapterId, config, configId: configId.nullish() }).openapi(
  'TestConnection',
)

export const testedSchema = z
  .object({
    success: z.boolean(),
    message: z.string().openapi({ example: 'Connection successful' }),
    version: z.string().optional().openapi({ example: '17.2', description: 'Of a database server.' }),
  })
  .openapi('ConnectionTested')

export const accessSchema = z
  .object({
    success: z.boolean(),
    databases: z.array(z.string()).openapi({ example: ['shop', 'analytics'] }),
    message: z.string().optional().openapi({ description: 'Why it failed.' }),
  })
  .openapi('AccessChecked')

export const statsRequestSchema = strictly({
  adapterId: adapterId.optional(),
  config: config.optional(),
  sourceId: text(200).min(1).optional(),
})
  .refine(
    ({ adapterId, config, sourceId }) =>
      sourceId !== undefined || (adapterId !== undefined && config !== undefined),
    'Either sourceId is needed, or adapterId and config',
  )
  .openapi('DatabaseStats')

export const statsSchema = z
  .object({
    success: z.boolean(),
    databases: z.array(
      z
        .object({
          name: z.string(),
          sizeBytes: z.int().nullable().openapi({ description: 'null: the user may not see it.' }),
          tableCount: z
            .int()
            .nullable()
            .openapi({ description: 'null: the database does not let the user in.' }),
        })
        .openapi('DatabaseFigures'),
    ),
    message: z.string().optional(),
  })
  .openapi('DatabaseStatsAnswer')

export type TestBody = z.output<typeof testSchema>
