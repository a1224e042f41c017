import type { JobId, DeviceId, JsonObject } from '@netpulse/core'

/** Closes and opens secrets. The context has to be the same on both sides. */
export interface JobSealer {
  seal(plain: string, context: string): string
  /** @throws when the text was sealed with another key or context, or was changed */
  open(sealed: string, context: string): string
}

/** What a job carries sealed. */
export interface SealedPart {
  readonly connection: JsonObject
  /** The whole `driver_args`, only when a secret is among them. */
  readonly driverOptions?: JsonObject
}

/** Binds a sealed text to its job and device: copied to another job, it does not open. */
export const sealContext = (job: JobId, device: DeviceId): string => `${job}\n${device}`
