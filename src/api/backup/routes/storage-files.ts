import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { requires } from '../../../http/authentication.ts'
import type { AppVariables } from '../../../http/environment.ts'
import { findAdapter } from '../../../jobs/definitions/adapters.ts'
import { Fault } from '../../../lib/fault.ts'
import {
  listBackups,
  readSidecarOf,
  removeBackup,
  type StoredBackup,
  setLocked,
} from '../../../storage/stored-backups.ts'
import type { BackupContext } from '../context.ts'
import { withDestination } from '../destinations.ts'
import {
  deleteFileSchema,
  lockedSchema,
  lockFileSchema,
  type StoredFileAnswer,
  storedFileSchema,
  usageSchema,
} from '../schemas/storage.ts'
import { count, text } from '../schemas/wire.ts'
import { body, errorSchema, idParam, json, refusals, successSchema, unknown } from './answers.ts'

const DAY_MILLISECONDS = 24 * 60 * 60 * 1000

const shared = { tags: ['Storage'] }

const listRoute = createRoute({
  ...shared,
  method: 'get',
  path: '/api/storage/{id}/files',
  operationId: 'listFiles',
  summary: 'List backup files',
  description:
    'All backups of a destination, the newest first. A destination that cannot be reached is an error and no empty list. Permission: storage:read.',
  middleware: requires('storage:read'),
  request: {
    params: idParam,
    query: z.object({
      typeFilter: text(100).optional().openapi({ description: 'Of the source.', example: 'postgres' }),
    }),
  },
  responses: { ...refusals, ...unknown, 200: json(z.array(storedFileSchema), 'The files.') },
})

const deleteRoute = createRoute({
  ...shared,
  method: 'delete',
  path: '/api/storage/{id}/files',
  operationId: 'deleteFile',
  summary: 'Delete a backup file',
  description: 'Deletes a backup and what describes it. A locked one stays: 409. Permission: storage:delete.',
  middleware: requires('storage:delete'),
  request: { params: idParam, body: body(deleteFileSchema) },
  responses: {
    ...refusals,
    ...unknown,
    200: json(successSchema, 'It is deleted.'),
    409: json(errorSchema, 'It is locked.'),
  },
})

const lockRoute = createRoute({
  ...shared,
  method: 'post',
  path: '/api/storage/{id}/lock',
  operationId: 'lockFile',
  summary: 'Lock a backup file, or unlock it',
  description: 'No retention removes a locked backup. Permission: storage:delete.',
  middleware: requires('storage:delete'),
  request: { params: idParam, body: body(lockFileSchema) },
  responses: { ...refusals, ...unknown, 200: json(lockedSchema, 'What it is now.') },
})

const historyRoute = createRoute({
  ...shared,
  method: 'get',
  path: '/api/storage/{id}/history',
  operationId: 'listStorageUsage',
  summary: 'How full a destination was',
  description: 'Totals over its files, the newest first. Permission: storage:read.',
  middleware: requires('storage:read'),
  request: { params: idParam, query: z.object({ days: count({ least: 1, most: 365, otherwise: 30 }) }) },
  responses: { ...refusals, ...unknown, 200: json(usageSchema, 'The totals.') },
})

export function addStorageFileRoutes(app: OpenAPIHono<AppVariables>, context: BackupContext): void {
  app.openapi(listRoute, async (c) => {
    const { typeFilter } = c.req.valid('query')
    const { signal } = c.req.raw
    const found = await withDestination(context, c.req.valid('param').id, (destination) =>
      listBackups(destination, '', signal),
    )
    for (const { file, fault } of found.unreadable) {
      context.log.warn({ file: file.path, reason: fault.message }, 'a backup is not listed')
    }
    const [first] = found.unreadable
    // A list without them would say that there are none.
    if (first && found.backups.length === 0) throw first.fault
    const files = found.backups.map(present)
    const wanted = typeFilter === undefined ? files : files.filter((file) => file.sourceType === typeFilter)
    return c.json(wanted, 200)
  })
  app.openapi(deleteRoute, async (c) => {
    const { id } = c.req.valid('param')
    const { path } = c.req.valid('json')
    c.set('audit', { destination: id, file: path.slice(0, 200) })
    await withDestination(context, id, async (destination) => {
      const { locked } = await readSidecarOf(destination, path, c.req.raw.signal)
      if (locked) throw new Fault('backup-locked', 'The backup is locked.', { remedy: 'Unlock it first.' })
      await removeBackup(destination, path, c.req.raw.signal)
    })
    return c.json({ success: true as const }, 200)
  })
  app.openapi(lockRoute, async (c) => {
    const { id } = c.req.valid('param')
    const { path, locked } = c.req.valid('json')
    c.set('audit', { destination: id, file: path.slice(0, 200) })
    const sidecar = await withDestination(context, id, (destination) =>
      setLocked(destination, path, locked, c.req.raw.signal),
    )
    return c.json({ success: true as const, locked: sidecar.locked }, 200)
  })
  app.openapi(historyRoute, async (c) => {
    const { id } = await findAdapter(context, c.req.valid('param').id, 'storage')
    const since = context.clock.now().getTime() - c.req.valid('query').days * DAY_MILLISECONDS
    const rows = await context.state
      .selectFrom('storage_usage')
      .selectAll()
      .where('adapter_id', '=', id)
      .where('created_at', '>=', since)
      .orderBy('created_at', 'desc')
      .execute()
    const data = rows.map((row) => ({
      totalSize: row.total_size,
      fileCount: row.file_count,
      createdAt: new Date(row.created_at).toISOString(),
    }))
    return c.json({ success: true as const, data }, 200)
  })
}

function present({ file, sidecar }: StoredBackup): StoredFileAnswer {
  return {
    name: file.path.split('/').at(-1) ?? file.path,
    path: file.path,
    size: file.size,
    lastModified: file.modifiedAt.toISOString(),
    createdAt: sidecar.timestamp,
    jobId: sidecar.jobId,
    jobName: sidecar.jobName,
    sourceName: sidecar.sourceName,
    sourceType: sidecar.sourceType,
    engineVersion: sidecar.engineVersion,
    databases: sidecar.databases.map(({ name }) => name),
    compression: sidecar.compression,
    isEncrypted: sidecar.encryption !== null,
    encryptionProfileId: sidecar.encryption?.profileId ?? null,
    encryption: sidecar.encryption,
    anonymized: sidecar.anonymized,
    locked: sidecar.locked,
    checksum: sidecar.checksum,
  }
}
