import { BlockList, isIP, isIPv4 } from 'node:net'
import { fitsWildcard } from './wildcard.js'

/** Devices that a key may reach: those that have all that is said here. */
export interface DeviceSelector {
  /** `site` of the request. */
  readonly site?: string
  /** One of the request's `tags`. */
  readonly tag?: string
  /** Name or address as the request writes it; `*` any characters, `?` one. */
  readonly host?: string
  /** Range of addresses: `10.0.0.0/8`, `2001:db8::/32`. A name has no address here, and never fits. */
  readonly cidr?: string
}

/** A device as a request addresses it. */
export interface DeviceTarget {
  readonly host: string
  /** The client's own name for it: it decides whose queue a job waits in, so that it has to fit like the host. */
  readonly device?: string
  readonly site?: string
  readonly tags?: readonly string[]
}

/** Network and length of a range; `undefined` when the text is none. */
function rangeOf(
  cidr: string,
): { readonly network: string; readonly length: number; readonly family: 4 | 6 } | undefined {
  const [, network = '', digits = ''] = /^([^/%]{2,45})\/(\d{1,3})$/.exec(cidr) ?? []
  const family = isIP(network)
  const length = Number(digits)
  if (family !== 4 && family !== 6) return undefined
  return length <= (family === 4 ? 32 : 128) ? { network, length, family } : undefined
}

const nameOf = (family: 4 | 6): 'ipv4' | 'ipv6' => (family === 4 ? 'ipv4' : 'ipv6')

/** What is wrong with a selector; `undefined`: nothing. */
export function selectorProblem({ site, tag, host, cidr }: DeviceSelector): string | undefined {
  if ([site, tag, host, cidr].every((value) => value === undefined))
    return 'needs at least one of site, tag, host, cidr'
  if (cidr !== undefined && rangeOf(cidr) === undefined) return 'cidr must be a range such as 10.0.0.0/8'
  return undefined
}

/** As names compare: letters in one case, no final dot, no zone of an address. */
function plain(name: string): string {
  const lower = name.toLowerCase().replace(/^\[(.*)\]$/, '$1')
  return isIP(lower) === 0 ? lower.replace(/\.$/, '') : lower.replace(/%.*$/, '')
}

function inRange(address: string, cidr: string): boolean {
  const range = rangeOf(cidr)
  const family = isIP(address)
  if (range === undefined || (family !== 4 && family !== 6)) return false
  const list = new BlockList()
  list.addSubnet(range.network, range.length, nameOf(range.family))
  return list.check(address, nameOf(family))
}

/** A pattern of digits means addresses: `10.1.*` must not take `10.1.example.com`. */
function fitsHost(name: string, pattern: string): boolean {
  const lower = pattern.toLowerCase()
  if (/^[\d.*?]*\d[\d.*?]*$/.test(lower) && !isIPv4(name)) return false
  return fitsWildcard(name, lower)
}

function selects(selector: DeviceSelector, target: DeviceTarget): boolean {
  const { site, tag, host, cidr } = selector
  if (site !== undefined && site !== target.site) return false
  if (tag !== undefined && target.tags?.includes(tag) !== true) return false
  const names = [target.host, ...(target.device === undefined ? [] : [target.device])].map(plain)
  return names.every(
    (name) => (host === undefined || fitsHost(name, host)) && (cidr === undefined || inRange(name, cidr)),
  )
}

/** Whether a key with these selectors may reach the device; without selectors it may reach every device. */
export const reaches = (selectors: readonly DeviceSelector[] | undefined, target: DeviceTarget): boolean =>
  selectors === undefined || selectors.some((selector) => selects(selector, target))
