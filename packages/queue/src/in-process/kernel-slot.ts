import { queueError } from '../errors.js'
import type { Kernel } from './kernel.js'

/** Where the backend's parts find the kernel: they exist before it is started. */
export class KernelSlot {
  #kernel: Kernel | undefined

  /** @throws STORE_UNAVAILABLE before the start */
  get kernel(): Kernel {
    if (this.#kernel === undefined) throw queueError('STORE_UNAVAILABLE', 'The queue backend was not started.')
    return this.#kernel
  }

  fill(kernel: Kernel): void {
    this.#kernel = kernel
  }
}
