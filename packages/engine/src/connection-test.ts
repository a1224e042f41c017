import type { Clock, Logger } from '@netpulse/core'
import { createRedactor, isNetPulseError, toErrorData } from '@netpulse/core'
import type { Session } from '@netpulse/driver-sdk'
import type { ConnectionTest, ConnectionTestRequest } from './netpulse.js'
import { limited } from './run/limited.js'
import { redactError } from './run/redaction.js'
import type { SessionOpener } from './sessions/session-opener.js'
import { sessionSpecOf } from './sessions/session-spec.js'
import { checkTarget } from './submit/checked-request.js'
import type { DriverCatalog } from './submit/driver-catalog.js'
import { secretValues } from './submit/secret-values.js'

/** Longest test, whatever the driver's own timeouts say. */
const testTimeoutMs = 120_000

export interface ConnectionTesterOptions {
  readonly catalog: DriverCatalog
  readonly opener: SessionOpener
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

  /** @throws DRIVER_UNKNOWN, INVALID_INPUT; the signal's reason */
  async test(request: ConnectionTestRequest, signal?: AbortSignal): Promise<ConnectionTest> {
    const { catalog, opener, clock, fingerprintKey } = this.#options
    const target = await checkTarget(catalog, request.driver, request.connectionArgs)
    const spec = sessionSpecOf(target, fingerprintKey)
    const startedMs = clock.monotonicMs()
    const latencySeconds = (): number => Math.round(clock.monotonicMs() - startedMs) / 1000
    try {
      const limit = { clock, timeoutMs: testTimeoutMs, ...(signal === undefined ? {} : { signal }) }
      const session = await limited(limit, (inner) => opener.open(spec, { signal: inner }))
      const found = { success: true, latencySeconds: latencySeconds(), info: session.info }
      await this.#close(session)
      return found
    } catch (error) {
      signal?.throwIfAborted()
      if (!isNetPulseError(error)) this.#logBug(error, target.driver.name)
      const redactor = createRedactor(secretValues(target.driver.manifest.connectionSchema, target.connection))
      return { success: false, latencySeconds: latencySeconds(), error: redactError(toErrorData(error), redactor) }
    }
  }

  #close(session: Session): Promise<void> {
    return this.#options.opener.close(session)
  }

  #logBug(error: unknown, driver: string): void {
    const kind = error instanceof Error ? error.name : typeof error
    this.#options.log.error({ driver, kind }, 'A connection test ended by a bug in the driver.')
  }
}
