import { createRoute, type OpenAPIHono } from '@hono/zod-openapi'
import { requires } from '../../../http/authentication.ts'
import type { AppVariables } from '../../../http/environment.ts'
import { startRestore } from '../../../jobs/backup/start-restore.ts'
import { findAdapter } from '../../../jobs/definitions/adapters.ts'
import { Fault } from '../../../lib/fault.ts'
import { Secret } from '../../../lib/secret.ts'
import { readSidecarOf } from '../../../storage/stored-backups.ts'
import type { BackupContext } from '../context.ts'
import { withDestination } from '../destinations.ts'
import { namedInBody } from '../named.ts'
import { startedSchema } from '../schemas/jobs.ts'
import { analyzeSchema, databasesSchema, restoreSchema } from '../schemas/storage.ts'
import { body, errorSchema, idParam, json, refusals, unknown } from './answers.ts'

const shared = { tags: ['Storage'], middleware: requires('storage:restore') }

const restoreRoute = createRoute({
  ...shared,
  method: 'post',
  path: '/api/storage/{id}/restore',
  operationId: 'restoreBackup',
  summary: 'Restore a backup',
  description:
    'Checks what can be checked at once (the file, its key, the major of the server, production, the mapping), and queues an execution. Permission: storage:restore.',
  request: { params: idParam, body: body(restoreSchema) },
  responses: {
    ...refusals,
    ...unknown,
    202: json(startedSchema, 'It is queued.'),
    503: json(errorSchema, 'The server is stopping, or too many executions wait.'),
  },
})

const analyzeRoute = createRoute({
  ...shared,
  method: 'post',
  path: '/api/storage/{id}/analyze',
  operationId: 'analyzeBackup',
  summary: 'Which databases are in a backup',
  description: 'Reads what lies beside the backup. Permission: storage:restore.',
  request: { params: idParam, body: body(analyzeSchema) },
  responses: {
    ...refusals,
    ...unknown,
    200: json(databasesSchema, 'Their names, in the order of the file.'),
  },
})

export function addStorageRestoreRoutes(app: OpenAPIHono<AppVariables>, context: BackupContext): void {
  app.openapi(restoreRoute, async (c) => {
    const { id } = await findAdapter(context, c.req.valid('param').id, 'storage')
    const { file, targetSourceId, targetDatabaseName, databaseMapping, privilegedAuth } = c.req.valid('json')
    const details = { destination: id, file: file.slice(0, 200), target: targetSourceId }
    c.set('audit', details)
    const order = {
      destinationId: id,
      file,
      targetSourceId,
      targetDatabaseName: targetDatabaseName ?? undefined,
      databaseMapping: databaseMapping ?? undefined,
      privilegedAuth: privilegedAuth
        ? { user: privilegedAuth.user, password: new Secret(privilegedAuth.password) }
        : undefined,
    }
    const run = await namedInBody(() => startRestore(context, order, c.req.raw.signal))
    c.set('audit', { ...details, run: run.id })
    return c.json({ success: true as const, executionId: run.id, message: 'Restore started' }, 202)
  })
  app.openapi(analyzeRoute, async (c) => {
    const { file, type } = c.req.valid('json')
    const sidecar = await withDestination(context, c.req.valid('param').id, (destination) =>
      readSidecarOf(destination, file, c.req.raw.signal),
    )
    if (type !== undefined && type !== sidecar.sourceType) {
      throw new Fault('backup-format', `The backup is of databases of type ${sidecar.sourceType}.`)
    }
    return c.json({ databases: sidecar.databases.map(({ name }) => name) }, 200)
  })
}
