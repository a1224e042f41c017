import { once } from 'node:events'
import type { Clock, Logger } from '@netpulse/core'
import { systemClock } from '@netpulse/core'
import { clientOptions } from './client-options.js'
import type { ConnectionRole } from './client-options.js'
import { ConnectionWatch } from './connection-watch.js'
import type { RedisOptions } from './redis-options.js'
import type { ClientOptions } from './redis.js'
import { Redis } from './redis.js'
import { redisSettingsOf } from './settings.js'
import type { RedisSettings } from './settings.js'
import { checkStart } from './start-check.js'
import { serverName, startFailure } from './start-failure.js'

/** The connections of one process: two, and one more per blocking command. */
export interface Connections {
  /** Begins every key: `{np}:`. */
  readonly prefix: string
  /** `Redis at host:port`, or `Redis master 'name'`: for messages. */
  readonly server: string
  readonly commandTimeoutMs: number
  /** For commands. Those of one turn of the event loop leave in one write. */
  readonly commands: Redis
  /** For subscriptions only; they are renewed after a loss. */
  readonly subscriber: Redis
  /** One more of the same configuration, for a blocking command: without a time limit. */
  duplicate(): Redis
  /**
   * Calls `listener` after each return of `commands` or `subscriber`, when the subscriptions are in force again: look at
   * everything once, a message may have been missed. Returns the end of the listening.
   */
  onReconnect(listener: () => void): () => void
  /** Waits for the answers to what was sent; then no connection is left. Idempotent. */
  close(): Promise<void>
}

/**
 * Connects to Redis. Afterwards a lost connection is renewed for ever; meanwhile commands wait, each until its own time
 * is up.
 * @throws INVALID_INPUT, REDIS_UNREACHABLE, REDIS_REFUSED, REDIS_TOO_OLD
 */
export async function connectRedis(
  options: RedisOptions,
  logger: Logger,
  clock: Clock = systemClock,
): Promise<Connections> {
  const settings = redisSettingsOf(options)
  await checkStart(settings, logger)
  const connections = new OpenConnections(settings, logger, clock)
  await connections.opened()
  return connections
}

class OpenConnections implements Connections {
  readonly prefix: string
  readonly server: string
  readonly commandTimeoutMs: number
  readonly commands: Redis
  readonly subscriber: Redis
  readonly #settings: RedisSettings
  readonly #watch: ConnectionWatch
  #closed: Promise<void> | undefined

  constructor(settings: RedisSettings, logger: Logger, clock: Clock) {
    this.prefix = settings.prefix
    this.server = serverName(settings)
    this.commandTimeoutMs = settings.commandTimeoutMs
    this.#settings = settings
    this.#watch = new ConnectionWatch(this.server, logger, clock)
    this.commands = this.#open('commands')
    this.subscriber = this.#open('subscriber')
  }

  /** @throws REDIS_UNREACHABLE */
  async opened(): Promise<void> {
    try {
      // Answered once the connection is there, however many attempts it took; refused after the time of a command.
      await Promise.all([this.commands.ping(), this.subscriber.ping()])
    } catch (error) {
      await this.close()
      throw startFailure(this.#settings, error)
    }
  }

  duplicate(): Redis {
    return this.#open('blocking')
  }

  onReconnect(listener: () => void): () => void {
    return this.#watch.onReconnect(listener)
  }

  close(): Promise<void> {
    this.#closed ??= this.#close()
    return this.#closed
  }

  #open(role: ConnectionRole): Redis {
    const options: ClientOptions = clientOptions(this.#settings, role)
    const client = new Redis(options, () => this.duplicate())
    this.#watch.add(client, { announce: role !== 'blocking' })
    return client
  }

  async #close(): Promise<void> {
    const { clients } = this.#watch
    this.#watch.stop()
    await Promise.all(clients.map((client) => end(client)))
  }
}

async function end(client: Redis): Promise<void> {
  // Between two attempts there is no connection, and ioredis emits no `end`.
  const gone = ['end', 'wait', 'reconnecting'].includes(client.status)
  if (gone) return client.disconnect()
  const ended = once(client, 'end')
  // A blocking command is never answered, and QUIT would wait behind it.
  const blocking = client.options.commandTimeout === undefined
  if (blocking || client.status !== 'ready') client.disconnect()
  else await client.quit().catch(() => client.disconnect())
  await ended
}
