import { type Finding, saidOf } from '../../lib/fault.ts'
import { verifyBackup } from '../../storage/backup-file.ts'
import type { Destination } from '../../storage/destinations/destination.ts'
import { openDestination } from '../../storage/destinations/open.ts'
import type { Sidecar } from '../../storage/sidecar.ts'
import { publishSidecar, removeBackup, sweepOrphans } from '../../storage/stored-backups.ts'
import type { Context } from '../context.ts'
import { copyDatabases } from './copy-databases.ts'
import { backupFileName, describeBackup } from './describe.ts'
import { refreshTargets } from './refresh-targets.ts'
import type { BackupRequest } from './request.ts'
import { retain } from './retain.ts'
import { StageProgress } from './stages.ts'

export interface BackupResult {
  /** Of the backup, in its destination. */
  readonly path: string
  readonly sidecar: Sidecar
  /** Backups that retention removed. */
  readonly removed: readonly string[]
  /** Databases that were refreshed. */
  readonly refreshed: number
  readonly warnings: readonly Finding[]
}

/**
 * One run of a job: what killed runs left is swept away, the databases are copied into one file, the file is described,
 * read back and compared, older ones go by the retention, and the targets are refreshed from what was stored. A backup is
 * there or not: one that fails before it was verified is taken back; one that was verified stays, whatever fails later.
 */
export async function backup(context: Context, request: BackupRequest): Promise<BackupResult> {
  const progress = new StageProgress(context, { masks: request.anonymize })
  progress.at('Initializing', 0)
  const { config, hosts } = request.destination
  await using destination = await openDestination(config, { hosts })
  const swept = await sweepOrphans(destination, request.folder, context.signal)
  for (const file of swept) context.log.warn({ file }, 'removed what a run that was killed had left')
  const { path, sidecar, warnings } = await store(context, request, destination, progress)
  const removed = await saidOf(`The backup ${path} is stored. Older backups could not be removed`, () => {
    progress.at('Retention', 0)
    return retain(context, request, destination, path)
  })
  const refreshed = await saidOf(`The backup ${path} is stored. The targets could not be refreshed`, () =>
    refreshTargets(context, request, { destination, path, sidecar, key: request.sealing?.key }, progress),
  )
  return {
    path,
    sidecar,
    removed,
    refreshed: refreshed.count,
    warnings: [...warnings, ...refreshed.warnings],
  }
}

/** Makes the backup: the file, its sidecar, and the proof that what is stored is what was written. */
async function store(
  context: Context,
  request: BackupRequest,
  destination: Destination,
  progress: StageProgress,
): Promise<{ path: string; sidecar: Sidecar; warnings: readonly Finding[] }> {
  const at = context.clock.now()
  const fileName = backupFileName(request, at)
  const path = `${request.folder}/${fileName}`
  const { manifests, written, warnings } = await copyDatabases(context, request, destination, path, progress)
  try {
    const sidecar = describeBackup(request, { fileName, at, manifests, written })
    await publishSidecar(destination, path, sidecar, context.signal)
    let done = 0
    await verifyBackup(destination, path, written, context.signal, (bytes) => {
      done += bytes
      progress.at('Verifying', done / written.size)
    })
    return { path, sidecar, warnings }
  } catch (error) {
    // The signal may be the reason: what is taken back is taken back all the same.
    await removeBackup(destination, path, AbortSignal.timeout(RETRACT_MILLISECONDS)).catch(() => {})
    throw error
  }
}

/** How long a destination may take to remove what turned out to be no backup; the next run sweeps else. */
const RETRACT_MILLISECONDS = 10_000
