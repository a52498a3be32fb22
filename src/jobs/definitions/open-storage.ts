import type { HostPolicy } from '../../lib/hosts.ts'
import { parseDestinationConfig } from '../../storage/destinations/config.ts'
import type { Destination } from '../../storage/destinations/destination.ts'
import { openDestination } from '../../storage/destinations/open.ts'

/** A destination as it is written down. */
interface WrittenDestination {
  readonly adapterId: string
  readonly config: unknown
}

/** Opens a destination that was written down; declare it by `await using`. Throws `adapter-config`. */
export function openStorage(
  { adapterId, config }: WrittenDestination,
  context: { readonly storageHosts: HostPolicy },
): Promise<Destination> {
  return openDestination(parseDestinationConfig(adapterId, config), { hosts: context.storageHosts })
}
