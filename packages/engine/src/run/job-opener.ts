import type { CredentialReference, Device, JobRecord, JsonObject, Redactor } from '@netpulse/core'
import { createRedactor } from '@netpulse/core'
import type { CredentialResolver, Sealer } from '@netpulse/credentials'
import type { ReferencedLogin } from '../credentials/login-lists.js'
import { referencedLogins } from '../credentials/login-lists.js'
import type { ResolvedLogin } from '../credentials/resolved-connection.js'
import { completeConnection, connectionSecrets, resolveLogins } from '../credentials/resolved-connection.js'
import type { SessionSpec } from '../sessions/session-spec.js'
import { sessionSpecOf } from '../sessions/session-spec.js'
import type { DriverCatalog, DriverEntry } from '../submit/driver-catalog.js'
import { secretValues } from '../submit/secret-values.js'
import type { SealedPart } from './sealed-job.js'
import { sealContextOf } from './sealed-job.js'

/** A job with its secrets in clear: only in the memory of the worker that runs it. */
export interface OpenedJob {
  readonly spec: SessionSpec
  readonly driverOptions: JsonObject
  /** What its logins were looked up by. */
  readonly references: readonly CredentialReference[]
  /** Hides every secret text of the job. */
  readonly redactor: Redactor
}

export interface JobOpenerOptions {
  readonly catalog: DriverCatalog
  readonly sealer: Sealer
  readonly credentials: Pick<CredentialResolver, 'resolve' | 'forget'>
  /** Random for each process: session keys say nothing outside of it. */
  readonly fingerprintKey: Uint8Array
}

/** What the job before was opened from, and what came of it. */
interface Remembered {
  readonly plain: string
  readonly device: Device
  readonly driver: DriverEntry
  readonly opened: Pick<OpenedJob, 'spec' | 'redactor'>
}

/**
 * Opens the jobs of one worker. The jobs of a pinned session are sealed each for itself but say the same, so that what
 * was made of the last one serves the next.
 */
export class JobOpener {
  #last: Remembered | undefined

  /**
   * @throws DRIVER_UNKNOWN when the driver is not configured any more; the sealer's errors; for a reference, what the resolver
   *   throws, and INVALID_INPUT for a value that the driver does not take; the signal's reason
   */
  async open(job: JobRecord, options: JobOpenerOptions, signal: AbortSignal): Promise<OpenedJob> {
    const { catalog, sealer, fingerprintKey } = options
    const { device, driver: driverName, sealedConnection, driverOptions, operation } = job.request
    const driver = catalog.get(driverName)
    const sealed = sealer.open(sealedConnection, sealContextOf(job))
    const logins = loginsOf(job, driver, sealed)
    const references = logins.map(({ reference }) => reference)
    const resolved = await resolveLogins(options.credentials, logins, signal)
    const plain = sealed + plainOf(resolved)
    const last = this.#last
    if (last?.plain === plain && last.driver === driver && isSameAddress(last.device, device))
      return { ...last.opened, driverOptions, references }
    const { connection: own, driverOptions: secretOptions, secrets: more = [] } = JSON.parse(sealed) as SealedPart
    const connection = resolved.length === 0 ? own : completeConnection(driver, own, resolved)
    const secrets = [...connectionSecrets(driver, connection, resolved), ...more]
    const spec = sessionSpecOf({ driver, device, connection }, fingerprintKey)
    if (secretOptions !== undefined) {
      // Secrets in `driver_args` belong to one job.
      const ofJob = secretValues(driver.optionsSchema(operation.type).definition, secretOptions)
      return { spec, driverOptions: secretOptions, references, redactor: createRedactor([...secrets, ...ofJob]) }
    }
    const opened = { spec, redactor: createRedactor(secrets) }
    this.#last = { plain, device, driver, opened }
    return { ...opened, driverOptions, references }
  }
}

/** References of further logins are sealed with the connection; most jobs have none, and need no look. */
function loginsOf({ request }: JobRecord, driver: DriverEntry, sealed: string): readonly ReferencedLogin[] {
  const lists = sealed.includes('"credential":') ? driver.loginLists : []
  const connection = lists.length === 0 ? {} : (JSON.parse(sealed) as SealedPart).connection
  return referencedLogins(lists, connection, request.credential)
}

const plainOf = (logins: readonly ResolvedLogin[]): string =>
  logins.length === 0
    ? ''
    : JSON.stringify(logins.map(({ values }) => values.map(({ option, secret }) => [option, secret.reveal()])))

const isSameAddress = (a: Device, b: Device): boolean =>
  a.id === b.id && a.host === b.host && a.port === b.port && a.platform === b.platform
