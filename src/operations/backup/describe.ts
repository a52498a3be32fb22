import type { Manifest } from '../../archive/manifest.ts'
import { relationKey } from '../../catalog/model.ts'
import { sha256Hex } from '../../lib/sha256.ts'
import type { WrittenBackup } from '../../storage/backup-file.ts'
import { COMPRESSION_SUFFIX } from '../../storage/compression/compression.ts'
import type { Sidecar } from '../../storage/sidecar.ts'
import type { BackupRequest } from './request.ts'

/** The name of a run's file: the job's folder, the time in UTC to the millisecond, and what it is wrapped in. */
export function backupFileName(request: BackupRequest, at: Date): string {
  const time = at.toISOString().replaceAll(':', '-')
  const archive = request.databases.length > 1 ? 'tar' : 'dump'
  const sealed = request.sealing ? '.sealed' : ''
  return `${request.folder}_${time}.${archive}${COMPRESSION_SUFFIX[request.compression]}${sealed}`
}

/** What stands beside a backup. */
export function describeBackup(
  request: BackupRequest,
  made: {
    readonly fileName: string
    readonly at: Date
    readonly manifests: readonly Manifest[]
    readonly written: WrittenBackup
  },
): Sidecar {
  const { manifests, written } = made
  const tables = manifests.flatMap((manifest) => manifest.tables)
  return {
    format: 'pgveil-backup',
    version: 1,
    jobId: request.job.id,
    jobName: request.job.name,
    sourceName: request.source.name,
    sourceType: 'postgres',
    engineVersion: manifests[0]?.source.serverVersion ?? '',
    timestamp: made.at.toISOString(),
    originalFileName: made.fileName,
    compression: request.compression,
    encryption: request.sealing
      ? { profileId: request.sealing.profileId, algorithm: 'AES256_GCM_HKDF_1MB' }
      : null,
    ...written,
    locked: false,
    anonymized: request.anonymize,
    dictionariesHash: hashOfDictionaries(request),
    schemaFingerprint: schemaFingerprint(manifests),
    coverage: {
      columns: sum(tables.map(({ columns }) => columns.length)),
      masked: sum(tables.map(({ masked }) => masked.length)),
    },
    databases: manifests.map((manifest) => ({ name: manifest.source.database, manifest })),
  }
}

function hashOfDictionaries(request: BackupRequest): string | null {
  const { dictionaries, knownColumns, onlyTables, withoutTables } = request
  const all = [dictionaries, knownColumns, onlyTables, withoutTables]
  if (all.every((sources) => sources.length === 0)) return null
  return sha256Hex(JSON.stringify(all.map((sources) => sources.map(({ text }) => text))))
}

/** Changes where a table or a column comes, goes, or gets another name. */
function schemaFingerprint(manifests: readonly Manifest[]): string {
  const shapes = manifests.map(({ source, tables }) => [
    source.database,
    tables.map((table) => [relationKey(table), ...table.columns]).sort(),
  ])
  return sha256Hex(JSON.stringify(shapes))
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
