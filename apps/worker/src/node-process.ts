import { fileURLToPath } from 'node:url'
import { createLogger, engineOptions } from '@netpulse/config'
import type { Clock, Logger } from '@netpulse/core'
import { isNetPulseError, systemClock, toErrorData } from '@netpulse/core'
import type { NetPulse } from '@netpulse/engine'
import { createNetPulse } from '@netpulse/engine'
import type { MetricsSnapshot } from '@netpulse/metrics'
import { createMetrics } from '@netpulse/metrics'
import type { Order, Report } from './messages.js'

/** Time on top of the drain for closing sessions and connections. */
const closingMs = 10_000
const reportMs = 1_000

/** The folder with this package's `node_modules`, in which the built-in plugins are found. */
const ownFolder = (): string => fileURLToPath(new URL('..', import.meta.url))

type StartOrder = Extract<Order, { readonly type: 'start' }>

/**
 * One node in a process of its own, below a supervisor. It ends when the supervisor says so, on SIGTERM, when its worker
 * was ended through the API, and when the supervisor is gone: it never goes on unsupervised. Each time it drains first.
 * SIGINT is the supervisor's: a Ctrl-C reaches the whole process group.
 */
export async function runNodeProcess(clock: Clock = systemClock): Promise<number> {
  const channel = new Channel()
  const start = await channel.started
  if (start === undefined) return 0
  const { index } = start.assignment
  const logger = withProcess(createLogger(start.config.log.level), index)
  let netpulse: NetPulse
  try {
    const metrics = createMetrics()
    channel.measure = () => metrics.snapshot()
    netpulse = await createNetPulse({ ...(await optionsOf(start, logger, channel)), observe: metrics.observe })
  } catch (error) {
    if (!isNetPulseError(error)) throw error
    await channel.report({ type: 'failed', error: toErrorData(error) })
    return 1
  }
  const stopReports = reportOften(netpulse, channel, clock)
  logger.info({ cause: await channel.ended }, 'Ending: running jobs may end, waiting ones go to others.')
  stopReports()
  await closeInTime(netpulse, start.config.worker.drain_timeout * 1000 + closingMs, clock)
  return 0
}

async function optionsOf({ config, assignment }: StartOrder, logger: Logger, channel: Channel) {
  const { index: nodeIndex, mode, capacity, concurrency } = assignment
  const worker = { ...config.worker, capacity: Math.max(1, capacity), concurrency: Math.max(1, concurrency) }
  return {
    appDir: ownFolder(),
    ...(await engineOptions({ ...config, worker }, mode, logger)),
    nodeIndex,
    onEndRequested: () => channel.end('ended through the API'),
  }
}

/** What is asked of this process, and what it tells. */
class Channel {
  /** The order to begin; `undefined` when the supervisor was gone before. */
  readonly started: Promise<StartOrder | undefined>
  /** Why to end. */
  readonly ended: Promise<string>
  /** Its metrics; nothing before it has begun. */
  measure: () => Promise<MetricsSnapshot> = async () => []
  #end: (cause: string) => void = () => undefined

  constructor() {
    this.ended = new Promise((resolve) => (this.#end = resolve))
    this.started = new Promise((resolve) => {
      process.on('message', (order: Order) => {
        if (order.type === 'start') resolve(order)
        if (order.type === 'drain') this.end('supervisor')
        if (order.type === 'measure') void this.#report()
      })
      void this.ended.then(() => resolve(undefined))
    })
    process.on('disconnect', () => this.end('the supervisor is gone'))
    process.on('SIGTERM', () => this.end('SIGTERM'))
    process.on('SIGINT', () => undefined)
  }

  async #report(): Promise<void> {
    await this.report({ type: 'metrics', snapshot: await this.measure() })
  }

  end(cause: string): void {
    this.#end(cause)
  }

  /** Resolves when it was sent, or nobody listens any more. */
  report(report: Report): Promise<void> {
    return new Promise((resolve) => {
      if (process.connected) process.send?.(report, undefined, undefined, () => resolve())
      else resolve()
    })
  }
}

function reportOften(netpulse: NetPulse, channel: Channel, clock: Clock): () => void {
  let cancel = (): void => undefined
  const report = (): void => {
    void channel.report({ type: 'state', trusted: netpulse.isTrusted })
    cancel = clock.setTimer(reportMs, report)
  }
  report()
  return () => cancel()
}

/** A stop that does not end in time ends the process with 1: also when there is no supervisor left to do it. */
async function closeInTime(netpulse: NetPulse, limitMs: number, clock: Clock): Promise<void> {
  const cancel = clock.setTimer(limitMs, () => process.exit(1))
  await netpulse.close()
  cancel()
}

/** Each line says which process wrote it. */
function withProcess(logger: Logger, index: number): Logger {
  const at =
    (method: 'debug' | 'info' | 'warn' | 'error'): Logger['info'] =>
    (fields, message) =>
      logger[method]({ process: index, ...fields }, message)
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
}
