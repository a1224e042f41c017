import { fileURLToPath } from 'node:url'
import { createServer } from '@netpulse/api'
import type { Config, ConfigInput, Work } from '@netpulse/config'
import { completeConfig, createLogger, engineOptions, isShared } from '@netpulse/config'
import type { Logger } from '@netpulse/core'
import { systemClock } from '@netpulse/core'
import type { NetPulse } from '@netpulse/engine'
import { createNetPulse } from '@netpulse/engine'
import { createMetrics } from '@netpulse/metrics'
import { openKeys } from './api-keys.js'
import { Closers } from './closers.js'
import type { DemoDevice } from './demo.js'
import { startDemo } from './demo.js'
import { listen } from './listen.js'

/** A server that takes requests. */
export interface RunningServer extends AsyncDisposable {
  /** Where it is reached from this machine, with the prefix: `http://127.0.0.1:9000`. */
  readonly url: string
  /** An API key that was made at this start, when there was none before. */
  readonly newKey: string | undefined
  readonly demoDevices: readonly DemoDevice[]
  readonly netpulse: NetPulse
  readonly config: Config
  /** Takes no new request, lets running jobs end within `worker.drain_timeout`, closes everything. Idempotent. */
  stop(): Promise<void>
}

export interface StartOptions {
  /** @defaultValue JSON lines on stderr, at `log.level` */
  readonly logger?: Logger
  /** IANA zone of instants in answers. @defaultValue UTC */
  readonly timeZone?: string
}

/** Time that open requests get to be answered before their connections are closed. */
const httpCloseMs = 5000

/** The folder with this package's `node_modules`, in which the built-in plugins are found. */
const ownFolder = (): string => fileURLToPath(new URL('..', import.meta.url))

/**
 * Starts the HTTP API with the workers in this process.
 * @throws INVALID_INPUT for the configuration, API_KEY_WEAK, API_KEYS_UNREADABLE, STORE_UNAVAILABLE, PORT_IN_USE,
 * CANNOT_LISTEN, and what a plugin that cannot be loaded says; nothing stays open then
 */
export async function startServer(input: ConfigInput = {}, options: StartOptions = {}): Promise<RunningServer> {
  const config = completeConfig(input)
  const logger = options.logger ?? createLogger(config.log.level)
  const closers = new Closers()
  try {
    const started = await startParts({ config, logger, closers, timeZone: options.timeZone })
    let stopped: Promise<void> | undefined
    const stop = (): Promise<void> => (stopped ??= closers.close())
    return { ...started, config, stop, [Symbol.asyncDispose]: stop }
  } catch (error) {
    await closers.close().catch(() => undefined) // the first failure is the one to tell
    throw error
  }
}

interface Parts {
  readonly config: Config
  readonly logger: Logger
  readonly closers: Closers
  readonly timeZone: string | undefined
}

async function startParts({ config, logger, closers, timeZone }: Parts) {
  const appDir = config.app_dir ?? ownFolder()
  const metrics = createMetrics()
  const settings = { ...(await engineOptions(config, workOf(config), logger)), observe: metrics.observe }
  const netpulse = await createNetPulse({ appDir, ...settings })
  metrics.watch(netpulse)
  closers.add(() => netpulse.close())
  const keys = await openKeys(config, (collection) => netpulse.records(collection))
  closers.add(() => keys.store.close())
  if (keys.newKey !== undefined) await recordFirstKey(netpulse)
  const demo = await startDemo(config.demo, netpulse)
  closers.add(() => demo.stop())
  const app = await createServer({
    netpulse,
    logger,
    metrics,
    authenticate: keys.authenticate,
    keys: keys.store,
    ...apiOptions(config),
    ...(timeZone === undefined ? {} : { timeZone }),
  })
  closers.add(() => closeHttp(app))
  const { host, port, prefix } = config.server
  const url = (await listen(app, host, port)) + prefix
  return { url, newKey: keys.newKey, demoDevices: demo.devices, netpulse }
}

/** Nobody was there to ask for it. */
async function recordFirstKey({ audit }: NetPulse): Promise<void> {
  const nobody = { actor: { id: '', name: '' }, source: null, device: null, host: null, job: null }
  const details = { role: 'admin', reason: 'first start' }
  await audit?.append({ action: 'key.created', ...nobody, outcome: 'succeeded', details })
}

/** With jobs in Redis the server takes requests, and workers elsewhere run them. */
const workOf = (config: Config): Work => config.worker.mode ?? (isShared(config) ? 'none' : 'all')

function apiOptions({ server, job, limits }: Config) {
  return {
    prefix: server.prefix,
    ...(server.external_url === undefined ? {} : { externalUrl: server.external_url }),
    apiKeyHeader: server.api_key_name,
    bodyLimitBytes: server.body_limit,
    trustedProxies: server.trusted_proxies,
    limits: {
      requestsPerSecond: limits.requests_per_second,
      burst: limits.burst,
      failedLoginsPerMinute: limits.failed_logins_per_minute,
      maxDevicesPerBulk: limits.devices_per_bulk,
    },
    defaults: {
      ttlSeconds: job.ttl,
      bulkTtlSeconds: job.bulk_ttl,
      executionTimeoutSeconds: job.timeout,
      resultTtlSeconds: job.result_ttl,
    },
  }
}

/** Long polls are answered at once; a request that still runs after a while loses its connection. */
async function closeHttp(app: Awaited<ReturnType<typeof createServer>>): Promise<void> {
  const cancel = systemClock.setTimer(httpCloseMs, () => app.server.closeAllConnections())
  await app.close()
  cancel()
}
