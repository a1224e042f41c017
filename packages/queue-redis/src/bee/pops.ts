import type { Clock } from '@netpulse/core'
import type { Connections } from '../connection/connections.js'
import type { Redis } from '../connection/redis.js'
import type { PopSource } from './bee-queue.js'

type Done = Parameters<PopSource['brpoplpush']>[3]

/** How often a blocked pop is asked to return before the connection is just closed. */
const unblockTries = 20

/** Takes an id off the active list and puts it back as the next one; nothing when the stall check was faster. */
const putBackScript = `
if redis.call('LREM', KEYS[1], 0, ARGV[1]) == 0 then return 0 end
redis.call('SREM', KEYS[2], ARGV[1])
return redis.call('RPUSH', KEYS[3], ARGV[1])
`

/** As ioredis ends a command; bee-queue knows a close by these words. */
const closedMessage = 'Connection is closed.'

export interface PopsParts {
  readonly connections: Connections
  readonly blocking: Redis
  readonly keys: { readonly waiting: string; readonly active: string; readonly stalling: string }
  readonly clock: Clock
}

/**
 * Stands between bee-queue and its blocking connection, so that a drain loses no id. Closing the connection alone would
 * leave an id that was on its way in `active` until the stall check finds it.
 */
export class Pops implements PopSource {
  readonly #parts: PopsParts
  readonly #pending = new Set<Promise<void>>()
  readonly #held: Done[] = []
  #draining = false

  constructor(parts: PopsParts) {
    this.#parts = parts
  }

  brpoplpush(from: string, to: string, seconds: number, done: Done): void {
    if (this.#draining) return void this.#held.push(done)
    const pop = this.#parts.blocking.brpoplpush(from, to, seconds).then(
      (id) => this.#popped(id, done),
      (error: Error) => done(error, null),
    )
    this.#pending.add(pop)
    void pop.finally(() => this.#pending.delete(pop))
  }

  disconnect(): void {
    this.#parts.blocking.disconnect()
    for (const done of this.#held.splice(0)) done(new Error(closedMessage), null)
  }

  /** From here on bee-queue gets no id. Resolves when none is on its way any more, or Redis does not answer. */
  async drain(): Promise<void> {
    this.#draining = true
    const { connections, blocking, clock } = this.#parts
    if (this.#pending.size === 0 || blocking.status !== 'ready') return
    let cancel = (): void => undefined
    const late = new Promise<void>((resolve) => (cancel = clock.setTimer(connections.commandTimeoutMs, resolve)))
    await Promise.race([late, this.#endPops()])
    cancel()
  }

  /** While draining, bee-queue waits: it would ask for the next id at once. */
  async #popped(id: string | null, done: Done): Promise<void> {
    if (!this.#draining) return done(null, id)
    this.#held.push(done)
    if (id === null) return
    const { connections, keys } = this.#parts
    await connections.commands
      .eval(putBackScript, 3, keys.active, keys.stalling, keys.waiting, id)
      .catch(() => undefined) // Redis is away: the stall check of another consumer finds the id
  }

  /**
   * Asks Redis to answer the blocked pops: each then has an id or none, and nothing is in between. The request may
   * overtake the pop on its own connection, hence more than one try.
   */
  async #endPops(): Promise<void> {
    const { commands } = this.#parts.connections
    try {
      const id = await this.#clientId()
      for (let tries = 0; id !== undefined && this.#pending.size > 0 && tries < unblockTries; tries++) {
        await commands.client('UNBLOCK', id)
      }
    } catch {
      return // an ACL user without CLIENT LIST and UNBLOCK, or Redis is away: closing the connection has to do
    }
    await Promise.all(this.#pending)
  }

  async #clientId(): Promise<string | undefined> {
    const { connections, blocking } = this.#parts
    const list = String(await connections.commands.client('LIST', 'TYPE', 'NORMAL'))
    const own = list.split('\n').find((line) => line.includes(` name=${blocking.options.connectionName} `))
    return /^id=(\d+)/.exec(own ?? '')?.[1]
  }
}
