import { Database } from 'bun:sqlite'
import { expect, test } from 'bun:test'
import { chmodSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Adapter, findAdapter, targetOfSource } from '../../../src/jobs/definitions/adapters.ts'
import { createJob } from '../../../src/jobs/definitions/jobs.ts'
import { backUpConfiguration } from '../../../src/jobs/upkeep/config-backup.ts'
import { checkHealth } from '../../../src/jobs/upkeep/health-check.ts'
import { checkIntegrity, noteStorageUsage } from '../../../src/jobs/upkeep/storage.ts'
import { writeBackup } from '../../../src/storage/backup-file.ts'
import { localFs } from '../../../src/storage/destinations/local-fs.ts'
import { publishSidecar } from '../../../src/storage/stored-backups.ts'
import { openState } from '../../../src/store/state.ts'
import { testCluster } from '../../server/cluster.ts'
import { sidecarOf } from '../../storage/sidecars.ts'
import { JobsOfTest, PASSWORD } from '../jobs-of-test.ts'

const signal = new AbortController().signal

const healthOfAll = async ({ context }: JobsOfTest, ...adapters: Adapter[]) =>
  Promise.all(adapters.map(async ({ id }) => (await findAdapter(context, id)).health))

test('a server is degraded after a failure, offline after three, and healthy as soon as it answers', async () => {
  await using test = await JobsOfTest.open()
  const { host, port, user, password } = (await testCluster()).target('postgres')
  const there = await test.source('there', { host, port, user, password: password?.reveal() ?? '' })
  const gone = await test.source('gone', { host: '127.0.0.1', port: 1 })
  const kept = await test.destination('kept')
  const blocked = await test.destination('blocked', test.folder.file('blocked/below'))
  writeFileSync(test.folder.file('blocked'), 'a file where a folder must be')
  expect(await healthOfAll(test, there, gone)).toEqual([null, null])
  const seen: unknown[] = []
  for (let time = 0; time < 4; time++) {
    await checkHealth(test.context, signal)
    seen.push(await healthOfAll(test, gone, blocked))
  }
  const [degraded, offline] = [
    ['degraded', 'degraded'],
    ['offline', 'offline'],
  ]
  expect(seen).toEqual([degraded, degraded, offline, offline])
  expect(await healthOfAll(test, there, kept)).toEqual(['healthy', 'healthy'])
  const found = await findAdapter(test.context, there.id)
  expect(found.version).toMatch(/^\d+\.\d+$/)
  expect(found.systemIdentifier).toMatch(/^\d{10,}$/)
  rmSync(test.folder.file('blocked'))
  await checkHealth(test.context, signal)
  expect(await healthOfAll(test, gone, blocked)).toEqual(['offline', 'healthy'])
  const checks = await test.context.state
    .selectFrom('health_checks')
    .select(['status', 'error', 'latency'])
    .where('adapter_id', '=', gone.id)
    .execute()
  expect(checks.map(({ status }) => status).sort()).toEqual([
    'degraded',
    'degraded',
    ...Array(3).fill('offline'),
  ])
  expect(checks.every(({ error, latency }) => error !== null && latency >= 0)).toBe(true)
  expect(JSON.stringify(checks) + test.log.join()).not.toContain(JSON.stringify(PASSWORD).slice(1, -1))
  expect(targetOfSource(found).password?.reveal()).toBe(password?.reveal() ?? '')
})

/** A destination with a backup of a job whose channel hears of errors, and the folder that it lies in. */
async function storedBackup(test: JobsOfTest, name = 'nightly') {
  const input = await test.jobInput(name)
  const channel = await test.channel(`us of ${name}`)
  const job = await createJob(test.context, { ...input, notificationIds: [channel.id] })
  const destination = await findAdapter(test.context, input.destinationId)
  const basePath = destination.config.basePath as string
  const path = `${job.folder}/${job.folder}_2026-05-01T00-00-00.000Z.dump`
  const storage = localFs({ basePath })
  async function* pieces() {
    yield Buffer.from('the bytes of an archive')
  }
  const written = await writeBackup(storage, path, pieces(), undefined, signal, () => {})
  await publishSidecar(storage, path, sidecarOf({ jobId: job.id, jobName: job.name, ...written }), signal)
  return { job, channel, basePath, file: join(basePath, path), storage }
}

const toldOf = async ({ context }: JobsOfTest) =>
  (await context.state.selectFrom('deliveries').select('receiver').execute()).map(
    ({ receiver }) => receiver.split('#')[1] ?? '',
  )

