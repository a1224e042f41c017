export { createMetrics } from './metrics.js'
export type { HttpRequest, Metrics } from './metrics.js'
export { mergeMetrics } from './merge-metrics.js'
export type { MetricsSnapshot } from './merge-metrics.js'
