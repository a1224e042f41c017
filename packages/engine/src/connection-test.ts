import type { Clock, Logger } from '@netpulse/core'
import { createRedactor, isNetPulseError, toErrorData } from '@netpulse/core'
import type { CredentialResolver } from '@netpulse/credentials'
import type { Session } from '@netpulse/driver-sdk'
import { referencedLogins } from './credentials/login-lists.js'
import type { ResolvedLogin } from './credentials/resolved-connection.js'
import { completeConnection, connectionSecrets, resolveLogins } from './credentials/resolved-connection.js'
import type { ConnectionTest, ConnectionTestRequest } from './netpulse.js'
import { limited } from './run/limited.js'
import { redactError } from './run/redaction.js'
import type { SessionOpener } from './sessions/session-opener.js'
import { sessionSpecOf } from './sessions/session-spec.js'
import type { CheckedTarget } from './submit/checked-request.js'
import { checkTarget } from './submit/checked-request.js'
import type { DriverCatalog } from './submit/driver-catalog.js'

/** Longest test, whatever the driver's own timeouts say. */
const testTimeoutMs = 120_000

export interface ConnectionTesterOptions {
  readonly catalog: DriverCatalog
  readonly opener: SessionOpener
  readonly credentials: CredentialResolver
  readonly fingerprintKey: Uint8Array
  readonly clock: Clock
  readonly log: Logger
}

/** Opens a session of its own in this process and closes it again. */
export class ConnectionTester {
  readonly #options: ConnectionTesterOptions

  constructor(options: ConnectionTesterOptions) {
    this.#options = options
  }

  /**
   * A reference that leads nowhere is an answer, as is a device that cannot be reached.
   * @throws DRIVER_UNKNOWN, INVALID_INPUT, CREDENTIAL_PROVIDER_UNKNOWN, CREDENTIAL_REFERENCE_INVALID,
   *   CREDENTIAL_NOT_ALLOWED; the signal's reason
   */
  async test(request: ConnectionTestRequest, signal?: AbortSignal): Promise<ConnectionTest> {
    const { catalog, clock, credentials } = this.#options
    const target = await checkTarget(catalog, request)
    const logins = referencedLogins(target.driver.loginLists, target.connection, request.credential)
    for (const { reference } of logins) credentials.check(reference)
    const startedMs = clock.monotonicMs()
    const latencySeconds = (): number => Math.round(clock.monotonicMs() - startedMs) / 1000
    let resolved: readonly ResolvedLogin[] = []
    try {
      const limit = { clock, timeoutMs: testTimeoutMs, ...(signal === undefined ? {} : { signal }) }
      const session = await limited(limit, async (inner) => {
        resolved = await resolveLogins(credentials, logins, inner)
        return this.#open(target, resolved, inner)
      })
      const found = { success: true, latencySeconds: latencySeconds(), info: session.info }
      await this.#close(session)
      return found
    } catch (error) {
      signal?.throwIfAborted()
      if (!isNetPulseError(error)) this.#logBug(error, target.driver.name)
      const redactor = createRedactor(connectionSecrets(target.driver, target.connection, resolved))
      return { success: false, latencySeconds: latencySeconds(), error: redactError(toErrorData(error), redactor) }
    }
  }

  #open(target: CheckedTarget, logins: readonly ResolvedLogin[], signal: AbortSignal): Promise<Session> {
    const { opener, fingerprintKey } = this.#options
    const connection =
      logins.length === 0 ? target.connection : completeConnection(target.driver, target.connection, logins)
    return opener.open(sessionSpecOf({ ...target, connection }, fingerprintKey), { signal })
  }

  #close(session: Session): Promise<void> {
    return this.#options.opener.close(session)
  }

  #logBug(error: unknown, driver: string): void {
    const kind = error instanceof Error ? error.name : typeof error
    this.#options.log.error({ driver, kind }, 'A connection test ended by a bug in the driver.')
  }
}
