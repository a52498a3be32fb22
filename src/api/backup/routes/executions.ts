import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { requires } from '../../../http/authentication.ts'
import type { AppVariables } from '../../../http/environment.ts'
import {
  type Execution,
  executionLog,
  executionOf,
  executionRun,
  listExecutions,
} from '../../../jobs/backup/executions.ts'
import type { BackupContext } from '../context.ts'
import { executionSchema, historySchema } from '../schemas/executions.ts'
import { flag } from '../schemas/wire.ts'
import { errorSchema, idParam, json, refusals, successSchema, unknown } from './answers.ts'

/** What the document lists. */
const HISTORY_LENGTH = 100

/** Lines of a log that one answer holds: the last ones. */
const MOST_LINES = 10_000

const getRoute = createRoute({
  method: 'get',
  path: '/api/executions/{id}',
  tags: ['Executions'],
  operationId: 'getExecution',
  summary: 'How far an execution is',
  description: 'Status, progress and, when it has ended, what came of it. Permission: history:read.',
  middleware: requires('history:read'),
  request: {
    params: idParam,
    query: z.object({ includeLogs: flag(false, 'The last 10000 lines of its log.') }),
  },
  responses: { ...refusals, ...unknown, 200: json(executionSchema, 'The execution.') },
})

const cancelRoute = createRoute({
  method: 'post',
  path: '/api/executions/{id}/cancel',
  tags: ['Executions'],
  operationId: 'cancelExecution',
  summary: 'Stop an execution',
  description: 'Stops one that waits or works, and cleans up after it. Permission: jobs:execute.',
  middleware: requires('jobs:execute'),
  request: { params: idParam },
  responses: {
    ...refusals,
    ...unknown,
    200: json(successSchema, 'It is stopped.'),
    409: json(errorSchema, 'It has ended already.'),
  },
})

const historyRoute = createRoute({
  method: 'get',
  path: '/api/history',
  tags: ['Executions'],
  operationId: 'listHistory',
  summary: 'The last executions',
  description: 'The last 100, the newest first. Permission: history:read.',
  middleware: requires('history:read'),
  responses: { ...refusals, 200: json(historySchema, 'The executions.') },
})

export function addExecutionRoutes(app: OpenAPIHono<AppVariables>, context: BackupContext): void {
  const { home, state, queue } = context
  app.openapi(getRoute, async (c) => {
    const run = await executionRun(state, c.req.valid('param').id)
    const logs = c.req.valid('query').includeLogs ? await executionLog(home, run, MOST_LINES) : []
    return c.json({ success: true as const, data: { ...present(executionOf(run)), logs } }, 200)
  })
  app.openapi(cancelRoute, async (c) => {
    const { id } = await executionRun(state, c.req.valid('param').id)
    c.set('audit', { run: id })
    await queue.cancel(id)
    return c.json({ success: true as const }, 200)
  })
  app.openapi(historyRoute, async (c) => {
    const executions = await listExecutions(state, { limit: HISTORY_LENGTH })
    const past = executions.map((execution) => {
      const { id, jobId, jobName, type, status, startedAt, endedAt } = present(execution)
      return { id, jobId, type, status, startedAt, endedAt, job: jobName === null ? null : { name: jobName } }
    })
    return c.json(past, 200)
  })
}

function present({ createdAt: _, startedAt, endedAt, ...execution }: Execution) {
  return {
    ...execution,
    startedAt: startedAt?.toISOString() ?? null,
    endedAt: endedAt?.toISOString() ?? null,
  }
}
