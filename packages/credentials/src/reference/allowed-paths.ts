import { coreError } from '@netpulse/core'
import { segmentsOf } from './normal-path.js'

/** Where a reference leads, checked and taken apart. */
export interface ReferencePlace {
  /** Absent: the one that the provider is configured with. */
  readonly namespace?: string
  readonly segments: readonly string[]
}

/** Whether a reference may be looked up. */
export type IsAllowed = (place: ReferencePlace) => boolean

/**
 * Compares by whole segments: `kv/netpulse` allows `kv/netpulse/core`, and not `kv/netpulse-other`. An entry holds for the
 * provider's own namespace; one for another is written `namespace:path`. No entry: everything is allowed.
 * @throws INVALID_INPUT for an entry that is no path
 */
export function allowedPaths(entries: readonly string[], what: string): IsAllowed {
  const allowed = entries.map((entry) => placeOf(entry, what))
  if (allowed.length === 0) return () => true
  return ({ namespace, segments }) =>
    allowed.some((one) => one.namespace === namespace && startsWith(segments, one.segments))
}

const startsWith = (segments: readonly string[], beginning: readonly string[]): boolean =>
  beginning.length <= segments.length && beginning.every((segment, index) => segment === segments[index])

function placeOf(entry: string, what: string): ReferencePlace {
  const colon = entry.indexOf(':')
  const namespace = colon === -1 ? undefined : segmentsOf(entry.slice(0, colon))?.join('/')
  const segments = segmentsOf(entry.slice(colon + 1))
  if (segments === undefined || (colon !== -1 && namespace === undefined))
    throw coreError('INVALID_INPUT', `${what}: "${entry}" is no path: segments, none of them empty or dotted.`)
  if (entry.includes('*'))
    throw coreError('INVALID_INPUT', `${what}: "${entry}" allows everything below its path by itself; leave out the *.`)
  return { segments, ...(namespace === undefined ? {} : { namespace }) }
}
