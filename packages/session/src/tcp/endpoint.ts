import type { JsonObject } from '@netpulse/core'

/** One machine on the way to a device, as errors name it. */
export interface Endpoint {
  readonly host: string
  readonly port: number
  /** `host:port`, an IPv6 host in brackets. */
  readonly address: string
  /** `Device r1:22`, `Jump host 2 (bastion:22)`: starts a sentence. */
  readonly title: string
  /** The same as data. */
  readonly details: JsonObject
  /** Where a request says how to log in to it. */
  readonly requestPath: string
}

/** `host:port`, an IPv6 host in brackets. */
const addressOf = (host: string, port: number): string => (host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`)

/** The endpoint of the device itself. */
export function deviceEndpoint(host: string, port: number): Endpoint {
  const address = addressOf(host, port)
  return {
    host,
    port,
    address,
    title: `Device ${address}`,
    details: { hop: 'device', address },
    requestPath: 'connection_args',
  }
}

/** The endpoint of a jump host. `index` counts from 0, in the order of dialling. */
export function jumpHostEndpoint(host: string, port: number, index: number): Endpoint {
  const address = addressOf(host, port)
  const title = `Jump host ${index + 1} (${address})`
  const details = { hop: 'jump_host', jumpHost: index + 1, address }
  return { host, port, address, title, details, requestPath: `connection_args.jump_hosts[${index}]` }
}
