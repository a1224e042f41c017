import type { Clock, Logger } from '@netpulse/core'
import { toErrorData } from '@netpulse/core'
import type { CallContext, DriverServices, Session } from '@netpulse/driver-sdk'
import { limited } from '../run/limited.js'
import type { OpenGate } from './open-gate.js'
import type { OpeningPlaces } from './opening-places.js'
import type { SessionSpec } from './session-spec.js'

/** A device that does not say goodbye in time is left without one. */
const closeTimeoutMs = 5_000

/** Opens and closes sessions, so that none is ever left behind. */
export class SessionOpener {
  readonly #services: DriverServices
  readonly #gate: OpenGate
  readonly #places: OpeningPlaces
  readonly #log: Logger
  readonly #clock: Clock

  constructor(services: DriverServices, gate: OpenGate, places: OpeningPlaces) {
    this.#services = services
    this.#gate = gate
    this.#places = places
    this.#log = services.log
    this.#clock = services.clock
  }

  /**
   * @param mayOpen asked at the last moment, after every wait
   * @throws what the driver's `open` and `mayOpen` throw, PLUGIN_LOAD_FAILED, the signal's reason
   */
  async open(spec: SessionSpec, context: CallContext, mayOpen: () => void = () => undefined): Promise<Session> {
    const driver = await spec.driver.driver(this.#services)
    const leave = await this.#gate.enter(spec.device.id, context.signal)
    let giveBack = (): void => undefined
    try {
      giveBack = await this.#places.take(context.signal)
      mayOpen()
      const session = await driver.open({ device: spec.device, connection: spec.connection }, context)
      // A driver that overlooked the abort answers to somebody who has gone.
      if (context.signal.aborted) await this.close(session)
      context.signal.throwIfAborted()
      return session
    } finally {
      giveBack()
      leave()
    }
  }

  /** Never throws and never takes long: a session that cannot be closed in peace is gone all the same. */
  async close(session: Session): Promise<void> {
    try {
      await limited({ clock: this.#clock, timeoutMs: closeTimeoutMs }, async () => session[Symbol.asyncDispose]())
    } catch (error) {
      this.#log.debug({ code: toErrorData(error).code }, 'A session did not close in peace.')
    }
  }
}
