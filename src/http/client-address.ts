import { BlockList, isIP } from 'node:net'
import { Fault } from '../lib/fault.ts'

/** Addresses of proxies, whose word is taken for who asks. Throws `usage` where an entry is no address and no CIDR range. */
export function trustedProxies(entries: readonly string[]): BlockList {
  const list = new BlockList()
  for (const entry of entries) {
    const [address = '', bits, ...rest] = entry.split('/')
    const family = familyOf(address)
    const length = bits === undefined ? undefined : Number(bits)
    const isRange =
      bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (isIP(address) === 6 ? 128 : 32))
    if (!family || !isRange || rest.length > 0) {
      throw new Fault('usage', `${JSON.stringify(entry)} is no address of a proxy.`, {
        remedy: 'Write an address or a range: 10.0.0.7, 10.0.0.0/8, fd00::/8.',
      })
    }
    if (length === undefined) list.addAddress(address, family)
    else list.addSubnet(address, length, family)
  }
  return list
}

/**
 * Who asks: the other end of the connection, or, where that is a trusted proxy, the right-most address of
 * X-Forwarded-For that is none. What stands left of it the client may have written itself.
 */
export function clientAddress(peer: string, forwarded: string | undefined, trusted: BlockList): string {
  let address = plainAddress(peer)
  if (forwarded === undefined) return address
  for (const hop of forwarded.split(',').reverse()) {
    if (!isTrusted(address, trusted)) return address
    const named = plainAddress(hop.trim())
    if (!isIP(named)) return address
    address = named
  }
  return address
}

function isTrusted(address: string, trusted: BlockList): boolean {
  const family = familyOf(address)
  return family !== undefined && trusted.check(address, family)
}

/** Without port, brackets and zone; an IPv4 address within IPv6 (::ffff:10.0.0.1) as itself. */
function plainAddress(text: string): string {
  const bare = text
    .replace(/^\[([^\]]*)\](:\d+)?$/, '$1')
    .replace(/^(\d+(?:\.\d+){3}):\d+$/, '$1')
    .replace(/%.*$/, '')
  return bare.replace(/^::ffff:(\d+(?:\.\d+){3})$/i, '$1')
}

function familyOf(address: string): 'ipv4' | 'ipv6' | undefined {
  const version = isIP(address)
  return version === 4 ? 'ipv4' : version === 6 ? 'ipv6' : undefined
}
