import type { Clock } from '@netpulse/core'
import { TokenBuckets, unlessAborted } from '@netpulse/core'

/** Logins that this process begins at a device, or with a credential, in a minute; the others wait for their time. */
export class LoginRate {
  readonly #buckets: TokenBuckets | undefined
  readonly #clock: Clock

  /** @param perMinute as many may begin at once after a rest; 0: any number */
  constructor(perMinute: number, clock: Clock) {
    this.#buckets = perMinute === 0 ? undefined : new TokenBuckets({ perSecond: perMinute / 60, burst: perMinute })
    this.#clock = clock
  }

  /** @throws the signal's reason */
  async wait(name: string, signal: AbortSignal): Promise<void> {
    const seconds = this.#buckets?.reserve(name, this.#clock.monotonicMs()) ?? 0
    if (seconds === 0) return
    let cancel = (): void => undefined
    const timeHasCome = (): Promise<void> =>
      new Promise((resolve) => (cancel = this.#clock.setTimer(seconds * 1000, resolve)))
    await unlessAborted(signal, timeHasCome).finally(() => cancel())
  }
}
