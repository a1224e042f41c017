import { unlessAborted } from '@netpulse/core'

interface Running<Value> {
  readonly value: Promise<Value>
  readonly controller: AbortController
  waiting: number
}

/** Makes one call of all that ask for the same at once. A call that nobody waits for any more is ended. */
export class SharedCalls<Value> {
  readonly #running = new Map<string, Running<Value>>()

  /** Calls that run now. */
  get size(): number {
    return this.#running.size
  }

  /** @throws what the call throws; the signal's reason */
  async ask(key: string, signal: AbortSignal, call: (signal: AbortSignal) => Promise<Value>): Promise<Value> {
    signal.throwIfAborted()
    const running = this.#running.get(key) ?? this.#start(key, call)
    running.waiting += 1
    try {
      return await unlessAborted(signal, () => running.value)
    } finally {
      running.waiting -= 1
      if (running.waiting === 0) this.#end(key, running, signal.reason)
    }
  }

  #start(key: string, call: (signal: AbortSignal) => Promise<Value>): Running<Value> {
    const controller = new AbortController()
    const running: Running<Value> = { controller, waiting: 0, value: call(controller.signal) }
    this.#running.set(key, running)
    const forget = (): void => this.#forget(key, running)
    running.value.then(forget, forget)
    return running
  }

  #end(key: string, running: Running<Value>, reason: unknown): void {
    this.#forget(key, running)
    running.controller.abort(reason)
  }

  #forget(key: string, running: Running<Value>): void {
    if (this.#running.get(key) === running) this.#running.delete(key)
  }
}