test('the integrity check tells the channels of a backup that was changed, lost, or cannot be described', async () => {
  await using test = await JobsOfTest.open()
  const changed = await storedBackup(test, 'changed')
  const truncated = await storedBackup(test, 'truncated one')
  const lost = await storedBackup(test, 'lost one')
  const undescribed = await storedBackup(test, 'undescribed')
  await storedBackup(test, 'whole backup that stays')
  await checkIntegrity(test.context, signal)
  expect(await toldOf(test)).toEqual([])
  writeFileSync(changed.file, 'the bytes of An archive')
  writeFileSync(truncated.file, 'the bytes')
  rmSync(lost.file)
  writeFileSync(`${undescribed.file}.meta.json`, '{"format": "pgveil-ba')
  await checkIntegrity(test.context, signal)
  const ids = [changed, truncated, lost, undescribed].map(({ channel }) => channel.id)
  expect((await toldOf(test)).sort()).toEqual(ids.sort())
})

test('a destination that cannot be listed hides no damage of another one, and is not noted as empty', async () => {
  await using test = await JobsOfTest.open()
  const damaged = await storedBackup(test)
  writeFileSync(damaged.file, 'x')
  writeFileSync(test.folder.file('blocked'), '')
  const blocked = await test.destination('blocked', test.folder.file('blocked'))
  await checkIntegrity(test.context, signal)
  expect(await toldOf(test)).toEqual([damaged.channel.id])
  await noteStorageUsage(test.context, signal)
  const noted = await test.context.state.selectFrom('storage_usage').select('adapter_id').execute()
  expect(noted.map(({ adapter_id: id }) => id)).not.toContain(blocked.id)
  expect(test.log.join()).toContain('a destination cannot be looked at')
})

test('a channel that is gone keeps no other from hearing of damage', async () => {
  await using test = await JobsOfTest.open()
  const { job, channel, file } = await storedBackup(test)
  const other = await test.channel('other')
  const { state } = test.context
  await state
    .updateTable('jobs')
    .set({ notification_ids: JSON.stringify(['gone', channel.id, other.id]) })
    .where('id', '=', job.id)
    .execute()
  writeFileSync(file, 'x')
  await checkIntegrity(test.context, signal)
  expect((await toldOf(test)).sort()).toEqual([channel.id, other.id].sort())
})

test('the usage of a destination is noted with its time, and kept for a year', async () => {
  await using test = await JobsOfTest.open()
  const { basePath } = await storedBackup(test)
  const at = test.clock.now().getTime()
  const size = readdirSync(basePath, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + Bun.file(join(entry.parentPath, entry.name)).size, 0)
  await noteStorageUsage(test.context, signal)
  test.clock.set('2027-05-03T00:00:30Z')
  await noteStorageUsage(test.context, signal)
  const rows = await test.context.state.selectFrom('storage_usage').selectAll().execute()
  expect(rows).toEqual([
    expect.objectContaining({ total_size: size, file_count: 2, created_at: test.clock.now().getTime() }),
  ])
  expect(test.clock.now().getTime() - at).toBeGreaterThan(366 * 24 * 60 * 60 * 1000)
})

test('a backup of the configuration is a whole state file, sealed as it was; the last seven stay', async () => {
  await using test = await JobsOfTest.open()
  const { id } = await test.source('shop')
  const folder = join(test.context.home.path, 'config-backups')
  await backUpConfiguration(test.context)
  writeFileSync(join(folder, 'state_2026-04-01T00-00-00.000Z.db.partial'), 'left by a kill')
  for (let day = 2; day <= 9; day++) {
    test.clock.set(`2026-05-0${day}T00:00:00Z`)
    await backUpConfiguration(test.context)
  }
  const names = readdirSync(folder).sort()
  expect(names).toEqual([3, 4, 5, 6, 7, 8, 9].map((day) => `state_2026-05-0${day}T00-00-00.000Z.db`))
  const copy = join(folder, names.at(-1) ?? '')
  expect(Buffer.from(await Bun.file(copy).bytes()).includes(PASSWORD)).toBe(false)
  const check = new Database(copy)
  expect(check.query('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' })
  check.close()
  chmodSync(copy, 0o600)
  const state = await openState(copy)
  expect((await findAdapter({ ...test.context, state }, id)).config.password).toBe(PASSWORD)
  await state.destroy()
})
