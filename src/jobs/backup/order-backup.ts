import type { HostPolicy } from '../../lib/hosts.ts'
import type { Secret } from '../../lib/secret.ts'
import { type Adapter, type Definitions, findAdapter, targetOfSource } from '../definitions/adapters.ts'
import { findDictionary } from '../definitions/dictionaries.ts'
import type { RefreshTargetInput } from '../definitions/job-input.ts'
import type { Job } from '../definitions/jobs.ts'
import { productionSystems, refuseProduction } from '../definitions/production.ts'
import { profileKey } from '../definitions/profiles.ts'
import { plainTarget } from '../plain-target.ts'
import type { BackupTask, TaskDestination, TaskMasking, TaskRefreshTarget } from '../task.ts'

/** What the orders of backups and restores are made from, beside what is defined. */
export interface OrderContext extends Definitions {
  /** PGVEIL_SALT. */
  readonly salt: Secret | undefined
  /** Hosts of destinations. */
  readonly storageHosts: HostPolicy
}

/** All that one run of a job needs, as it is defined now. Throws `…-unknown`, `production-target`, `state-key`. */
export async function orderBackup(context: OrderContext, job: Job): Promise<BackupTask> {
  const source = await findAdapter(context, job.sourceId, 'database')
  const server = targetOfSource(source)
  const databases = job.databases.length > 0 ? job.databases : [server.database]
  const profileId = job.encryptionProfileId
  return {
    kind: 'backup',
    job: { id: job.id, name: job.name },
    source: { name: source.name, server: plainTarget(server) },
    databases,
    anonymize: job.anonymize,
    masking: await maskingOf(context, job),
    compression: job.compression,
    sealing:
      profileId === null ? undefined : { profileId, key: (await profileKey(context, profileId)).reveal() },
    destination: destinationOf(context, await findAdapter(context, job.destinationId, 'storage')),
    folder: job.folder,
    retention: job.retention,
    timeZone: job.timeZone,
    targets: await Promise.all(job.targets.map((target) => orderTarget(context, target, databases))),
  }
}

/** A server to restore into, by the databases that there are to restore. Throws `adapter-unknown`, `production-target`. */
export async function orderTarget(
  context: OrderContext,
  target: RefreshTargetInput,
  databases: readonly string[],
): Promise<TaskRefreshTarget> {
  const adapter = await findAdapter(context, target.targetSourceId, 'database')
  await refuseProduction(context, adapter)
  const [only] = databases
  const renamed =
    target.targetDatabaseName !== undefined && only !== undefined ? { [only]: target.targetDatabaseName } : {}
  return {
    name: adapter.name,
    server: plainTarget(targetOfSource(adapter)),
    mapping: { ...target.databaseMapping, ...renamed },
    findings: target.findings,
    connections: target.connections,
    neverInto: await productionSystems(context),
  }
}

/** Throws `dictionary-unknown`. */
export async function maskingOf(
  context: OrderContext,
  { dictionaryIds, unknownColumns }: Pick<Job, 'dictionaryIds' | 'unknownColumns'>,
): Promise<TaskMasking> {
  const found = await Promise.all(dictionaryIds.map((id) => findDictionary(context, id)))
  const ofKind = (wanted: string) =>
    found.filter(({ kind }) => kind === wanted).map(({ name, text }) => ({ name, text }))
  return {
    sensitive: ofKind('sensitive'),
    nonSensitive: ofKind('non-sensitive'),
    tables: ofKind('tables'),
    tablesExclude: ofKind('tables-exclude'),
    unknownColumns,
    salt: context.salt?.reveal(),
  }
}

export function destinationOf({ storageHosts }: OrderContext, adapter: Adapter): TaskDestination {
  const { adapterId, config } = adapter
  return {
    adapterId,
    config,
    allowedHosts: storageHosts.allowed && [...storageHosts.allowed],
  }
}
