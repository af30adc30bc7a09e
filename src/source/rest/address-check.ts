// Addresses that a request may not go to: this machine, private networks, link-local and all others that are not of the
// public internet. The check is part of resolving a name, so that the address that was checked is the one connected to.

import { type LookupAllOptions, type LookupOptions, lookup } from 'node:dns'
import { BlockList, isIP, type LookupFunction } from 'node:net'
import { MillraceError } from '../../core/errors.ts'

const SPECIAL: readonly (readonly [address: string, prefix: number])[] = [
  ...([
    ['0.0.0.0', 8],
    ['10.0.0.0', 8],
    ['100.64.0.0', 10],
    ['127.0.0.0', 8],
    ['169.254.0.0', 16],
  ] as const),
  ...([
    ['172.16.0.0', 12],
    ['192.0.0.0', 24],
    ['192.0.2.0', 24],
    ['192.88.99.0', 24],
    ['192.168.0.0', 16],
  ] as const),
  ...([
    ['198.18.0.0', 15],
    ['198.51.100.0', 24],
    ['203.0.113.0', 24],
    ['224.0.0.0', 4],
    ['240.0.0.0', 4],
  ] as const),
]

/** The rest of IPv6 is not given out, or leads to IPv4 (NAT64, 6to4, Teredo), or stays within a site. */
const PUBLIC_V6: readonly (readonly [address: string, prefix: number])[] = [['2000::', 3]]
const SPECIAL_V6: readonly (readonly [address: string, prefix: number])[] = [
  ...([
    ['2001::', 23],
    ['2001:db8::', 32],
    ['2002::', 16],
    ['3fff::', 20],
  ] as const),
]

const special = new BlockList()
for (const [address, prefix] of SPECIAL) special.addSubnet(address, prefix, 'ipv4')
for (const [address, prefix] of SPECIAL_V6) special.addSubnet(address, prefix, 'ipv6')
const publicV6 = new BlockList()
for (const [address, prefix] of PUBLIC_V6) publicV6.addSubnet(address, prefix, 'ipv6')

export function isSpecialAddress(address: string): boolean {
  if (isIP(address) === 4) return special.check(address, 'ipv4')
  return !publicV6.check(address, 'ipv6') || special.check(address, 'ipv6')
}

/** Throws for a host that is an address itself: nothing is resolved then. */
export function checkHost(url: URL): void {
  const host = url.hostname.replace(/^\[|\]$/gu, '')
  if (isIP(host) !== 0 && isSpecialAddress(host)) throw refused(host, host)
}

export type Resolve = (
  host: string,
  options: LookupAllOptions,
  done: (error: NodeJS.ErrnoException | null, addresses: readonly { address: string; family: number }[]) => void,
) => void

/** Resolves a name to its addresses, and refuses it when one of them is special. */
export function checkedLookup(resolve: Resolve = lookup): LookupFunction {
  return (host, options: LookupOptions, done) => {
    resolve(host, { ...options, all: true }, (error, addresses) => {
      const [first] = addresses ?? []
      if (error !== null || first === undefined) return done(error ?? new Error(`${host} has no address`), '', 0)
      const found = addresses.find(({ address }) => isSpecialAddress(address))
      if (found !== undefined) return done(refused(host, found.address), '', 0)
      if (options.all === true) done(null, [...addresses])
      else done(null, first.address, first.family)
    })
  }
}

function refused(host: string, address: string): MillraceError {
  const leads = host === address ? `${address} is` : `${host} leads to ${address},`
  return new MillraceError('IMPORT_ADDRESS_REFUSED', `${leads} an address that is not of the public internet`)
}
