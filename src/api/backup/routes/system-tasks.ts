import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { requires } from '../../../http/authentication.ts'
import type { AppVariables } from '../../../http/environment.ts'
import { changeSystemTask, listSystemTasks } from '../../../jobs/schedule/system-task-list.ts'
import type { BackupContext } from '../context.ts'
import { strictly, text } from '../schemas/wire.ts'
import { body, json, refusals, successSchema, unknown } from './answers.ts'

const PATH = '/api/settings/system-tasks'

const taskSchema = z
  .object({
    id: z.string().openapi({ example: 'health-check' }),
    label: z.string().openapi({ example: 'Health Check' }),
    description: z.string(),
    schedule: z.string().openapi({ example: '*/5 * * * *', description: 'Cron expression, in UTC.' }),
    runOnStartup: z.boolean(),
    enabled: z.boolean(),
  })
  .openapi('SystemTask')

const taskId = text(100).openapi({ example: 'health-check' })

const changeSchema = strictly(
  {
    taskId,
    schedule: text(200).optional(),
    runOnStartup: z.boolean().optional(),
    enabled: z.boolean().optional(),
  },
  ['id', 'label', 'description'],
).openapi('ChangeSystemTask')

const runSchema = strictly({ taskId }).openapi('RunSystemTask')

const shared = { path: PATH, tags: ['Settings'] }

const listRoute = createRoute({
  ...shared,
  method: 'get',
  operationId: 'listSystemTasks',
  summary: 'List system tasks',
  description: 'What the server does for itself, and when. Permission: settings:read.',
  middleware: requires('settings:read'),
  responses: { ...refusals, 200: json(z.array(taskSchema), 'The tasks.') },
})

const changeRoute = createRoute({
  ...shared,
  method: 'post',
  operationId: 'changeSystemTask',
  summary: 'Change a system task',
  description: 'Changes what is sent. Permission: settings:write.',
  middleware: requires('settings:write'),
  request: { body: body(changeSchema) },
  responses: { ...refusals, ...unknown, 200: json(successSchema, 'It is changed.') },
})

const runRoute = createRoute({
  ...shared,
  method: 'put',
  operationId: 'runSystemTask',
  summary: 'Run a system task now',
  description:
    'Begins a task, enabled or not; one that is under way is not begun twice. Permission: settings:write.',
  middleware: requires('settings:write'),
  request: { body: body(runSchema) },
  responses: {
    ...refusals,
    ...unknown,
    200: json(
      successSchema
        .extend({ message: z.string().openapi({ example: 'Task started' }) })
        .openapi('TaskStarted'),
      'It has begun.',
    ),
  },
})

export function addSystemTaskRoutes(
  app: OpenAPIHono<AppVariables>,
  { state, systemTasks }: BackupContext,
): void {
  app.openapi(listRoute, async (c) => c.json(await listSystemTasks(state), 200))
  app.openapi(changeRoute, async (c) => {
    const { taskId, ...changes } = c.req.valid('json')
    c.set('audit', { task: taskId })
    await changeSystemTask(state, taskId, changes)
    systemTasks.wake()
    return c.json({ success: true as const }, 200)
  })
  app.openapi(runRoute, async (c) => {
    const { taskId } = c.req.valid('json')
    c.set('audit', { task: taskId })
    const message = systemTasks.runNow(taskId) ? 'Task started' : 'Task is running already'
    return c.json({ success: true as const, message }, 200)
  })
}
