import { findAdapter } from '../../jobs/definitions/adapters.ts'
import { type DestinationConfig, parseDestinationConfig } from '../../storage/destinations/config.ts'
import type { Destination } from '../../storage/destinations/destination.ts'
import { openDestination, testDestination } from '../../storage/destinations/open.ts'
import type { BackupContext } from './context.ts'
import { refuseOwnFolder } from './own-folder.ts'

/** Opens the destination of an id; whoever asks closes it. Throws `adapter-unknown`, `path-refused`, `storage-failed`. */
export async function openById(context: BackupContext, id: string): Promise<Destination> {
  const { adapterId, config } = await findAdapter(context, id, 'storage')
  await refuseOwnFolder(context, adapterId, config)
  return openDestination(parseDestinationConfig(adapterId, config), { hosts: context.storageHosts })
}

/** Works with the destination of an id, and closes it. Throws `adapter-unknown`, `storage-failed`. */
export async function withDestination<Result>(
  context: BackupContext,
  id: string,
  work: (destination: Destination) => Promise<Result>,
): Promise<Result> {
  return context.inTurn(async () => {
    const destination = await openById(context, id)
    try {
      return await work(destination)
    } finally {
      await destination.close()
    }
  })
}

/** Writes, reads, lists and removes a small file. Throws what did not work. */
export async function tryDestination(
  { storageHosts: hosts }: BackupContext,
  config: DestinationConfig,
  signal: AbortSignal,
): Promise<void> {
  const destination = await openDestination(config, { hosts })
  try {
    await testDestination(destination, signal)
  } finally {
    await destination.close()
  }
}
