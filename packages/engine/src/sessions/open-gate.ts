import type { DeviceId } from '@netpulse/core'

/**
 * One login at a time per device: a burst of jobs must not look like an attack to an AAA server, nor use up the lines
 * that a device has for logins.
 */
export class OpenGate {
  readonly #tails = new Map<DeviceId, Promise<void>>()

  /**
   * Waits for the device's turn. What it answers with gives the turn on; an abort of the signal does so too, so that a
   * driver that hangs does not lock its device.
   * @throws the signal's reason
   */
  async enter(device: DeviceId, signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted()
    const before = this.#tails.get(device)
    const { promise: turn, resolve } = newPromise()
    const tail = before === undefined ? turn : before.then(() => turn)
    this.#tails.set(device, tail)
    const leave = (): void => {
      signal.removeEventListener('abort', leave)
      resolve()
      if (this.#tails.get(device) === tail) void tail.then(() => this.#forget(device, tail))
    }
    signal.addEventListener('abort', leave, { once: true })
    if (before !== undefined) await Promise.race([before, turn])
    signal.throwIfAborted()
    return leave
  }

  /** Devices at which somebody logs in or waits to. */
  get size(): number {
    return this.#tails.size
  }

  #forget(device: DeviceId, tail: Promise<void>): void {
    if (this.#tails.get(device) === tail) this.#tails.delete(device)
  }
}

function newPromise(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = (): void => undefined
  const promise = new Promise<void>((done) => (resolve = done))
  return { promise, resolve }
}
