import { findAdapter } from '../../jobs/definitions/adapters.ts'
import { parseDestinationConfig } from '../../storage/destinations/config.ts'
import type { Destination } from '../../storage/destinations/destination.ts'
import { openDestination } from '../../storage/destinations/open.ts'
import type { BackupContext } from './context.ts'

/** Destinations have no list of their own; link-local addresses and those of cloud metadata are refused for all. */
export const DESTINATION_HOSTS = { allowed: undefined }

/** Opens the destination of an id; whoever asks closes it. Throws `adapter-unknown`, `storage-failed`. */
export async function openById(context: BackupContext, id: string): Promise<Destination> {
  const { adapterId, config } = await findAdapter(context, id, 'storage')
  return openDestination(parseDestinationConfig(adapterId, config), DESTINATION_HOSTS)
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
