import { Secret } from '../../lib/secret.ts'
import { backup } from '../../operations/backup/backup.ts'
import type { BackupRequest, DestinationPlace, RefreshTarget } from '../../operations/backup/request.ts'
import { restoreStored } from '../../operations/backup/restore-stored.ts'
import type { Context } from '../../operations/context.ts'
import { parseDestinationConfig } from '../../storage/destinations/config.ts'
import { targetOf } from '../plain-target.ts'
import type {
  BackupTask,
  StoredRestoreTask,
  TaskDestination,
  TaskMasking,
  TaskRefreshTarget,
} from '../task.ts'
import { logWarnings } from './log-warnings.ts'
import type { TaskOutput } from './messages.ts'

export async function performBackup(context: Context, task: BackupTask): Promise<TaskOutput> {
  const { path, sidecar, removed, refreshed, warnings } = await backup(context, requestOf(task))
  logWarnings(context, warnings)
  const tables = sidecar.databases.flatMap(({ manifest }) => manifest.tables)
  return {
    figures: {
      path,
      size: sidecar.size,
      checksum: sidecar.checksum,
      databases: sidecar.databases.length,
      tables: tables.length,
      rows: tables.reduce((sum, { rows }) => sum + rows, 0),
      masked_columns: sidecar.coverage.masked,
      removed: removed.length,
      refreshed,
      warnings: warnings.length,
    },
    dictionaries: {},
  }
}

export async function performStoredRestore(context: Context, task: StoredRestoreTask): Promise<TaskOutput> {
  const { count, rows, size, warnings } = await restoreStored(context, {
    destination: destinationPlace(task.destination),
    path: task.path,
    key: task.key === undefined ? undefined : new Secret(task.key),
    ...dictionariesOf(task.masking),
    target: refreshTarget(task.target),
  })
  logWarnings(context, warnings)
  return {
    figures: { path: task.path, size, databases: count, rows, warnings: warnings.length },
    dictionaries: {},
  }
}

function requestOf(task: BackupTask): BackupRequest {
  return {
    job: task.job,
    source: { name: task.source.name, server: targetOf(task.source.server) },
    databases: task.databases,
    anonymize: task.anonymize,
    ...dictionariesOf(task.masking),
    compression: task.compression,
    sealing: task.sealing && { profileId: task.sealing.profileId, key: new Secret(task.sealing.key) },
    destination: destinationPlace(task.destination),
    folder: task.folder,
    retention: task.retention,
    timeZone: task.timeZone,
    targets: task.targets.map(refreshTarget),
  }
}

function dictionariesOf(masking: TaskMasking) {
  return {
    dictionaries: masking.sensitive,
    knownColumns: masking.nonSensitive,
    onlyTables: masking.tables,
    withoutTables: masking.tablesExclude,
    unknownColumns: masking.unknownColumns,
    salt: masking.salt === undefined ? undefined : new Secret(masking.salt),
  }
}

function destinationPlace({ adapterId, config, allowedHosts }: TaskDestination): DestinationPlace {
  return { config: parseDestinationConfig(adapterId, config), hosts: { allowed: allowedHosts } }
}

function refreshTarget({ server, ...target }: TaskRefreshTarget): RefreshTarget {
  return { ...target, server: targetOf(server) }
}
