import { isIP } from 'node:net'
import { webhookError } from '../errors.js'
import type { AddressGuard } from './address-guard.js'

/** The host of a URL, an IPv6 address without its brackets. */
const hostOf = (url: URL): string => url.hostname.replace(/^\[(.*)\]$/, '$1')

/**
 * A URL that may be tried: what its name leads to is seen at the connection.
 * @throws URL_REFUSED; ADDRESS_FORBIDDEN for a forbidden address in the URL itself
 */
export function checkedUrl(text: string, guard: AddressGuard): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || !['http:', 'https:'].includes(url.protocol))
    throw webhookError('URL_REFUSED', 'The URL must be a whole one that begins with http:// or https://.')
  if (url.username !== '' || url.password !== '')
    throw webhookError('URL_REFUSED', 'The URL must not have a login in it; use `auth`.')
  const host = hostOf(url)
  if (isIP(host) !== 0 && !guard.allows(host))
    throw webhookError('ADDRESS_FORBIDDEN', 'The URL leads to an address that must not be reached from here.')
  return url
}
