import type { Secret } from '../../lib/secret.ts'
import { openDestination } from '../../storage/destinations/open.ts'
import { readSidecarOf } from '../../storage/stored-backups.ts'
import type { Context } from '../context.ts'
import { type Masking, type Refreshed, refreshTargets } from './refresh-targets.ts'
import type { DestinationPlace, RefreshTarget } from './request.ts'
import { StageProgress } from './stages.ts'

/** What a restore of a stored backup is asked to do. */
export interface RestoreStoredRequest extends Masking {
  readonly destination: DestinationPlace
  /** Of the backup, in its destination. */
  readonly path: string
  /** Of the profile that sealed it. */
  readonly key: Secret | undefined
  readonly target: RefreshTarget
}

/** Restores the databases of a backup: each takes the place of the one that has its name, whole or not at all. */
export async function restoreStored(
  context: Context,
  request: RestoreStoredRequest,
): Promise<Refreshed & { readonly size: number }> {
  const progress = new StageProgress(context)
  progress.at('Initializing', 0)
  const { config, hosts } = request.destination
  await using destination = await openDestination(config, { hosts })
  const { path, key } = request
  const sidecar = await readSidecarOf(destination, path, context.signal)
  const copy = { destination, path, sidecar, key }
  const refreshed = await refreshTargets(context, { ...request, targets: [request.target] }, copy, progress)
  return { ...refreshed, size: sidecar.size }
}
