import { readFile } from 'node:fs/promises'
import type { Clock, JsonSchema, Logger } from '@netpulse/core'
import { silentLogger, systemClock } from '@netpulse/core'
import type { NetPulse } from '@netpulse/engine'
import type { FastifyInstance } from 'fastify'
import { AllowedMethods } from './allowed-methods.js'
import type { ApiContext } from './api-context.js'
import { requireKey, requireScope } from './authentication.js'
import { documentRoutes, serveDocument } from './documentation.js'
import { driverComponents, switchesOf } from './driver-schemas.js'
import { fileUrls } from './files/file-urls.js'
import { createErrorHandler, notFound } from './error-handler.js'
import { takeJsonOnly } from './json-parser.js'
import type { ApiKeyStore } from './keys/api-key-store.js'
import { AddressLimit } from './limits/address-limit.js'
import type { RequestLimits } from './limits/request-limits.js'
import { standardLimits } from './limits/request-limits.js'
import { limitRequests } from './limits/rate-limit.js'
import { OpenRequests } from './open-requests.js'
import type { Authenticate } from './principal.js'
import { auditHeadRoute, exportAuditRoute, listAuditRoute } from './routes/audit.js'
import { cancelJobsRoute } from './routes/cancel-jobs.js'
import { credentialTestRoute } from './routes/credential-test.js'
import { deviceBulkRoute } from './routes/device-bulk.js'
import { deviceExecRoute } from './routes/device-exec.js'
import { clearTasksRoute, listTasksRoute } from './routes/detached-tasks.js'
import { discoverTasksRoute } from './routes/discover-tasks.js'
import { deviceTestRoute } from './routes/device-test.js'
import { eventsRoute, jobEventsRoute } from './routes/events.js'
import { healthRoute } from './routes/health.js'
import { listHeldDevicesRoute, releaseHeldDeviceRoute } from './routes/held-devices.js'
import { forgetHostKeyRoute, listHostKeysRoute, pinHostKeyRoute } from './routes/host-keys.js'
import { createKeyRoute, listKeysRoute, readKeyRoute, revokeKeyRoute, rotateKeyRoute } from './routes/keys.js'
import { listJobsRoute } from './routes/list-jobs.js'
import { cancelJobRoute, readJobRoute } from './routes/one-job.js'
import { killTaskRoute, readTaskRoute } from './routes/one-task.js'
import type { ApiMetrics } from './routes/metrics.js'
import { endLoginPauseRoute, listLoginPausesRoute } from './routes/login-pauses.js'
import { metricsRoute, observeRequests } from './routes/metrics.js'
import { probeRoutes } from './routes/probes.js'
import { storageFetchRoute } from './routes/storage-fetch.js'
import { removeFileRoute, uploadFileRoute } from './routes/storage-files.js'
import { systemStatsRoute } from './routes/system-stats.js'
import { jobDeliveriesRoute, listDeadDeliveriesRoute, replayDeliveryRoute } from './routes/webhook-deliveries.js'
import { endWorkerRoute, endWorkersRoute, workersRoute } from './routes/workers.js'
import { takeUploads } from './uploads/take-uploads.js'
import type { RequestDefaults } from './schemas/request-schemas.js'
import { validatorCompiler } from './validation.js'
import { timestampFormat } from './wire/timestamps.js'

/** How to serve the API. */
export interface NetPulseApiOptions {
  /** What runs the jobs. The API does not close it. */
  readonly netpulse: NetPulse
  /** Whose API key a request came with. */
  readonly authenticate: Authenticate
  /** The keys, for `/keys`. @defaultValue none: `/keys` answers NOT_AVAILABLE */
  readonly keys?: ApiKeyStore
  /** How much one caller may ask for. */
  readonly limits?: Partial<RequestLimits>
  /** Header of the API key; `Authorization: Bearer` is always taken too. @defaultValue `X-API-KEY` */
  readonly apiKeyHeader?: string
  /** Longest body. Bytes, 1024 and more. @defaultValue 10 MiB */
  readonly bodyLimitBytes?: number
  /** What jobs get that do not say. Seconds. @defaultValue ttl 300, bulk ttl 600, execution timeout 300, result ttl 300 */
  readonly defaults?: Partial<RequestDefaults>
  /**
   * Where clients reach the API, with its prefix: begins the URLs of files.
   * @defaultValue where the request went, by its `Host`
   */
  readonly externalUrl?: string
  /** IANA time zone of the instants in answers. @defaultValue UTC */
  readonly timeZone?: string
  /** Serve `/openapi.json`, `/docs` and `/llms.txt`, all without a key. @defaultValue true */
  readonly documentation?: boolean
  /** Serve `/metrics`, and tell of every answer. @defaultValue none */
  readonly metrics?: ApiMetrics
  /** @defaultValue drops everything */
  readonly logger?: Logger
  /** @defaultValue the system's clock */
  readonly clock?: Clock
}

