import { toErrorData } from '@netpulse/core'
import type { CallContext, Driver, DriverServices, Session } from '@netpulse/driver-sdk'
import type { Observe } from '../observer.js'
import { limited } from '../run/limited.js'
import type { AdmittedLogin, LoginGuard } from '../logins/login-guard.js'
import type { OpenGate } from './open-gate.js'
import type { OpeningPlaces } from './opening-places.js'
import type { SessionSpec } from './session-spec.js'

/** A device that does not say goodbye in time is left without one. */
const closeTimeoutMs = 5_000

export interface SessionOpenerOptions {
  readonly services: DriverServices
  readonly gate: OpenGate
  readonly guard: Pick<LoginGuard, 'admit'>
  readonly places: OpeningPlaces
  readonly observe: Observe
}

/** Opens and closes sessions, so that none is ever left behind. */
export class SessionOpener {
  readonly #options: SessionOpenerOptions
  /** Driver's name of each that is open. */
  readonly #open = new Map<Session, string>()

  constructor(options: SessionOpenerOptions) {
    this.#options = options
  }

  /**
   * @param mayOpen asked at the last moment, after every wait
   * @throws what the driver's `open` and `mayOpen` throw, PLUGIN_LOAD_FAILED, DEVICE_PAUSED, CREDENTIAL_PAUSED, the signal's
   *   reason
   */
  async open(spec: SessionSpec, context: CallContext, mayOpen: () => void = () => undefined): Promise<Session> {
    const { services, gate, guard, places } = this.#options
    const driver = await spec.driver.driver(services)
    const leave = await gate.enter(spec.device.id, context.signal)
    let giveBack = (): void => undefined
    try {
      const login = await guard.admit(spec, context.signal)
      const logIn = async (): Promise<Session> => {
        giveBack = await places.take(context.signal)
        mayOpen()
        return this.#logIn(driver, spec, context)
      }
      const session = await toldTo(login, logIn)
      // A driver that overlooked the abort answers to somebody who has gone.
      if (context.signal.aborted) await this.close(session)
      context.signal.throwIfAborted()
      return session
    } finally {
      giveBack()
      leave()
    }
  }

  async #logIn(driver: Driver, { driver: { name }, device, connection }: SessionSpec, context: CallContext) {
    const { observe, services } = this.#options
    const startedMs = services.clock.monotonicMs()
    const seconds = (): number => (services.clock.monotonicMs() - startedMs) / 1000
    try {
      const session = await driver.open({ device, connection }, context)
      this.#open.set(session, name)
      observe({ type: 'session_opened', driver: name, seconds: seconds() })
      return session
    } catch (error) {
      observe({ type: 'session_refused', driver: name, code: toErrorData(error).code, seconds: seconds() })
      throw error
    }
  }

  /** Never throws and never takes long: a session that cannot be closed in peace is gone all the same. */
  async close(session: Session): Promise<void> {
    const { services, observe } = this.#options
    const driver = this.#open.get(session)
    if (driver !== undefined) observe({ type: 'session_closed', driver })
    this.#open.delete(session)
    try {
      await limited({ clock: services.clock, timeoutMs: closeTimeoutMs }, async () => session[Symbol.asyncDispose]())
    } catch (error) {
      services.log.debug({ code: toErrorData(error).code }, 'A session did not close in peace.')
    }
  }
}

async function toldTo(login: AdmittedLogin, logIn: () => Promise<Session>): Promise<Session> {
  const session = await logIn().catch(async (error: unknown) => {
    await login.failed(error)
    throw error
  })
  await login.succeeded()
  return session
}
