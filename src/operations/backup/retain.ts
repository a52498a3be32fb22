import type { Destination } from '../../storage/destinations/destination.ts'
import { toRemove } from '../../storage/retention.ts'
import { listBackups, removeBackup } from '../../storage/stored-backups.ts'
import type { Context } from '../context.ts'
import type { BackupRequest } from './request.ts'

/** Removes the backups of a job that its retention does not keep, and gives their paths. */
export async function retain(
  context: Context,
  request: Pick<BackupRequest, 'folder' | 'retention' | 'timeZone' | 'job'>,
  destination: Destination,
  justUploaded: string,
): Promise<string[]> {
  if (request.retention.mode === 'NONE') return []
  const { backups } = await listBackups(destination, request.folder, context.signal)
  const ofJob = backups.filter(({ sidecar }) => sidecar.jobId === request.job.id)
  const removed = toRemove(
    ofJob.map(({ file, sidecar }) => ({
      path: file.path,
      at: new Date(sidecar.timestamp),
      locked: sidecar.locked,
    })),
    request.retention,
    { justUploaded, timeZone: request.timeZone },
  )
  for (const path of removed) {
    await removeBackup(destination, path, context.signal)
    context.log.info({ file: path }, 'retention removed a backup')
  }
  return removed
}
