import { AggregatorRegistry } from 'prom-client'

/** The metrics of one process as data: can be sent to another process. */
export type MetricsSnapshot = readonly object[]

/** The metrics of several processes as one text: counters, histograms and gauges are added up. */
export async function mergeMetrics(snapshots: readonly MetricsSnapshot[]): Promise<string> {
  return AggregatorRegistry.aggregate(snapshots as object[]).metrics()
}
