import { queueError } from '@netpulse/queue'
import BeeQueue from 'bee-queue'
import type { Connections } from '../connection/connections.js'
import type { Redis } from '../connection/redis.js'
import { storeError } from '../connection/store-error.js'
import { beePrefix } from './bee-job.js'
import { beeScripts } from './bee-scripts.js'

/** What a delivery of ours carries: an id, or a command. */
export type BeeData = Readonly<Record<string, unknown>>

/** What bee-queue asks of its blocking connection while it consumes. */
export interface PopSource {
  brpoplpush(from: string, to: string, seconds: number, done: (error: Error | null, id: string | null) => void): void
  disconnect(): void
}

/** The parts of bee-queue 2.0 that its types leave out. */
interface Inner {
  bclient: PopSource
  readonly paused: boolean
  _doStalledJobCheck(): Promise<number>
}

/** A consuming bee queue, open, not yet processing. */
export interface OpenBee {
  readonly queue: BeeQueue<BeeData>
  /** Its own connection. */
  readonly blocking: Redis
  /** Puts `source` between bee-queue and its blocking connection. */
  popFrom(source: PopSource): void
}

export interface BeeSettings {
  readonly connections: Connections
  readonly name: string
  readonly stallIntervalMs: number
  readonly onError: (error: Error) => void
}

/** @throws STORE_UNAVAILABLE */
export async function openBee(settings: BeeSettings): Promise<OpenBee> {
  const { connections } = settings
  const { commands } = connections
  try {
    await commands.ping()
  } catch (error) {
    throw storeError(error)
  }
  // When the shared client is not ready, bee-queue waits for it, and on its next error disconnects it for good.
  if (commands.status !== 'ready') throw queueError('STORE_UNAVAILABLE', `${connections.server} is lost.`)
  const queue = newQueue(settings)
  try {
    await queue.ready()
  } catch (error) {
    await queue.close().catch(() => undefined) // rejects with the same error
    throw storeError(error)
  }
  const inner = queue as unknown as Inner
  surviveLostScripts(inner, commands, settings.onError)
  return { queue, blocking: inner.bclient as unknown as Redis, popFrom: (source) => void (inner.bclient = source) }
}

function newQueue({ connections, name, stallIntervalMs, onError }: BeeSettings): BeeQueue<BeeData> {
  const queue = new BeeQueue<BeeData>(name, {
    prefix: beePrefix(connections.prefix),
    redis: connections.commands as never, // its types know the client of node_redis only
    stallInterval: stallIntervalMs,
    getEvents: false,
    sendEvents: false,
    storeJobs: false,
    removeOnSuccess: true,
    removeOnFailure: true,
    quitCommandClient: false,
    initialRedisFailureRetryDelay: 100,
  } as BeeQueue.QueueSettings)
  queue.on('error', onError)
  return queue
}

/**
 * The stall check is the one script that consuming needs. Redis forgets scripts at a restart, a failover and SCRIPT
 * FLUSH: load them again when it says so. Nor may a failed check keep the loop from its start, which waits for the first.
 */
function surviveLostScripts(inner: Inner, commands: Redis, onError: (error: Error) => void): void {
  const check = inner._doStalledJobCheck.bind(inner)
  inner._doStalledJobCheck = async () => {
    try {
      return await check().catch(async (error: Error) => {
        if (!error.message.startsWith('NOSCRIPT')) throw error
        await beeScripts().buildCache(commands)
        return check()
      })
    } catch (error) {
      if (!inner.paused) onError(error as Error)
      return 0
    }
  }
}
