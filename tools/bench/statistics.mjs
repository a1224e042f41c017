/** Value below which the share `p` (0 to 1) of the samples lies. */
export function percentile(samples, p) {
  const sorted = [...samples].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(p * sorted.length))]
}

export const round = (value, digits = 2) => Number(value.toFixed(digits))

/** Milliseconds that `run` takes. */
export async function timed(run) {
  const startedAt = performance.now()
  await run()
  return performance.now() - startedAt
}

/** p50, p90 and p99 of the samples, in milliseconds. */
export const spread = (samples) => ({
  p50: round(percentile(samples, 0.5)),
  p90: round(percentile(samples, 0.9)),
  p99: round(percentile(samples, 0.99)),
  samples: samples.length,
})
