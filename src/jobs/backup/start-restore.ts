import type { Secret } from '../../lib/secret.ts'
import { openBackup } from '../../storage/backup-file.ts'
import type { Sidecar } from '../../storage/sidecar.ts'
import { readSidecarOf } from '../../storage/stored-backups.ts'
import { findAdapter } from '../definitions/adapters.ts'
import { findJob } from '../definitions/jobs.ts'
import { openStorage } from '../definitions/open-storage.ts'
import { profileKey } from '../definitions/profiles.ts'
import { targetOf } from '../plain-target.ts'
import type { Queue } from '../queue.ts'
import type { Run } from '../run.ts'
import type { StoredRestoreTask, TaskDestination } from '../task.ts'
import { destinationOf, maskingOf, type OrderContext, orderTarget } from './order-backup.ts'
import { refuseMapping, refuseServer } from './restore-checks.ts'
import { BACKUP_SURFACE } from './surface-name.ts'

/** What a restore is asked for with. */
export interface RestoreOrder {
  readonly destinationId: string
  /** Of the backup, below the destination. */
  readonly file: string
  readonly targetSourceId: string
  /** Of a backup of one database: what it becomes. */
  readonly targetDatabaseName?: string | undefined
  /** Databases of the backup to those of the target; what is not named keeps its name. */
  readonly databaseMapping?: Readonly<Record<string, string>> | undefined
  /** Who may create databases. */
  readonly privilegedAuth?: { readonly user: string; readonly password: Secret } | undefined
}

/**
 * Checks all that can be known to be wrong before a restore begins, and queues it. Throws why it cannot be:
 * `storage-file-missing`, `profile-unknown`, `sealed-with-another-key`, `target-version`, `production-target`,
 * `target-is-source`, `database-mapping`, `connection-failed`, `…-unknown`.
 */
export async function startRestore(
  context: OrderContext & { readonly queue: Queue },
  order: RestoreOrder,
  signal: AbortSignal,
): Promise<Run> {
  const adapter = await findAdapter(context, order.destinationId, 'storage')
  const destination = destinationOf(context, adapter)
  const { sidecar, key } = await openable(context, destination, order.file, signal)
  const databases = sidecar.databases.map(({ name }) => name)
  refuseMapping(order, databases)
  const target = await orderTarget(context, settingsOf(order), databases)
  const server = order.privilegedAuth ? as(target.server, order.privilegedAuth) : target.server
  await refuseServer(targetOf(server), { ...target, sidecar }, signal)
  const task: StoredRestoreTask = {
    kind: 'stored-restore',
    destination,
    path: order.file,
    key: key?.reveal(),
    masking: await maskingOfJob(context, sidecar.jobId),
    target: { ...target, server },
  }
  return context.queue.submit({
    id: crypto.randomUUID(),
    surface: BACKUP_SURFACE,
    options: {
      jobId: sidecar.jobId,
      jobName: sidecar.jobName,
      destinationId: order.destinationId,
      file: order.file,
      targetSourceId: order.targetSourceId,
      databases,
    },
    archive: null,
    task,
  })
}

/** The sidecar of a backup, and the key that opens its beginning. */
async function openable(
  context: OrderContext,
  place: TaskDestination,
  path: string,
  signal: AbortSignal,
): Promise<{ sidecar: Sidecar; key: Secret | undefined }> {
  await using destination = await openStorage(place, context)
  const sidecar = await readSidecarOf(destination, path, signal)
  const key = sidecar.encryption ? await profileKey(context, sidecar.encryption.profileId) : undefined
  // One piece is enough to know that the key is the right one, and that the file is there.
  for await (const _ of openBackup(destination, path, sidecar, key, signal)) break
  return { sidecar, key }
}

/** By this the databases are looked through, as those of the job's own refreshes; a job that is gone gives no dictionary. */
async function maskingOfJob(context: OrderContext, jobId: string | null) {
  const job = jobId === null ? undefined : await findJob(context.state, jobId).catch(() => undefined)
  return maskingOf(context, job ?? { dictionaryIds: [], unknownColumns: 'copy' })
}

/** Who restores by hand has decided what is in it: findings are only told. */
function settingsOf(order: RestoreOrder) {
  return {
    targetSourceId: order.targetSourceId,
    targetDatabaseName: order.targetDatabaseName,
    databaseMapping: order.databaseMapping && { ...order.databaseMapping },
    findings: 'warn',
    connections: 'end',
  } as const
}

function as<Server extends StoredRestoreTask['target']['server']>(
  server: Server,
  { user, password }: { readonly user: string; readonly password: Secret },
): Server {
  return { ...server, user, password: password.reveal() }
}
