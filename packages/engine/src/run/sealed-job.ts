import type { DeviceId, JobId, JsonObject } from '@netpulse/core'

/** What a job carries sealed. */
export interface SealedPart {
  readonly connection: JsonObject
  /** The whole `driver_args`, only when a secret is among them. */
  readonly driverOptions?: JsonObject
  /** Texts that are secret although their options are not, a secret in place of the login name: never shown. */
  readonly secrets?: readonly string[]
}

/** Binds a sealed text to its job and device: copied to another job, it does not open. */
export const sealContext = (job: JobId, device: DeviceId): string => `${job}\n${device}`
