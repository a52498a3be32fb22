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
 * lie elsewhere: of AWS and Google over IPv6, Alibaba, Azure and Oracle.
 */
const NEVER = new BlockList()
NEVER.addSubnet('169.254.0.0', 16, 'ipv4')
NEVER.addSubnet('fe80::', 10, 'ipv6')
NEVER.addAddress('fd00:ec2::254', 'ipv6')
NEVER.addAddress('fd20:ce::254', 'ipv6')
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
  const plain = address.replace(/%.*$/, '')
  if (isIP(plain) !== 6) return NEVER.check(plain, 'ipv4')
  return NEVER.check(plain, 'ipv6') || embeddedAddresses(plain).some((inner) => NEVER.check(inner, 'ipv4'))
}

/**
 * The IPv4 addresses that a router or the kernel may take an IPv6 address for: mapped, compatible and translated ones
 * (RFC 4291, RFC 2765), NAT64 (RFC 6052, RFC 8215) and 6to4 (RFC 3056).
 */
function embeddedAddresses(address: string): string[] {
  const words = wordsOf(address)
  const last = dotted(words[6], words[7])
  const zeroUpTo = (end: number) => words.slice(0, end).every((word) => word === 0)
  const [first, second, third] = words
  if (zeroUpTo(6) || (zeroUpTo(5) && words[5] === 0xffff)) return [last]
  if (zeroUpTo(4) && words[4] === 0xffff && words[5] === 0) return [last]
  if (first === 0x64 && second === 0xff9b) return [last]
  return first === 0x2002 ? [dotted(second, third)] : []
}

/** The eight numbers of an IPv6 address, whichever way it is written. */
function wordsOf(address: string): number[] {
  const [head = '', tail = ''] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::')
  const [left, right] = [head, tail].map((part) =>
    part === '' ? [] : part.split(':').map((word) => Number.parseInt(word, 16)),
  ) as [number[], number[]]
  return [...left, ...Array<number>(8 - left.length - right.length).fill(0), ...right]
}

function dotted(high = 0, low = 0): string {
  return [high >> 8, high & 255, low >> 8, low & 255].join('.')
}

function refused(host: string, why: string): Fault {
  return new Fault('address-refused', `The host ${JSON.stringify(host)} is refused. ${why}`, {
    remedy: 'The operator of the server decides by --db-hosts and --webhook-hosts which hosts it may reach.',
  })
}
