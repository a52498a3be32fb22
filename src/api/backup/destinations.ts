import { findAdapter } from '../../jobs/definitions/adapters.ts'
import { openStorage } from '../../jobs/definitions/open-storage.ts'
import type { DestinationConfig } from '../../storage/destinations/config.ts'
import type { Destination } from '../../storage/destinations/destination.ts'
import { openDestination, testDestination } from '../../storage/destinations/open.ts'
import type { BackupContext } from './context.ts'
import { refuseOwnFolder } from './own-folder.ts'

/** Opens the destination of an id. Throws `adapter-unknown`, `path-refused`, `storage-failed`. */
export async function openById(context: BackupContext, id: string): Promise<Destination> {
  const { adapterId, config } = await findAdapter(context, id, 'storage')
  await refuseOwnFolder(context, adapterId, config)
  return openStorage({ adapterId, config }, context)
}

/** Works with the destination of an id. Throws `adapter-unknown`, `storage-failed`. */
export async function withDestination<Result>(
  context: BackupContext,
  id: string,
  work: (destination: Destination) => Promise<Result>,
): Promise<Result> {
  return context.inTurn(async () => {
    await using destination = await openById(context, id)
    return await work(destination)
  })
}

/** Writes, reads, lists and removes a small file. Throws what did not work. */
export async function tryDestination(
  { storageHosts: hosts }: BackupContext,
  config: DestinationConfig,
  signal: AbortSignal,
): Promise<void> {
  await using destination = await openDestination(config, { hosts })
  await testDestination(destination, signal)
}
