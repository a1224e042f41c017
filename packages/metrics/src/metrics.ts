import type { Observation, Observe } from '@netpulse/engine'
import { collectDefaultMetrics, Histogram, Registry } from 'prom-client'
import { observeJobs } from './job-metrics.js'
import type { MetricsSnapshot } from './merge-metrics.js'
import type { MetricDefinition } from './metric-definition.js'
import { definitionsIn } from './metric-definition.js'
import { observeSessions } from './session-metrics.js'
import { observeWebhooks } from './webhook-metrics.js'
import type { Watched } from './store-metrics.js'
import { watchStore } from './store-metrics.js'

/** A request that was answered. */
export interface HttpRequest {
  readonly method: string
  /** The route's pattern, `/jobs/:id`; empty where there is none. */
  readonly route: string
  readonly status: number
  readonly seconds: number
}

/** The metrics of one process. */
export interface Metrics {
  /** For the engine's option `observe`. */
  readonly observe: Observe
  /** For the API's hook. */
  readonly observeRequest: (request: HttpRequest) => void
  /** From now on also what the store knows. */
  watch(netpulse: Watched): void
  /** In the text format of Prometheus. */
  text(): Promise<string>
  /** Of `text`, for HTTP. */
  readonly contentType: string
  /** What is told, without values. */
  definitions(): readonly MetricDefinition[]
  /** For `mergeMetrics` in another process. */
  snapshot(): Promise<MetricsSnapshot>
}

const requestBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60]

/** Metrics that belong to whoever made them: nothing is registered for the whole process. */
export function createMetrics(): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const observers = [observeJobs(registry), observeSessions(registry), observeWebhooks(registry)]
  const requests = new Histogram({
    name: 'netpulse_http_request_seconds',
    help: 'Time to answer requests. A long poll and a stream take as long as they wait.',
    labelNames: ['method', 'route', 'status'],
    buckets: requestBuckets,
    registers: [registry],
  })
  const refreshes: (() => Promise<void>)[] = []
  const refresh = (): Promise<unknown> => Promise.all(refreshes.map((one) => one()))
  return {
    observe: (observation: Observation) => observers.forEach((observer) => observer(observation)),
    observeRequest: ({ method, route, status, seconds }) => requests.observe({ method, route, status }, seconds),
    watch: (netpulse) => void refreshes.push(watchStore(registry, netpulse)),
    text: async () => {
      await refresh()
      return registry.metrics()
    },
    contentType: registry.contentType,
    definitions: () => definitionsIn(registry),
    snapshot: async () => {
      await refresh()
      return (await registry.getMetricsAsJSON()) as MetricsSnapshot
    },
  }
}
