import { Fault } from '../../lib/fault.ts'
import { mappedName } from '../../operations/backup/mapped-name.ts'
import { refuseMarkedSystem } from '../../operations/backup/refuse-production.ts'
import { refuseTargetName } from '../../operations/refresh/names.ts'
import { refuseSource } from '../../operations/restore/target-checks.ts'
import { identifyServer } from '../../operations/survey-server.ts'
import type { Target } from '../../postgres/connection/target.ts'
import type { Sidecar } from '../../storage/sidecar.ts'
import type { TaskRefreshTarget } from '../task.ts'

/** Throws `database-mapping`. */
export function refuseMapping(
  order: {
    readonly targetDatabaseName?: string | undefined
    readonly databaseMapping?: Readonly<Record<string, string>> | undefined
  },
  databases: readonly string[],
): void {
  if (order.targetDatabaseName !== undefined && databases.length > 1) {
    throw new Fault('database-mapping', 'targetDatabaseName is for backups of one database.', {
      remedy: `Map each: ${databases.join(', ')}.`,
    })
  }
  const mapping = order.databaseMapping ?? {}
  const unknown = Object.keys(mapping).find((name) => !databases.includes(name))
  if (unknown !== undefined) {
    throw new Fault('database-mapping', `The backup does not hold the database ${JSON.stringify(unknown)}.`, {
      remedy: `It holds ${databases.join(', ')}.`,
    })
  }
  const names = databases.map((name) => order.targetDatabaseName ?? mappedName(mapping, name))
  if (new Set(names).size < names.length) {
    throw new Fault('database-mapping', 'Two databases would become the same one.')
  }
  for (const name of names) refuseTargetName(name)
}

/**
 * Asks the server who it is, by whatever address it is named. Throws `production-target`, `target-is-source`,
 * `target-version`, `connection-failed`.
 */
export async function refuseServer(
  target: Target,
  {
    name,
    mapping,
    neverInto,
    sidecar,
  }: Pick<TaskRefreshTarget, 'name' | 'mapping' | 'neverInto'> & { readonly sidecar: Sidecar },
  signal: AbortSignal,
): Promise<void> {
  const server = await identifyServer(target, signal)
  refuseMarkedSystem({ name, neverInto }, server.systemIdentifier)
  for (const { name: database, manifest } of sidecar.databases) {
    refuseSource(manifest, { ...target, database: mappedName(mapping, database) }, server, null)
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
