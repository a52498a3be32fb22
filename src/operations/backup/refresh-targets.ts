import type { Finding } from '../../lib/fault.ts'
import type { Context } from '../context.ts'
import { PLAIN_PLANNING } from '../planning.ts'
import { refresh } from '../refresh/refresh.ts'
import { mappedName } from './mapped-name.ts'
import { refuseProductionSystem } from './refuse-production.ts'
import type { BackupRequest, RefreshTarget } from './request.ts'
import type { StageProgress } from './stages.ts'
import { openDatabase, type StoredCopy } from './stored-database.ts'

/** The dictionaries by which a refreshed database is looked through before it takes the place of the old one. */
export type Masking = Pick<BackupRequest, 'dictionaries' | 'knownColumns'>

export interface Refreshed {
  /** Databases. */
  readonly count: number
  readonly rows: number
  readonly warnings: readonly Finding[]
}

/** Replaces the databases of every target by those of a backup, one after the other. */
export async function refreshTargets(
  context: Context,
  request: Masking & Pick<BackupRequest, 'targets'>,
  copy: StoredCopy,
  progress: StageProgress,
): Promise<Refreshed> {
  const { databases } = copy.sidecar
  const count = request.targets.length * databases.length
  const warnings: Finding[] = []
  let rows = 0
  if (count > 0) progress.at('Restoring', 0)
  for (const target of request.targets) await refuseProductionSystem(context, target)
  for (const [at, target] of request.targets.entries()) {
    for (const [index, database] of databases.entries()) {
      const part = progress.part('Restoring', at * databases.length + index, count)
      const refreshed = await refreshOne({ ...part, signal: context.signal }, request, copy, target, database)
      rows += refreshed.rows
      warnings.push(...refreshed.warnings)
    }
  }
  return { count, rows, warnings }
}

async function refreshOne(
  context: Context,
  masking: Masking,
  copy: StoredCopy,
  target: RefreshTarget,
  { name, manifest }: StoredCopy['sidecar']['databases'][number],
) {
  const database = mappedName(target.mapping, name)
  context.log.info({ database, server: target.name }, 'refresh begins')
  return refresh(context, {
    target: { ...target.server, database },
    manifest,
    open: () => openDatabase(copy, name, context.signal),
    check: {
      dictionaries: masking.dictionaries,
      knownColumns: masking.knownColumns,
      followKeys: PLAIN_PLANNING.followKeys,
      // What was copied as it is holds what it holds.
      findings: copy.sidecar.anonymized ? target.findings : 'off',
    },
    connections: target.connections,
    keepOld: true,
    // A mapping that swaps names would else put one source in the place of another.
    notInto: copy.sidecar.databases.map((other) => other.manifest),
    programs: { byMajor: new Map() },
    pgRestoreOptions: [],
    ignorePrivileges: false,
    jobs: undefined,
  })
}
