import type { Clock, Logger } from '@netpulse/core'
import type { Redis } from './redis.js'
import { isConnectionTrouble, bare } from './store-error.js'

/**
 * Watches the connections of one process: one log line when Redis is lost and one when it is back, whatever the number
 * of connections and attempts, and a word to the listeners after each return.
 */
export class ConnectionWatch {
  readonly #server: string
  readonly #logger: Logger
  readonly #clock: Clock
  readonly #clients = new Map<Redis, { readySinceMs: number }>()
  readonly #lost = new Set<Redis>()
  readonly #listeners = new Set<() => void>()
  #lostSinceMs = 0

  constructor(server: string, logger: Logger, clock: Clock) {
    this.#server = server
    this.#logger = logger
    this.#clock = clock
  }

  /** `announce`: its return is one that the listeners hear of. */
  add(client: Redis, { announce }: { readonly announce: boolean }): void {
    const state = { readySinceMs: Number.POSITIVE_INFINITY }
    let readyBefore = false
    this.#clients.set(client, state)
    client.on('error', (error: Error) => this.#onError(error))
    client.on('close', () => this.#onClose(client, readyBefore))
    client.on('end', () => this.#forget(client))
    client.on('ready', () => {
      state.readySinceMs = this.#clock.monotonicMs()
      if (readyBefore) this.#onReturn(client, announce)
      readyBefore = true
    })
  }

  get clients(): readonly Redis[] {
    return [...this.#clients.keys()]
  }

  onReconnect(listener: () => void): () => void {
    // A function of its own: the same listener may be given twice.
    const entry = (): void => listener()
    this.#listeners.add(entry)
    return () => void this.#listeners.delete(entry)
  }

  /** What is lost now is closed on purpose; nothing of it is worth a line. */
  stop(): void {
    this.#clients.clear()
    this.#lost.clear()
    this.#listeners.clear()
  }

  #onError(error: Error): void {
    // A lost connection has its own line; each further attempt fails with an error again.
    if (this.#clients.size === 0 || isConnectionTrouble(error)) return
    this.#logger.error({ reason: bare(error).message }, `${this.#server} does not take a connection.`)
  }

  #onClose(client: Redis, readyBefore: boolean): void {
    if (!readyBefore || !this.#clients.has(client)) return
    if (this.#lost.size === 0) {
      this.#lostSinceMs = this.#clock.monotonicMs()
      this.#logger.warn({}, `${this.#server} is lost; connecting again.`)
    }
    this.#lost.add(client)
  }

  #onReturn(client: Redis, announce: boolean): void {
    const wasLost = this.#lost.delete(client)
    if (announce) this.#renewSilent()
    if (wasLost && this.#lost.size === 0) {
      const awayMs = Math.round(this.#clock.monotonicMs() - this.#lostSinceMs)
      this.#logger.info({ awayMs }, `${this.#server} is back.`)
    }
    if (announce) void this.#announce(client)
  }

  /**
   * Only `commands` notices a peer that has gone without a word, because it alone expects answers; the others would wait
   * on a dead connection until TCP gives up. Those that were there before the loss connect anew.
   */
  #renewSilent(): void {
    for (const [client, { readySinceMs }] of this.#clients) {
      if (client.status !== 'ready' || readySinceMs >= this.#lostSinceMs) continue
      this.#lost.add(client)
      client.disconnect(true)
    }
  }

  /** Subscriptions are renewed before the answer to this PING: whoever looks now and listens on misses nothing. */
  async #announce(client: Redis): Promise<void> {
    const renewed = await client.ping().then(
      () => true,
      () => false, // lost again: its next return will announce
    )
    if (renewed) for (const listener of [...this.#listeners]) listener()
  }

  #forget(client: Redis): void {
    this.#clients.delete(client)
    this.#lost.delete(client)
  }
}
