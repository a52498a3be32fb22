import { Fault } from '../../lib/fault.ts'
import { refuseHost } from '../../lib/hosts.ts'
import { isSocketFolder } from '../../postgres/connection/target.ts'
import type { BackupContext } from './context.ts'
import { refuseOwnFolder } from './own-folder.ts'

/** Fields of configurations that say where to connect: names, addresses or URLs. */
const HOST_FIELDS = ['host', 'endpoint', 'webhookUrl', 'url'] as const

/**
 * Refuses a configuration that would send the server where the operator does not want it: databases by `--db-hosts`,
 * destinations and notifications by lists of their own, and folders by where the server keeps what is its own. What has no host, or none that can be read, is somebody else's to judge. Throws
 * `address-refused`, `path-refused`.
 */
export async function refuseHosts(
  context: BackupContext,
  adapterId: string,
  config: Readonly<Record<string, unknown>>,
): Promise<void> {
  const { databaseHosts, storageHosts, webhookHosts } = context
  await refuseOwnFolder(context, adapterId, config)
  for (const field of HOST_FIELDS) {
    const value = config[field]
    if (typeof value !== 'string' || value === '') continue
    if (adapterId === 'postgres' && isSocketFolder(value)) {
      if (databaseHosts.allowed?.includes(value)) continue
      // Over a socket the server of the database may take us for our own user, password or not.
      throw new Fault('address-refused', 'A folder of Unix sockets is refused as a host.', {
        remedy: 'Name a host; the operator of the server can allow the folder by --db-hosts.',
      })
    }
    const isStorage = adapterId === 's3' || adapterId === 'sftp'
    const policy = adapterId === 'postgres' ? databaseHosts : isStorage ? storageHosts : webhookHosts
    const host = field === 'host' ? value : URL.parse(value)?.hostname
    if (host) await refuseHost(host, policy)
  }
}
