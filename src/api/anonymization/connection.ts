import { Fault } from '../../lib/fault.ts'
import { refuseHost } from '../../lib/hosts.ts'
import { Secret } from '../../lib/secret.ts'
import { resolveTarget } from '../../postgres/connection/resolve.ts'
import { isSocketFolder, type Target } from '../../postgres/connection/target.ts'
import type { ApiContext } from './context.ts'
import type { Connection } from './schemas/requests.ts'

/** What the operator may settle for all connections: TLS. Whom to connect to, and as whom, requests alone say. */
const OPERATORS_VARIABLES = [
  'HOME',
  'PGSSLMODE',
  'PGSSLROOTCERT',
  'PGSSLCERT',
  'PGSSLKEY',
  'PGCONNECT_TIMEOUT',
]

/** The database that a request names. Throws `address-refused`, `connection-options`. */
export async function targetOf(context: ApiContext, connection: Connection): Promise<Target> {
  const { host, port, db_name: database, user_login: user, user_password: password } = connection
  if (isSocketFolder(host) && !context.databaseHosts.allowed?.includes(host)) {
    // Over a socket the server of the database may take us for our own user, password or not.
    throw new Fault('address-refused', 'A folder of Unix sockets is refused as a host.', {
      remedy: 'Name a host; the operator of the server can allow the folder by --db-hosts.',
    })
  }
  if (!isSocketFolder(host)) await refuseHost(host, context.databaseHosts)
  const environment = Object.fromEntries(OPERATORS_VARIABLES.map((name) => [name, process.env[name]]))
  return resolveTarget({ host, port, database, user, password: new Secret(password) }, environment)
}
