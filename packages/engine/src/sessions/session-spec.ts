import type { Device, JsonObject, SessionKey } from '@netpulse/core'
import { sessionKeyOf } from '@netpulse/core'
import type { DriverEntry } from '../submit/driver-catalog.js'

/** The session that a job needs. Two jobs share one only when the keys are equal. */
export interface SessionSpec {
  readonly key: SessionKey
  readonly driver: DriverEntry
  readonly device: Device
  /** The driver's connection options, secrets in clear. */
  readonly connection: JsonObject
}

/** Host and port are part of the key: one device may be reached by several addresses. */
export function sessionSpecOf(target: Omit<SessionSpec, 'key'>, fingerprintKey: Uint8Array): SessionSpec {
  const { device, driver, connection } = target
  const { username } = connection
  const key = sessionKeyOf(
    {
      device: device.id,
      driver: driver.name,
      user: typeof username === 'string' ? username : '',
      connection: { options: connection, host: device.host, port: device.port, platform: device.platform ?? '' },
    },
    fingerprintKey,
  )
  return { ...target, key }
}
