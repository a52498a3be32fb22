import { Database } from 'bun:sqlite'
import { expect, test } from 'bun:test'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { TestFolder } from '../../server/folder.ts'
import { Receiver } from '../receiver.ts'
import { until } from '../serving.ts'
import { defined, made, serveBackups, storeBackup } from './ground.ts'

const PATH = 'job/job_2026-01-01T00-00-00Z.dump'

test('what no run tells is told at once, too: a damaged backup, and a job that cannot be begun at its time', async () => {
  await using folder = await TestFolder.create()
  await using receiver = new Receiver()
  await using serving = await serveBackups()
  const { source, job } = await defined(serving, folder.path)
  const channel = await made(serving, 'POST', '/api/adapters', {
    name: 'hook',
    type: 'notification',
    adapterId: 'webhook',
    config: { url: receiver.url },
  })
  await made(serving, 'PUT', `/api/jobs/${job.id}`, { notificationIds: [channel.id] })
  const heard = (type: string) => receiver.hooks.find(({ body }) => body.type === type)?.body.data

  await storeBackup(folder.path, PATH, new Uint8Array(100), { jobId: job.id })
  writeFileSync(folder.file(PATH), new Uint8Array(100).fill(1))
  await made(serving, 'PUT', '/api/settings/system-tasks', { taskId: 'integrity-check' })
  await until('the damage is told', () => heard('system_error') !== undefined)
  expect(heard('system_error').error).toMatchObject({ message: expect.stringContaining(PATH) })

  // Its target becomes production after the job was made, and its time comes.
  const targets = [{ targetSourceId: source.id, targetDatabaseName: 'x' }]
  await made(serving, 'PUT', `/api/jobs/${job.id}`, { enabled: true, targets })
  await made(serving, 'PUT', `/api/adapters/${source.id}`, { production: true })
  using state = new Database(join(serving.home, 'state.db'))
  state.run('UPDATE jobs SET scheduled_until = 0')
  // Another job that is made has the server look at all schedules.
  await defined(serving, folder.file('other'), 'other')
  await until('the failure is told', () => heard('backup_failure') !== undefined)
  expect(heard('backup_failure').error.code).toBe('production-target')
})
