import type { Registry } from 'prom-client'

/** What a metric is. */
export interface MetricDefinition {
  readonly name: string
  readonly type: 'counter' | 'gauge' | 'histogram' | 'summary'
  readonly help: string
  readonly labels: readonly string[]
  /** Upper bounds of a histogram, in the unit of its name; the last one, infinity, is left out. */
  readonly buckets?: readonly number[]
}

/** What prom-client keeps of a metric and leaves out of its types. */
interface Registered {
  readonly name: string
  readonly help: string
  readonly labelNames?: readonly string[]
  readonly upperBounds?: readonly number[]
}

/** Every metric of a registry, whether it has values or not, by name. */
export function definitionsIn(registry: Registry): readonly MetricDefinition[] {
  const all = registry.getMetricsAsArray() as unknown as readonly Registered[]
  return all.map(definitionOf).sort((a, b) => (a.name < b.name ? -1 : 1))
}

function definitionOf(metric: Registered): MetricDefinition {
  const { name, help, labelNames = [], upperBounds } = metric
  const type = metric.constructor.name.toLowerCase() as MetricDefinition['type']
  return {
    name,
    type,
    help,
    labels: [...labelNames],
    ...(upperBounds === undefined ? {} : { buckets: [...upperBounds] }),
  }
}
