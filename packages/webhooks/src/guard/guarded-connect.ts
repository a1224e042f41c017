import type { LookupAddress, LookupOptions } from 'node:dns'
import { lookup as systemLookup } from 'node:dns'
import { isIP } from 'node:net'
import { buildConnector } from 'undici'
import { webhookError } from '../errors.js'
import type { AddressGuard } from './address-guard.js'

type Answer = (error: Error | null, addresses: readonly LookupAddress[]) => void

/** All addresses of a name. */
export type Resolve = (name: string, options: LookupOptions, answer: Answer) => void

/** As the operating system resolves names: its hosts file and search domains included. */
export const systemResolve: Resolve = (name, options, answer) =>
  systemLookup(name, { ...options, all: true }, (error, addresses) => answer(error, addresses))

/** Where it leads is not said: an answer must not draw a map of the inner network. */
const forbidden = (host: string): Error =>
  webhookError('ADDRESS_FORBIDDEN', `${host} leads to an address that must not be reached from here.`)

type LookupCallback = (error: Error | null, address: string | LookupAddress[], family?: number) => void

/** Gives a name's addresses to the socket, once each of them has passed: no later look-up can bring another one. */
function guardedLookup(guard: AddressGuard, resolve: Resolve) {
  return (name: string, options: LookupOptions, callback: LookupCallback): void =>
    resolve(name, options, (error, addresses) => {
      if (error !== null) return callback(error, [])
      if (addresses.some(({ address }) => !guard.allows(address))) return callback(forbidden(name), [])
      if (options.all === true) return callback(null, [...addresses])
      const [first] = addresses
      if (first === undefined) return callback(new Error(`${name} has no address.`), [])
      callback(null, first.address, first.family)
    })
}

/** Longest time of one connection; the caller's signal ends it before. Milliseconds. */
const connectTimeoutMs = 120_000

/** Connects to addresses that the guard allows. */
export function guardedConnector(guard: AddressGuard, resolve: Resolve): buildConnector.connector {
  const connect = buildConnector({ timeout: connectTimeoutMs, lookup: guardedLookup(guard, resolve) as never })
  return (options, callback) => {
    // An address is never looked up.
    if (isIP(options.hostname) !== 0 && !guard.allows(options.hostname))
      return callback(forbidden(options.hostname), null)
    connect(options, (error, socket) => {
      if (error !== null) return callback(error, null)
      const { remoteAddress = '' } = socket
      if (guard.allows(remoteAddress)) return callback(null, socket)
      // Only an error in what is above could bring it here.
      socket.destroy()
      callback(forbidden(options.hostname), null)
    })
  }
}
