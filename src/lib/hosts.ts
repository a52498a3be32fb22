import { lookup } from 'node:dns/promises'
import { BlockList, isIP } from 'node:net'
import { Fault } from './fault.ts'

/**
 * Which hosts requests may send the server to. Undefined: all but those never meant for it. An entry is a name or an
 * address, or a suffix with a leading dot: `.example.org` stands for all names below it.
 */
export interface HostPolicy {
  readonly allowed: readonly string[] | undefined
}

/**
 * Link-local addresses (RFC 3927, RFC 4291), where clouds tell a machine its credentials, and the metadata addresses that
 * lie elsewhere: of AWS over IPv6, Alibaba, Azure and Oracle.
 */
const NEVER = new BlockList()
NEVER.addSubnet('169.254.0.0', 16, 'ipv4')
NEVER.addSubnet('fe80::', 10, 'ipv6')
NEVER.addAddress('fd00:ec2::254', 'ipv6')
NEVER.addAddress('100.100.100.200', 'ipv4')
NEVER.addAddress('168.63.129.16', 'ipv4')
NEVER.addAddress('192.0.0.192', 'ipv4')

/**
 * Refuses a host that requests may not send the server to. A name that cannot be looked up now passes: it is not reached
 * either. Throws `address-refused`.
 */
export async function refuseHost(host: string, policy: HostPolicy): Promise<void> {
  await allowedAddresses(host, policy)
}

/**
 * The address to connect to for a host, looked up and allowed; connect to it and not to the name, which may mean another
 * address by then. Undefined where the name has none. Throws `address-refused`.
 */
export async function reachableAddress(host: string, policy: HostPolicy): Promise<string | undefined> {
  return (await allowedAddresses(host, policy))[0]
}

/** An entry of the allow list allows whatever it names. */
async function allowedAddresses(host: string, policy: HostPolicy): Promise<string[]> {
  const name = host
    .replace(/^\[(.*)\]$/, '$1')
    .toLowerCase()
    .replace(/\.$/, '')
  if (policy.allowed && !policy.allowed.some((entry) => answersTo(name, entry.toLowerCase()))) {
    throw refused(host, 'It is not on the list of allowed hosts.')
  }
  const addresses = isIP(name) ? [name] : await addressesOf(name)
  // One that is forbidden among them is enough: which one is connected to is not ours to choose for ever.
  if (!policy.allowed && addresses.some(isForbidden)) {
    throw refused(host, 'Link-local addresses and those of cloud metadata are never reached.')
  }
  return addresses
}

function answersTo(name: string, entry: string): boolean {
  return entry.startsWith('.') ? name.endsWith(entry) : name === entry
}

async function addressesOf(name: string): Promise<string[]> {
  try {
    return (await lookup(name, { all: true })).map(({ address }) => address)
  } catch {
    return []
  }
}

function isForbidden(address: string): boolean {
  const mapped = /^::ffff:(?:(\d+\.\d+\.\d+\.\d+)|([0-9a-f]{1,4}):([0-9a-f]{1,4}))$/i.exec(address)
  if (mapped) return NEVER.check(mapped[1] ?? dotted(mapped[2] ?? '', mapped[3] ?? ''), 'ipv4')
  const plain = address.replace(/%.*$/, '')
  return NEVER.check(plain, isIP(plain) === 6 ? 'ipv6' : 'ipv4')
}

function dotted(high: string, low: string): string {
  const [left, right] = [Number.parseInt(high, 16), Number.parseInt(low, 16)]
  return [left >> 8, left & 255, right >> 8, right & 255].join('.')
}

function refused(host: string, why: string): Fault {
  return new Fault('address-refused', `The host ${JSON.stringify(host)} is refused. ${why}`, {
    remedy: 'The operator of the server decides by --db-hosts and --webhook-hosts which hosts it may reach.',
  })
}
