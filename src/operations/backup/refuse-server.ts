import { Fault } from '../../lib/fault.ts'
import type { Sidecar } from '../../storage/sidecar.ts'
import { refuseSource } from '../restore/target-checks.ts'
import { identifyServer } from '../survey-server.ts'
import { refuseMarkedSystem } from './refuse-production.ts'
import type { RefreshTarget } from './request.ts'

/**
 * Asks a server that a stored backup is to be restored into who it is, and refuses what the restore would refuse later: one
 * that is marked as production, the databases that the backup is of, an older major. Throws `production-target`,
 * `target-is-source`, `target-version`, `connection-failed`.
 */
export async function refuseServer(
  target: Pick<RefreshTarget, 'name' | 'server' | 'mapping' | 'neverInto'>,
  sidecar: Sidecar,
  signal: AbortSignal,
): Promise<void> {
  const server = await identifyServer(target.server, signal)
  refuseMarkedSystem(target, server.systemIdentifier)
  const renamed = new Map(Object.entries(target.mapping))
  for (const { name, manifest } of sidecar.databases) {
    refuseSource(manifest, { ...target.server, database: renamed.get(name) ?? name }, server, null)
  }
  refuseOlderMajor(server.version, sidecar.engineVersion)
}

function refuseOlderMajor(version: string, neededVersion: string): void {
  const [major, needed] = [Number.parseInt(version, 10), Number.parseInt(neededVersion, 10)]
  if (major >= needed) return
  throw new Fault('target-version', `The backup is of PostgreSQL ${needed}, the target is ${major}.`, {
    remedy: 'Restore into a server of the same major or a newer one.',
  })
}
