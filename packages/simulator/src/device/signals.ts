import { simulatorError } from '../errors.js'
import type { AppliedLine, SeenLine } from './statistics.js'

/** What a device tells while it runs, by name. */
export interface DeviceSignals {
  /** A TCP connection was accepted. */
  readonly connection: { readonly session: number }
  /** A connection ended. */
  readonly disconnection: { readonly session: number }
  readonly login: { readonly session: number; readonly user: string }
  readonly authFailure: { readonly session: number; readonly user: string; readonly method: string }
  /** A line arrived at a prompt, before it takes effect. */
  readonly line: SeenLine
  /** A config line was accepted. */
  readonly configLine: AppliedLine
  readonly commit: { readonly session: number; readonly kind: string }
  readonly save: { readonly session: number }
}

export type SignalName = keyof DeviceSignals

interface Waiter {
  readonly name: SignalName
  readonly matches: (value: never) => boolean
  readonly resolve: (value: never) => void
  readonly reject: (reason: unknown) => void
}

/** Hands out what happens to those who wait for it. Costs nothing while nobody waits. */
export class SignalHub {
  #waiters: Waiter[] = []
  readonly #listeners = new Map<SignalName, Set<(value: never) => void>>()
  readonly #device: string

  constructor(device: string) {
    this.#device = device
  }

  emit<Name extends SignalName>(name: Name, value: DeviceSignals[Name]): void {
    for (const listener of this.#listeners.get(name) ?? []) listener(value as never)
    if (this.#waiters.length === 0) return
    const hit = this.#waiters.filter((waiter) => waiter.name === name && waiter.matches(value as never))
    if (hit.length === 0) return
    this.#waiters = this.#waiters.filter((waiter) => !hit.includes(waiter))
    for (const waiter of hit) waiter.resolve(value as never)
  }

  on<Name extends SignalName>(name: Name, listener: (value: DeviceSignals[Name]) => void): () => void {
    const listeners = this.#listeners.get(name) ?? new Set()
    this.#listeners.set(name, listeners.add(listener))
    return () => listeners.delete(listener)
  }

  /** @throws SIMULATOR_STOPPED when the device stops first; the signal's reason when that is aborted */
  next<Name extends SignalName>(
    name: Name,
    matches: (value: DeviceSignals[Name]) => boolean = () => true,
    signal?: AbortSignal,
  ): Promise<DeviceSignals[Name]> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) return reject(signal.reason as Error)
      const giveUp = (): void => this.#giveUp(waiter, signal?.reason)
      const settled =
        <Value>(settle: (value: Value) => void) =>
        (value: Value): void => {
          signal?.removeEventListener('abort', giveUp)
          settle(value)
        }
      const waiter: Waiter = { name, matches, resolve: settled(resolve), reject: settled(reject) }
      this.#waiters.push(waiter)
      signal?.addEventListener('abort', giveUp, { once: true })
    })
  }

  /** Ends every wait. */
  stop(): void {
    const waiters = this.#waiters
    this.#waiters = []
    for (const { name, reject } of waiters) {
      reject(simulatorError('SIMULATOR_STOPPED', `Device ${this.#device} stopped before the awaited "${name}" came.`))
    }
    this.#listeners.clear()
  }

  #giveUp(waiter: Waiter, reason: unknown): void {
    this.#waiters = this.#waiters.filter((other) => other !== waiter)
    waiter.reject(reason)
  }
}
