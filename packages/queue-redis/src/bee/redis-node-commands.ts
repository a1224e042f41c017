import { randomUUID } from 'node:crypto'
import type { JsonObject, Logger, NodeId } from '@netpulse/core'
import type { NodeCommands, Running } from '@netpulse/queue'
import type { Connections } from '../connection/connections.js'
import { isConnectionTrouble, storeError } from '../connection/store-error.js'
import { beeJobJson, beeKeys } from './bee-job.js'
import { consumeDeliveries } from './deliveries.js'

/** A command that nobody took for this long is never run. Milliseconds. */
const commandTtlMs = 60_000

/** The keys outlive the commands in them: those of a node that never comes back go by themselves. */
const keyTtlMs = 2 * commandTtlMs

const sendScript = `
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('LPUSH', KEYS[2], ARGV[1])
for _, key in ipairs(KEYS) do redis.call('PEXPIRE', key, ARGV[3]) end
return 1
`

type Sent = { readonly command: JsonObject; readonly sentMs: number }

export interface RedisNodeCommandsParts {
  readonly connections: Connections
  readonly log: Logger
  /** Instant that all processes share. Milliseconds since 1970. @defaultValue Redis' own clock */
  readonly nowMs?: () => Promise<number>
}

/** Commands to nodes: one bee queue per node, consumed by nobody else. */
export class RedisNodeCommands implements NodeCommands {
  readonly #connections: Connections
  readonly #log: Logger
  readonly #nowMs: () => Promise<number>

  constructor({ connections, log, nowMs = () => redisNowMs(connections) }: RedisNodeCommandsParts) {
    this.#connections = connections
    this.#log = log
    this.#nowMs = nowMs
  }

  /** @throws STORE_UNAVAILABLE */
  async send(node: NodeId, command: JsonObject): Promise<void> {
    const { jobs, waiting, active, stalling } = beeKeys(this.#connections.prefix, queueOf(node))
    try {
      const sentMs = await this.#nowMs()
      const job = beeJobJson({ command, sentMs }, sentMs)
      const { commands } = this.#connections
      await commands.eval(sendScript, 4, jobs, waiting, active, stalling, randomUUID(), job, keyTtlMs)
    } catch (error) {
      throw storeError(error)
    }
  }

  /** @throws STORE_UNAVAILABLE */
  consume(node: NodeId, run: (command: JsonObject) => Promise<void>): Promise<Running> {
    return consumeDeliveries<Sent>({
      connections: this.#connections,
      name: queueOf(node),
      concurrency: 1,
      log: this.#log,
      exclusive: true,
      run: async ({ command, sentMs }) => {
        if ((await this.#surelyNowMs()) - sentMs <= commandTtlMs) await run(command)
        else this.#log.warn({ node }, 'A command to this node came too late and was dropped.')
      },
    })
  }

  /** Until Redis answers: without the time a command is neither run nor dropped. Each try waits as long as a command may. */
  async #surelyNowMs(): Promise<number> {
    for (;;) {
      try {
        return await this.#nowMs()
      } catch (error) {
        if (!isConnectionTrouble(error) || this.#connections.commands.status === 'end') throw error
      }
    }
  }
}

const queueOf = (node: NodeId): string => `NodeQ_${node}`

async function redisNowMs({ commands }: Connections): Promise<number> {
  const [seconds, microseconds] = await commands.time()
  return Number(seconds) * 1_000 + Math.floor(Number(microseconds) / 1_000)
}
