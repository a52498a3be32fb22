import { Fault } from '../../lib/fault.ts'
import type { Destination } from '../../storage/destinations/destination.ts'
import { toRemove } from '../../storage/retention.ts'
import { listBackups, readSidecarOf, removeBackup } from '../../storage/stored-backups.ts'
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
  const ofJob = backups
    .filter(({ sidecar }) => sidecar.jobId === request.job.id)
    .map(({ file, sidecar }) => ({
      path: file.path,
      at: new Date(sidecar.timestamp),
      locked: sidecar.locked,
    }))
  const now = ofJob.find(({ path }) => path === justUploaded)?.at
  // A clock that was wrong once dates backups ahead: as the newest they would push out each new one until it is right.
  const [ahead, dated] = [
    ofJob.filter(({ at }) => isAhead(at, now)),
    ofJob.filter(({ at }) => !isAhead(at, now)),
  ]
  for (const { path } of ahead) {
    context.log.warn({ file: path }, 'a backup has a date that is yet to come; retention leaves it alone')
  }
  const removed: string[] = []
  for (const path of toRemove(dated, request.retention, { justUploaded, timeZone: request.timeZone })) {
    if (!(await mayGo(destination, path, context.signal))) continue
    await removeBackup(destination, path, context.signal)
    removed.push(path)
    context.log.info({ file: path }, 'retention removed a backup')
  }
  return removed
}

/** It may have been locked, or removed, since the list was read, which takes a while where there are many. */
async function mayGo(destination: Destination, path: string, signal: AbortSignal): Promise<boolean> {
  try {
    return !(await readSidecarOf(destination, path, signal)).locked
  } catch (error) {
    if (error instanceof Fault && error.code === 'storage-file-missing') return false
    throw error
  }
}

function isAhead(at: Date, now: Date | undefined): boolean {
  return now !== undefined && at.getTime() > now.getTime()
}
