import type { Clock } from '@netpulse/core'
import type { Persona } from '../device/persona.js'
import type { DeviceModel } from './cli-session.js'

/** What a dialect gets to make a device. */
export interface DeviceSetup {
  readonly name: string
  readonly platform: string
  readonly persona: Persona
  /** What `enable` asks for. */
  readonly secret: string
  readonly clock: Clock
  /** Puts the device's identity and the login into the answer of every show command. */
  readonly identity: boolean
  /** Text with `\n` ends that takes the place of the dialect's first configuration. */
  readonly config?: string
  /** Config lines that the device takes although its dialect does not know them. */
  accepts(line: string): boolean
  /** Config lines that load, but that a commit refuses. */
  refusesAtCommit(line: string): boolean
}

/** How devices of some platforms talk. Stateless: one per simulator. */
export interface Dialect {
  /** Platform names that it serves, as the platforms package names them. */
  readonly platforms: readonly string[]
  createDevice(setup: DeviceSetup): DeviceModel
}

/** The line that proves whose answer this is. `mark` makes it a comment of the platform. */
export function identityLine(setup: DeviceSetup, login: { user: string; session: number }, mark: string): string {
  const { name, persona } = setup
  return `${mark} identity device=${name} serial=${persona.serial} user=${login.user} session=${login.session}\n`
}
