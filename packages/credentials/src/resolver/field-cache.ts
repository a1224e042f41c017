import type { CancelTimer, Clock } from '@netpulse/core'
import type { CredentialFields } from '@netpulse/plugin-sdk'

/** References that are remembered at once; the oldest gives way. */
const mostEntries = 10_000

interface Entry {
  readonly fields: CredentialFields
  readonly expiresAtMs: number
  readonly cancel: CancelTimer
}

/** Fetched secrets for a short while, in this process's memory and nowhere else; each is dropped when its time is over. */
export class FieldCache {
  readonly #clock: Clock
  readonly #entries = new Map<string, Entry>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get size(): number {
    return this.#entries.size
  }

  find(key: string): CredentialFields | undefined {
    const entry = this.#entries.get(key)
    // A process that was stopped for a while gets here before its timers do.
    return entry !== undefined && entry.expiresAtMs > this.#clock.monotonicMs() ? entry.fields : undefined
  }

  keep(key: string, fields: CredentialFields, ttlMs: number): void {
    this.drop(key)
    if (ttlMs <= 0) return
    const [oldest] = this.#entries.size < mostEntries ? [] : this.#entries.keys()
    if (oldest !== undefined) this.drop(oldest)
    const expiresAtMs = this.#clock.monotonicMs() + ttlMs
    this.#entries.set(key, { fields, expiresAtMs, cancel: this.#clock.setTimer(ttlMs, () => this.drop(key)) })
  }

  drop(key: string): void {
    this.#entries.get(key)?.cancel()
    this.#entries.delete(key)
  }

  clear(): void {
    for (const key of [...this.#entries.keys()]) this.drop(key)
  }
}
