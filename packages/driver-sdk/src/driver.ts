import type { Clock, Device, JsonObject, Logger } from '@netpulse/core'
import type { HostKeyStore } from './host-keys.js'
import type { CallContext, Session } from './session.js'

/** What a driver gets to open a session. */
export interface OpenRequest {
  readonly device: Device
  /**
   * The request's `connection_args`, checked against the manifest's `connectionSchema`, defaults filled in, secrets in
   * clear. Part of the session key: two requests with any difference here never share a session.
   */
  readonly connection: JsonObject
}

/** Opens sessions. Keeps no state about them: pooling, keys and their life belong to the engine. */
export interface Driver {
  /**
   * A session that is logged in and at a prompt. On a throw no socket stays open.
   * @throws CONNECT_FAILED, CONNECT_TIMEOUT, AUTH_FAILED, HOST_KEY_CHANGED, HOST_KEY_UNKNOWN, SESSION_LOST, ABORTED
   */
  open(request: OpenRequest, context: CallContext): Promise<Session>
}

/** What the engine lends to a driver for its whole life. */
export interface DriverServices {
  readonly clock: Clock
  readonly log: Logger
  readonly hostKeys: HostKeyStore
}
