import type { DeviceId } from './ids.js'
import { asDeviceId } from './ids.js'

/** How a request addresses a device. */
export interface DeviceAddress {
  readonly host: string
  /** TCP port; absent: the driver's default port. */
  readonly port?: number
  /** Name that the client gives to the managed box. It makes one order of several addresses of one box. */
  readonly device?: string
  /** Keeps boxes with equal private addresses apart. */
  readonly site?: string
}

/** A managed box, as a job carries it. */
export interface Device {
  readonly id: DeviceId
  readonly host: string
  /** TCP port, always set. */
  readonly port: number
  /** Platform (CLI dialect), `vendor_os`, where the driver knows platforms. */
  readonly platform?: string
}

/**
 * The unit of ordering: the client's own name, else `[site/]host`, with `:port` when the port is not the driver's
 * default. SSH 22 and eAPI 443 of one box share an order, two lab boxes behind one NAT address do not.
 */
export function deviceIdOf(address: DeviceAddress, defaultPort: number): DeviceId {
  const site = address.site === undefined ? '' : `${address.site}/`
  if (address.device !== undefined) return asDeviceId(`${site}${address.device}`)
  const host = address.host.toLowerCase()
  const port = address.port === undefined || address.port === defaultPort ? '' : `:${address.port}`
  return asDeviceId(`${site}${host.includes(':') && port !== '' ? `[${host}]` : host}${port}`)
}
