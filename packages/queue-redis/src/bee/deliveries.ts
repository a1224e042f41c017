import type { Clock, Logger } from '@netpulse/core'
import { systemClock } from '@netpulse/core'
import type { Running } from '@netpulse/queue'
import type { Connections } from '../connection/connections.js'
import { bare, isConnectionTrouble } from '../connection/store-error.js'
import { beeKeys } from './bee-job.js'
import type { BeeData, OpenBee } from './bee-queue.js'
import { openBee } from './bee-queue.js'
import { Pops } from './pops.js'

/** bee-queue's close cuts off running handlers after its time, and has no "never". */
const longestCloseMs = 2 ** 31 - 1

/** Removes an id whose job is gone. bee-queue skips it, and the stall check would bring it again for ever. */
const sweepScript = `
if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 1 then return 0 end
return redis.call('LREM', KEYS[2], 0, ARGV[1]) + redis.call('LREM', KEYS[3], 0, ARGV[1])
`

/** Puts what an earlier life took and did not end back in front, in its order. */
const recoverScript = `
local count = 0
local id = redis.call('LPOP', KEYS[1])
while id do
  redis.call('RPUSH', KEYS[2], id)
  count = count + 1
  id = redis.call('LPOP', KEYS[1])
end
redis.call('DEL', KEYS[3])
return count
`

export interface DeliveryConsumer<Data extends BeeData> {
  readonly connections: Connections
  /** Of the bee queue: `FifoQ`. */
  readonly name: string
  /** Deliveries at once, from 1. */
  readonly concurrency: number
  /**
   * Called for each delivery, at least once: again, uncounted and out of order, when its consumer stalls. When it rejects
   * the delivery is gone all the same.
   */
  readonly run: (data: Data, delivery: string) => Promise<void>
  readonly log: Logger
  /** A consumer that gives no sign for this long has lost its deliveries to others. Milliseconds. @defaultValue 5000 */
  readonly stallIntervalMs?: number
  /** Nobody else consumes this queue: what is in work at the start was left by an earlier life. @defaultValue false */
  readonly exclusive?: boolean
  /** @defaultValue the system's clock */
  readonly clock?: Clock
}

/**
 * Consumes a bee queue with one connection of its own. `drain` takes no further delivery, puts back one that was on its
 * way, and waits for the running ones without a limit.
 * @throws STORE_UNAVAILABLE
 */
export async function consumeDeliveries<Data extends BeeData>(consumer: DeliveryConsumer<Data>): Promise<Running> {
  const { connections, name, concurrency, log, stallIntervalMs = 5_000, clock = systemClock } = consumer
  const onError = (error: Error): void => report(log, name, error)
  const bee = await openBee({ connections, name, stallIntervalMs, onError })
  const keys = beeKeys(connections.prefix, name)
  const { commands } = connections
  const pops = new Pops({ connections, blocking: bee.blocking, keys, clock })
  bee.popFrom(pops)
  if (consumer.exclusive === true) {
    await commands.eval(recoverScript, 3, keys.active, keys.waiting, keys.stalling).catch(onError)
  }
  bee.queue.on('stalled', (delivery) => {
    commands.eval(sweepScript, 3, keys.jobs, keys.waiting, keys.active, delivery).catch(onError)
  })
  bee.queue.process(concurrency, (job) => runOne(consumer, job.data as Data, job.id))
  // Half the interval, as bee-queue asks; a failed check says so through the queue's `error`.
  void bee.queue.checkStalledJobs(Math.ceil(stallIntervalMs / 2))
  let drained: Promise<void> | undefined
  return { drain: () => (drained ??= drain(bee, pops, onError)) }
}

/** Returns nothing: bee-queue would hand a result on. */
async function runOne<Data extends BeeData>(
  consumer: DeliveryConsumer<Data>,
  data: Data,
  delivery: string,
): Promise<void> {
  const { name, log, run } = consumer
  try {
    await run(data, delivery)
  } catch (error) {
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error)
    log.error({ queue: name, delivery, stack }, 'A delivery failed; it is gone.')
  }
}

async function drain({ queue }: OpenBee, pops: Pops, onError: (error: Error) => void): Promise<void> {
  await pops.drain()
  await queue.close(longestCloseMs).catch(onError)
}

/** A lost connection has its own line in the log. */
function report(log: Logger, name: string, error: Error): void {
  if (isConnectionTrouble(error)) log.debug({ queue: name }, 'bee-queue waits for Redis.')
  else log.warn({ queue: name, reason: bare(error).message }, 'bee-queue met an error and goes on.')
}
