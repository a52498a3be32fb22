import { asFault, Fault } from '../../lib/fault.ts'
import { verifyBackup } from '../../storage/backup-file.ts'
import type { Destination } from '../../storage/destinations/destination.ts'
import { SIDECAR_SUFFIX } from '../../storage/sidecar.ts'
import { listBackups, type StoredBackup } from '../../storage/stored-backups.ts'
import { type Adapter, listAdapters } from '../definitions/adapters.ts'
import { openStorage } from '../definitions/open-storage.ts'
import type { UpkeepContext } from './health-check.ts'
import { tellSystemError } from './system-error.ts'

/** Days for which the usage of destinations is kept: as far back as the documented API lets ask. */
const USAGE_DAYS = 366
const DAY_MILLISECONDS = 24 * 60 * 60 * 1000

/** Notes how many files and bytes every destination holds. One that cannot be listed is not noted as empty. */
export async function noteStorageUsage(context: UpkeepContext, signal: AbortSignal): Promise<void> {
  await forEachDestination(context, signal, async (adapter, destination) => {
    let [size, count] = [0, 0]
    for await (const file of destination.list('', signal)) {
      size += file.size
      count++
    }
    const now = context.clock.now().getTime()
    await context.state
      .insertInto('storage_usage')
      .values({ adapter_id: adapter.id, total_size: size, file_count: count, created_at: now })
      .execute()
    await context.state
      .deleteFrom('storage_usage')
      .where('created_at', '<', now - USAGE_DAYS * DAY_MILLISECONDS)
      .execute()
  })
}

/**
 * Reads every backup again and compares its checksum; channels of its job hear of one that is damaged, lost, or whose
 * description cannot be read.
 */
export async function checkIntegrity(context: UpkeepContext, signal: AbortSignal): Promise<void> {
  await forEachDestination(context, signal, async (_, destination) => {
    const { backups, unreadable, withoutFile } = await listBackups(destination, '', signal)
    for (const stored of backups) await checkBackup(context, destination, stored, signal)
    for (const { file, fault } of unreadable) {
      await tellDamaged(context, await jobOfFolder(context, file.path), file.path, fault)
    }
    for (const { path } of withoutFile) await checkLost(context, destination, path, signal)
  })
}

/** Who removes a backup removes its sidecar first: one that is alone is of a file that somebody else took away. */
async function checkLost(
  context: UpkeepContext,
  destination: Destination,
  sidecarPath: string,
  signal: AbortSignal,
): Promise<void> {
  const path = sidecarPath.slice(0, -SIDECAR_SUFFIX.length)
  const stillThere = await destination.find(sidecarPath, signal)
  if (!stillThere || (await destination.find(path, signal))) return
  const fault = new Fault('storage-file-missing', 'The backup is not there any more, its description is.', {
    place: { file: path },
  })
  await tellDamaged(context, await jobOfFolder(context, path), path, fault)
}

/** The sidecar would say it, where it can be read. */
async function jobOfFolder({ state }: UpkeepContext, path: string): Promise<string | null> {
  const [folder = ''] = path.split('/')
  const row = await state.selectFrom('jobs').select('id').where('folder', '=', folder).executeTakeFirst()
  return row?.id ?? null
}

async function tellDamaged(
  context: UpkeepContext,
  jobId: string | null,
  path: string,
  { code, message }: Fault,
): Promise<void> {
  context.log.error({ file: path, code }, 'a stored backup is damaged')
  await tellSystemError(context, jobId, { code, message: `${path}: ${message}` })
}

async function checkBackup(
  context: UpkeepContext,
  destination: Destination,
  { file, sidecar }: StoredBackup,
  signal: AbortSignal,
): Promise<void> {
  try {
    await verifyBackup(destination, file.path, sidecar, signal, () => {})
  } catch (error) {
    signal.throwIfAborted()
    const fault = asFault(error)
    // Retention, or somebody, removed it since it was listed.
    if (fault.code === 'storage-file-missing') return
    await tellDamaged(context, sidecar.jobId, file.path, fault)
  }
}

async function forEachDestination(
  context: UpkeepContext,
  signal: AbortSignal,
  act: (adapter: Adapter, destination: Destination) => Promise<void>,
): Promise<void> {
  for (const adapter of await listAdapters(context, 'storage')) {
    signal.throwIfAborted()
    try {
      await using destination = await openStorage(adapter, context)
      await act(adapter, destination)
    } catch (error) {
      signal.throwIfAborted()
      // One destination that cannot be reached must not hide the others.
      context.log.error(
        { adapter: adapter.id, reason: asFault(error).message },
        'a destination cannot be looked at',
      )
    }
  }
}
