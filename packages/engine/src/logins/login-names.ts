import type { DeviceId } from '@netpulse/core'
import { asDeviceId } from '@netpulse/core'
import { secretValues } from '../submit/secret-values.js'
import type { SessionSpec } from '../sessions/session-spec.js'

/** What a pause is about: a device, a credential everywhere, or a credential at one device. */
export type PauseScope = 'device' | 'credential' | 'login'

/** Names of what a login is counted under. */
export type LoginNames = Readonly<Record<PauseScope, string>>

/** Secrets that are asked for after the login: each device may have its own, and the account is the same. */
const askedLater: ReadonlySet<string> = new Set(['secret', 'sudo_password'])

/**
 * A credential is everything that one logs in with, those of jump hosts too: the same password of two users is two.
 * Only its fingerprint is told.
 */
export function loginNamesOf(
  { device, driver, connection }: SessionSpec,
  fingerprint: (text: string) => string,
): LoginNames {
  const login = Object.fromEntries(Object.entries(connection).filter(([name]) => !askedLater.has(name)))
  const secrets = secretValues(driver.manifest.connectionSchema, login)
  const credential = fingerprint(JSON.stringify([connection['username'] ?? '', ...secrets]))
  return {
    device: `device/${device.id}`,
    credential: `credential/${credential}`,
    login: `login/${credential}/${device.id}`,
  }
}

/** What a name is about. A fingerprint has no slash, the id of a device may. */
export function partsOfLoginName(name: string): { readonly scope: PauseScope; readonly device?: DeviceId } {
  const [scope, first = '', ...rest] = name.split('/')
  if (scope === 'credential') return { scope }
  if (scope === 'login') return { scope, device: asDeviceId(rest.join('/')) }
  return { scope: 'device', device: asDeviceId([first, ...rest].join('/')) }
}
