import type { JobRecord, JsonObject } from '@netpulse/core'
import type { SessionSpec } from '../sessions/session-spec.js'
import { sessionSpecOf } from '../sessions/session-spec.js'
import type { DriverCatalog } from '../submit/driver-catalog.js'
import { secretValues } from '../submit/secret-values.js'
import type { Sealer } from '@netpulse/credentials'
import type { SealedPart } from './sealed-job.js'
import { sealContext } from './sealed-job.js'

/** A job with its secrets in clear: only in the memory of the worker that runs it. */
export interface OpenedJob {
  readonly spec: SessionSpec
  readonly driverOptions: JsonObject
  /** Secrets are among the `driver_args` too. */
  readonly ownSecrets: boolean
  /** Every secret text of the job, for redaction by value. */
  secrets(): readonly string[]
}

export interface JobOpenerOptions {
  readonly catalog: DriverCatalog
  readonly sealer: Sealer
  /** Random for each process: session keys say nothing outside of it. */
  readonly fingerprintKey: Uint8Array
}

/** @throws DRIVER_UNKNOWN when the driver is not configured any more; the sealer's errors */
export function openJob(job: JobRecord, { catalog, sealer, fingerprintKey }: JobOpenerOptions): OpenedJob {
  const { device, driver: driverName, sealedConnection, driverOptions, operation } = job.request
  const driver = catalog.get(driverName)
  const opened = JSON.parse(sealer.open(sealedConnection, sealContext(job.id, job.deviceId))) as SealedPart
  const options = opened.driverOptions ?? driverOptions
  return {
    spec: sessionSpecOf({ driver, device, connection: opened.connection }, fingerprintKey),
    driverOptions: options,
    ownSecrets: opened.driverOptions !== undefined,
    secrets: () => [
      ...secretValues(driver.manifest.connectionSchema, opened.connection),
      ...(opened.driverOptions === undefined
        ? []
        : secretValues(driver.optionsSchema(operation.type).definition, opened.driverOptions)),
    ],
  }
}
