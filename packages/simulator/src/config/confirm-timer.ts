import type { CancelTimer, Clock } from '@netpulse/core'

/** A commit that undoes itself unless it is confirmed in time: the device's dead-man timer. */
export class ConfirmTimer {
  readonly #clock: Clock
  #cancel: CancelTimer | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get isArmed(): boolean {
    return this.#cancel !== undefined
  }

  /** Calls `rollBack` after the time, unless confirmed. A second call starts anew. */
  arm(seconds: number, rollBack: () => void): void {
    this.#cancel?.()
    this.#cancel = this.#clock.setTimer(seconds * 1000, () => {
      this.#cancel = undefined
      rollBack()
    })
  }

  /** Keeps the commit. `false`: none was waiting. */
  confirm(): boolean {
    const armed = this.isArmed
    this.#cancel?.()
    this.#cancel = undefined
    return armed
  }
}
