import { Secret } from '../../lib/secret.ts'
import type { Definitions } from '../definitions/adapters.ts'
import { findJob } from '../definitions/jobs.ts'
import { productionSystems, refuseProductionAddress } from '../definitions/production.ts'
import type { StoredRestoreTask, Task } from '../task.ts'
import { orderBackup } from './order-backup.ts'

/**
 * What a run that waited is to do, as things are when it begins: a rule that was added, a target that was taken away, a
 * server that was marked as production in the meantime must count. Throws what `orderBackup` throws, `job-unknown`.
 */
export async function taskAsOfNow(context: Definitions, task: Task): Promise<Task> {
  if (task.kind === 'stored-restore') return restoreAsOfNow(context, task)
  if (task.kind !== 'backup') return task
  const { salt } = task.masking
  const order = {
    ...context,
    salt: salt === undefined ? undefined : new Secret(salt),
    storageHosts: { allowed: task.destination.allowedHosts },
  }
  return orderBackup(order, await findJob(context.state, task.job.id))
}

async function restoreAsOfNow(context: Definitions, task: StoredRestoreTask): Promise<StoredRestoreTask> {
  await refuseProductionAddress(context, task.target)
  const neverInto = [...task.target.neverInto, ...(await productionSystems(context))]
  return { ...task, target: { ...task.target, neverInto } }
}
