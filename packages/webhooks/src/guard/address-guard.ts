import { BlockList, isIP, isIPv4 } from 'node:net'
import { coreError } from '@netpulse/core'
import { globalIpv6, ipv4Prefixes, specialIpv4, specialIpv6 } from './special-addresses.js'

/** Says which addresses may be reached for a URL that a user gave. */
export interface AddressGuard {
  /** Whether an IPv4 or IPv6 address may be reached. What is not an address may not. */
  allows(address: string): boolean
}

interface Block {
  readonly network: string
  readonly bits: number
}

/** @throws INVALID_INPUT */
function blockOf(text: string): Block {
  const [network = '', bits, ...more] = text.split('/')
  const longest = isIPv4(network) ? 32 : 128
  const length = bits === undefined ? longest : /^\d{1,3}$/.test(bits) ? Number(bits) : Infinity
  if (isIP(network) === 0 || network.includes('%') || length > longest || more.length > 0)
    throw coreError('INVALID_INPUT', `${text} is no range of addresses; write it as 10.1.0.0/16 or fd00::/8.`)
  return { network, bits: length }
}

/** Adds IPv4 blocks in each of their IPv6 forms too. */
function listOf(texts: readonly string[]): BlockList {
  const list = new BlockList()
  for (const { network, bits } of texts.map(blockOf)) {
    if (!isIPv4(network)) {
      list.addSubnet(network, bits, 'ipv6')
      continue
    }
    list.addSubnet(network, bits, 'ipv4')
    for (const prefix of ipv4Prefixes) list.addSubnet(`${prefix}${network}`, 96 + bits, 'ipv6')
  }
  return list
}

/**
 * A guard that allows what is globally reachable, and the ranges of `allow` (addresses or CIDR blocks) whatever they are.
 * @throws INVALID_INPUT for a range that is none
 */
export function createAddressGuard(allow: readonly string[] = []): AddressGuard {
  const allowed = listOf(allow)
  const special = listOf([...specialIpv4, ...specialIpv6])
  const reachable6 = listOf([globalIpv6, '0.0.0.0/0'])
  return {
    allows(address) {
      // A zone makes sense on one link only, and no name has an address with one.
      const family = address.includes('%') ? 0 : isIP(address)
      if (family === 0) return false
      const type = family === 4 ? 'ipv4' : 'ipv6'
      if (allowed.check(address, type)) return true
      return !special.check(address, type) && (family === 4 || reachable6.check(address, type))
    },
  }
}
