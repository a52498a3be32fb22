import { z } from '@hono/zod-openapi'
import { time } from './wire.ts'

const type = z.enum(['Backup', 'Restore'])
const status = z
  .enum(['Pending', 'Running', 'Success', 'Failed'])
  .openapi({ description: 'One that was cancelled is Failed, and its error says so.' })
const startedAt = time.nullable().openapi({ description: 'null while it is Pending.' })
const endedAt = time.nullable()
const jobId = z.string().nullable().openapi({ description: 'null: it belongs to no job.' })

const logEntry = z
  .object({ timestamp: time, level: z.string(), message: z.string(), stage: z.string().optional() })
  .openapi('LogEntry')

const execution = z
  .object({
    id: z.string(),
    jobId,
    jobName: z.string().nullable(),
    type,
    status,
    progress: z.int().min(0).max(100).openapi({ description: 'Percent; it never falls.' }),
    stage: z.string().nullable().openapi({ example: 'Uploading', description: 'null while it is Pending.' }),
    startedAt,
    endedAt,
    duration: z.int().nullable().openapi({ description: 'Milliseconds; null until it has ended.' }),
    size: z.int().nullable().openapi({ description: 'Bytes of the backup as it is stored.' }),
    path: z.string().nullable().openapi({ description: 'Of the backup, below the destination.' }),
    error: z.string().nullable(),
    logs: z.array(logEntry).openapi({ description: 'Empty unless they were asked for.' }),
  })
  .openapi('Execution')

export const executionSchema = z
  .object({ success: z.literal(true), data: execution })
  .openapi('ExecutionAnswer')

const past = z
  .object({
    id: z.string(),
    jobId,
    type,
    status,
    startedAt,
    endedAt,
    job: z.object({ name: z.string() }).nullable(),
  })
  .openapi('PastExecution')

export const historySchema = z.array(past)
