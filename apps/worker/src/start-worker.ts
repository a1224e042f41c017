import { join, resolve } from 'node:path'
import type { Config, ConfigInput } from '@netpulse/config'
import { completeConfig, configError, createLogger, isShared } from '@netpulse/config'
import type { Clock, Logger } from '@netpulse/core'
import { isNetPulseError, systemClock } from '@netpulse/core'
import { lockFolder } from '@netpulse/queue'
import { mergeMetrics } from '@netpulse/metrics'
import { workerError } from './errors.js'
import type { HealthServer, Told } from './health-server.js'
import { serveHealth } from './health-server.js'
import { assignmentsOf } from './shares.js'
import type { ProcessState } from './supervised-process.js'
import { SupervisedProcess } from './supervised-process.js'

/** A supervisor with its node processes. */
export interface RunningWorker extends AsyncDisposable {
  readonly config: Config
  /** Where the probes are answered; `undefined` without `worker.health_port`. */
  readonly healthUrl: string | undefined
  /** Resolves when every process has registered its node. @throws why one cannot start */
  readonly ready: Promise<void>
  readonly processes: readonly ProcessState[]
  /** Lets running jobs end within `worker.drain_timeout`, then ends the processes. Idempotent. */
  stop(): Promise<void>
  /** Ends the processes at once: a last resort, what runs is lost. */
  kill(): void
}

export interface StartWorkerOptions {
  /** @defaultValue JSON lines on stderr, at `log.level` */
  readonly logger?: Logger
  /** @defaultValue the system's clock */
  readonly clock?: Clock
}

/** Time on top of the drain timeout after which a process that has not ended is killed. */
const graceMs = 12_000

/**
 * Starts the node processes of this machine. This process itself has no session and no connection to Redis: it starts
 * processes again that end, and answers probes.
 * @throws INVALID_INPUT and CONFIG_INVALID for the configuration, WORKER_FOLDER_IN_USE, HEALTH_PORT_UNAVAILABLE
 */
export async function startWorker(input: ConfigInput, options: StartWorkerOptions = {}): Promise<RunningWorker> {
  const config = completeConfig(input)
  const { logger = createLogger(config.log.level), clock = systemClock } = options
  checkShared(config)
  const assignments = assignmentsOf(config)
  const unlock = lockWorker(config.store)
  const processes = assignments.map((assignment) => new SupervisedProcess({ config, assignment, clock, logger }))
  const states = (): readonly ProcessState[] => processes.map(({ state }) => state)
  const metrics = async (): Promise<string> =>
    mergeMetrics(await Promise.all(processes.map((process) => process.metrics())))
  let health: HealthServer | undefined
  try {
    health = await healthOf(config, { states, metrics })
  } catch (error) {
    unlock()
    throw error
  }
  const letGo = keepAlive()
  for (const process of processes) process.start()
  const ready = Promise.all(processes.map((process) => process.ready)).then(() => undefined)
  ready.catch(() => undefined) // who waits for it is told all the same
  let stopped: Promise<void> | undefined
  const stop = (): Promise<void> => (stopped ??= stopAll(processes, { config, clock, logger }).finally(end))
  const end = async (): Promise<void> => {
    await health?.close()
    unlock()
    letGo()
  }
  return {
    config,
    healthUrl: health?.url,
    ready,
    get processes() {
      return states()
    },
    stop,
    kill: () => processes.forEach((process) => process.kill()),
    [Symbol.asyncDispose]: stop,
  }
}

function checkShared(config: Config): void {
  if (!isShared(config))
    throw configError(
      'CONFIG_INVALID',
      'A worker gets its jobs from Redis: set redis.url (--redis, NETPULSE_REDIS__URL) or redis.sentinel. Without Redis, netpulse-server runs its jobs itself.',
    )
  if (config.store === 'memory:')
    throw configError('CONFIG_INVALID', 'The store of a worker must be a folder: it names its nodes.')
}

/** Timers of the clock do not hold a process; one that only waits to start another process must not end meanwhile. */
function keepAlive(): () => void {
  const timer = setInterval(() => undefined, 2 ** 30)
  return () => clearInterval(timer)
}

/** The folder names the nodes, and a node runs once. @throws WORKER_FOLDER_IN_USE */
function lockWorker(store: string): () => void {
  const folder = resolve(store)
  try {
    return lockFolder(join(folder, 'worker'))
  } catch (cause) {
    if (!isNetPulseError(cause, 'STORE_UNAVAILABLE')) throw cause
    throw workerError(
      'WORKER_FOLDER_IN_USE',
      `The folder ${folder} cannot be taken: another netpulse-worker runs with it, or it cannot be written. Choose another with --store.`,
      { cause },
    )
  }
}

function healthOf({ worker }: Config, told: Told): Promise<HealthServer> | undefined {
  const { health_host: host, health_port: port } = worker
  return port === undefined ? undefined : serveHealth({ host, port }, told)
}

interface Stopping {
  readonly config: Config
  readonly clock: Clock
  readonly logger: Logger
}

async function stopAll(processes: readonly SupervisedProcess[], { config, clock, logger }: Stopping): Promise<void> {
  const cancel = clock.setTimer(config.worker.drain_timeout * 1000 + graceMs, () => {
    logger.error({}, 'Node processes did not end in time; they are killed.')
    for (const process of processes) process.kill()
  })
  await Promise.all(processes.map((process) => process.drain()))
  cancel()
}
