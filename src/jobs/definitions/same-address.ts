import { lookup } from 'node:dns/promises'
import { BlockList, isIP } from 'node:net'
import { isSocketFolder, type Target } from '../../postgres/connection/target.ts'

type Address = Pick<Target, 'host' | 'port'>

/** A name server that does not answer must not keep a request waiting. */
const LOOKUP_MILLISECONDS = 3000

const LOOPBACK = new BlockList()
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4')
LOOPBACK.addAddress('::1', 'ipv6')
LOOPBACK.addSubnet('::ffff:127.0.0.0', 104, 'ipv6')

/** What all addresses of this machine are called here, and the folders of its sockets. */
const THIS_MACHINE = 'localhost'

/** Whether two hosts and ports lead to one server, as far as names and addresses tell. */
export async function isSameAddress(left: Address, right: Address): Promise<boolean> {
  if (left.port !== right.port) return false
  const [a, b] = [plainHost(left.host), plainHost(right.host)]
  if (a === b) return true
  const [first, second] = await Promise.all([a, b].map(addressesOf))
  return first?.some((address) => second?.includes(address)) ?? false
}

/** One way to write each name and address. */
function plainHost(host: string): string {
  if (isSocketFolder(host)) return THIS_MACHINE
  const name = host
    .toLowerCase()
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '')
  return plainAddress(name)
}

function plainAddress(name: string): string {
  const version = isIP(name)
  if (version === 0) return name
  if (LOOPBACK.check(name, version === 6 ? 'ipv6' : 'ipv4')) return THIS_MACHINE
  if (version === 4) return name
  const written = URL.parse(`http://[${name.replace(/%.*$/, '')}]`)?.hostname.slice(1, -1) ?? name
  const [, high, low] = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(written) ?? []
  if (high === undefined || low === undefined) return written
  const [a, b] = [Number.parseInt(high, 16), Number.parseInt(low, 16)]
  return plainAddress([a >> 8, a & 255, b >> 8, b & 255].join('.'))
}

/** Of a name that nobody knows, itself alone. */
async function addressesOf(host: string): Promise<string[]> {
  if (host === THIS_MACHINE || isIP(host) !== 0) return [host]
  const found = lookup(host, { all: true }).then(
    (all) => all.map(({ address }) => plainAddress(address)),
    () => [],
  )
  return [host, ...(await Promise.race([found, Bun.sleep(LOOKUP_MILLISECONDS).then(() => [])]))]
}
