import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { lacks, requires } from '../../../http/authentication.ts'
import type { AppVariables } from '../../../http/environment.ts'
import { runJob } from '../../../jobs/backup/run-job.ts'
import type { JobInput } from '../../../jobs/definitions/job-input.ts'
import {
  changeJob,
  createJob,
  findJob,
  type Job,
  listJobs,
  removeJob,
} from '../../../jobs/definitions/jobs.ts'
import type { BackupContext } from '../context.ts'
import { namedInBody } from '../named.ts'
import { presentJobs } from '../present-job.ts'
import {
  changeJobSchema,
  createJobSchema,
  type JobAnswer,
  jobSchema,
  startedSchema,
} from '../schemas/jobs.ts'
import { body, errorSchema, idParam, json, refusals, successSchema, taken, unknown } from './answers.ts'

const shared = { tags: ['Jobs'] }
const write = requires('jobs:write')

const listRoute = createRoute({
  ...shared,
  method: 'get',
  path: '/api/jobs',
  operationId: 'listJobs',
  summary: 'List jobs',
  description: 'Backup jobs, the newest first. Permission: jobs:read.',
  middleware: requires('jobs:read'),
  responses: { ...refusals, 200: json(z.array(jobSchema), 'The jobs.') },
})

const newRoute = createRoute({
  ...shared,
  method: 'post',
  path: '/api/jobs',
  operationId: 'createJob',
  summary: 'Create a job',
  description:
    'Schedule, time zone, retention and all that it names are checked. A job that masks needs a dictionary. Permission: jobs:write. With targets it needs storage:restore, too.',
  middleware: write,
  request: { body: body(createJobSchema) },
  responses: { ...refusals, ...taken, 201: json(jobSchema, 'The job.') },
})

const changeRoute = createRoute({
  ...shared,
  method: 'put',
  path: '/api/jobs/{id}',
  operationId: 'changeJob',
  summary: 'Change a job',
  description:
    'Changes what is sent and nothing else; a list replaces the list. Permission: jobs:write. With targets it needs storage:restore, too.',
  middleware: write,
  request: { params: idParam, body: body(changeJobSchema) },
  responses: { ...refusals, ...unknown, ...taken, 200: json(jobSchema, 'The job.') },
})

const deleteRoute = createRoute({
  ...shared,
  method: 'delete',
  path: '/api/jobs/{id}',
  operationId: 'deleteJob',
  summary: 'Delete a job',
  description: 'Its backups and the record of its executions stay. Permission: jobs:write.',
  middleware: write,
  request: { params: idParam },
  responses: { ...refusals, ...unknown, 200: json(successSchema, 'It is deleted.') },
})

const runRoute = createRoute({
  ...shared,
  method: 'post',
  path: '/api/jobs/{id}/run',
  operationId: 'runJob',
  summary: 'Run a job now',
  description:
    'Queues an execution. A job that waits already is not queued twice: the answer names the execution that waits. Permission: jobs:execute.',
  middleware: requires('jobs:execute'),
  request: { params: idParam },
  responses: {
    ...refusals,
    ...unknown,
    200: json(startedSchema, 'It is queued.'),
    503: json(errorSchema, 'The server is stopping, or too many executions wait.'),
  },
})

export function addJobRoutes(app: OpenAPIHono<AppVariables>, context: BackupContext): void {
  const { state, jobsChanged } = context
  app.openapi(listRoute, async (c) => c.json(await presentJobs(context, await listJobs(state)), 200))
  app.openapi(newRoute, async (c) => {
    const refused = lacksForTargets(c, c.req.valid('json').targets)
    if (refused) return refused as never
    const job = await namedInBody(() => createJob(context, c.req.valid('json') as JobInput))
    jobsChanged()
    c.set('audit', { job: job.id })
    return c.json(await presentOne(context, job), 201)
  })
  app.openapi(changeRoute, async (c) => {
    const { id } = c.req.valid('param')
    const { targets } = await findJob(state, id)
    const refused = lacksForTargets(c, c.req.valid('json').targets ?? targets)
    if (refused) return refused as never
    c.set('audit', { job: id })
    const job = await namedInBody(() => changeJob(context, id, c.req.valid('json') as Partial<JobInput>))
    jobsChanged()
    return c.json(await presentOne(context, job), 200)
  })
  app.openapi(deleteRoute, async (c) => {
    const { id } = c.req.valid('param')
    await removeJob(context, id)
    jobsChanged()
    c.set('audit', { job: id })
    return c.json({ success: true as const }, 200)
  })
  app.openapi(runRoute, async (c) => {
    const { id } = c.req.valid('param')
    const { run, isNew } = await runJob(context, id, 'api')
    c.set('audit', { job: id, run: run.id })
    const message = isNew ? 'Job queued successfully' : 'Job is queued already'
    return c.json({ success: true as const, executionId: run.id, message }, 200)
  })
}

/** The refusal of a caller whose job would replace databases, and who may not restore. */
function lacksForTargets(
  c: Context<AppVariables>,
  targets: readonly unknown[] | undefined,
): Response | undefined {
  return targets && targets.length > 0 ? lacks(c, 'storage:restore') : undefined
}

async function presentOne(context: BackupContext, job: Job): Promise<JobAnswer> {
  const [answer] = await presentJobs(context, [job])
  return answer as JobAnswer
}