const standardDefaults: RequestDefaults = {
  ttlSeconds: 300,
  bulkTtlSeconds: 600,
  executionTimeoutSeconds: 300,
  resultTtlSeconds: 300,
}

const routes = [
  deviceExecRoute,
  deviceBulkRoute,
  deviceTestRoute,
  credentialTestRoute,
  listJobsRoute,
  readJobRoute,
  jobEventsRoute,
  eventsRoute,
  cancelJobRoute,
  cancelJobsRoute,
  listTasksRoute,
  readTaskRoute,
  killTaskRoute,
  clearTasksRoute,
  discoverTasksRoute,
  workersRoute,
  endWorkerRoute,
  endWorkersRoute,
  listHeldDevicesRoute,
  releaseHeldDeviceRoute,
  listLoginPausesRoute,
  endLoginPauseRoute,
  listHostKeysRoute,
  pinHostKeyRoute,
  forgetHostKeyRoute,
  jobDeliveriesRoute,
  listDeadDeliveriesRoute,
  replayDeliveryRoute,
  storageFetchRoute,
  uploadFileRoute,
  removeFileRoute,
  healthRoute,
  systemStatsRoute,
  metricsRoute,
  createKeyRoute,
  listKeysRoute,
  readKeyRoute,
  rotateKeyRoute,
  revokeKeyRoute,
  listAuditRoute,
  exportAuditRoute,
  auditHeadRoute,
]

/**
 * The HTTP API as a fastify plugin. Everything it sets (errors, parsers, checks, keys) stays within it, so that it can
 * be registered under a prefix in any application.
 */
export async function netpulseApi(app: FastifyInstance, options: NetPulseApiOptions): Promise<void> {
  const drivers = await options.netpulse.drivers()
  const context = contextOf(options, switchesOf(drivers), app.prefix)
  prepare(app, options, context)
  if (options.documentation ?? true) {
    const { apiKeyHeader = 'X-API-KEY' } = options
    await documentRoutes(app, {
      version: await ownVersion(),
      apiKeyHeader,
      components: driverComponents(drivers),
    })
    await app.register(serveDocument, { apiKeyHeader })
  }
  probeRoutes(app, context)
  await app.register((secured: FastifyInstance) => {
    secure(secured, options)
    const allowed = new AllowedMethods()
    allowed.watch(secured)
    for (const route of routes) route(secured, context)
    allowed.refuseOthers(secured)
    return Promise.resolve()
  })
}

/** Who it is, how fast, and whether it may: in this order, so that refused requests count too. */
function secure(app: FastifyInstance, options: NetPulseApiOptions): void {
  const { authenticate, apiKeyHeader: headerName = 'X-API-KEY', clock = systemClock } = options
  const limits = { ...standardLimits, ...options.limits }
  const failures = new AddressLimit(limits.failedLoginsPerMinute, clock)
  requireKey(app, { authenticate, headerName, failures })
  limitRequests(app, { perSecond: limits.requestsPerSecond, burst: limits.burst }, clock)
  requireScope(app)
}

/** The document's version is that of this package. */
async function ownVersion(): Promise<string> {
  const text = await readFile(new URL('../package.json', import.meta.url), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}

function contextOf(options: NetPulseApiOptions, switches: ApiContext['switches'], prefix: string): ApiContext {
  const clock = options.clock ?? systemClock
  const { externalUrl, netpulse } = options
  return {
    netpulse: options.netpulse,
    open: new OpenRequests(options.netpulse),
    timestamp: timestampFormat(options.timeZone),
    urlsFor: fileUrls({ storage: netpulse.storage, externalUrl, prefix, clock }),
    defaults: { ...standardDefaults, ...options.defaults },
    switches,
    switchNames: Object.keys(switches),
    bodyLimitBytes: options.bodyLimitBytes ?? 10 * 1024 * 1024,
    clock,
    metrics: options.metrics,
    ...(options.keys === undefined ? {} : { keys: options.keys }),
    maxDevicesPerBulk: options.limits?.maxDevicesPerBulk ?? standardLimits.maxDevicesPerBulk,
  }
}

function prepare(app: FastifyInstance, options: NetPulseApiOptions, context: ApiContext): void {
  const { open, metrics, bodyLimitBytes, maxDevicesPerBulk, clock, netpulse } = context
  if (metrics !== undefined) observeRequests(app, metrics)
  app.decorateRequest('netpulsePrincipal', null)
  app.setErrorHandler(createErrorHandler(options.logger ?? silentLogger))
  app.setValidatorCompiler<JsonSchema>(validatorCompiler)
  if (app.prefix !== '') app.setNotFoundHandler(notFound)
  takeJsonOnly(app, maxDevicesPerBulk)
  takeUploads(app, { storage: netpulse.storage, bodyLimitBytes, maxDevicesPerBulk, clock })
  app.addHook('onRequest', (_request, reply, done) => {
    reply.headers({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' })
    done()
  })
  app.addHook('preClose', (done) => {
    open.release()
    done()
  })
}
