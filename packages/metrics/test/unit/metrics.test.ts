import { describe, expect, it } from 'vitest'
import { createMetrics } from '../../src/metrics.js'
import { mergeMetrics } from '../../src/merge-metrics.js'

const job = { driver: 'cli', kind: 'query', strategy: 'pinned' } as const

/** Values of the metrics that begin so. */
async function valuesOf(text: Promise<string>, start: string): Promise<Record<string, number>> {
  const lines = (await text).split('\n').filter((line) => line.startsWith(start))
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]),
  )
}

describe('metrics', () => {
  it('count jobs by driver and outcome, with their times', async () => {
    const { observe, text } = createMetrics()
    observe({ type: 'job_started', job, waitSeconds: 0.2 })
    observe({ type: 'job_retried', job, code: 'CONNECT_TIMEOUT' })
    observe({ type: 'job_started', job, waitSeconds: 2 })
    observe({ type: 'job_ended', job, status: 'finished', outcome: 'succeeded', runSeconds: 0.02 })
    expect(await valuesOf(text(), 'netpulse_jobs_')).toEqual({
      'netpulse_jobs_started_total{driver="cli",kind="query",strategy="pinned"}': 2,
      'netpulse_jobs_ended_total{driver="cli",kind="query",status="finished",outcome="succeeded"}': 1,
      'netpulse_jobs_retried_total{driver="cli",code="CONNECT_TIMEOUT"}': 1,
    })
    const wait = await valuesOf(text(), 'netpulse_job_wait_seconds')
    expect(wait['netpulse_job_wait_seconds_sum{driver="cli",strategy="pinned"}']).toBe(2.2)
    expect(wait['netpulse_job_wait_seconds_bucket{le="0.25",driver="cli",strategy="pinned"}']).toBe(1)
    const run = await valuesOf(text(), 'netpulse_job_run_seconds')
    expect(run['netpulse_job_run_seconds_count{driver="cli",strategy="pinned"}']).toBe(1)
  })

  it('say what they are before there is a value', () => {
    const definitions = createMetrics().definitions()
    const named = (name: string) => definitions.find((one) => one.name === name)
    expect(named('netpulse_jobs_ended_total')).toEqual({
      name: 'netpulse_jobs_ended_total',
      type: 'counter',
      help: 'Jobs that ended in this process, by what came of them.',
      labels: ['driver', 'kind', 'status', 'outcome'],
    })
    expect(named('netpulse_sessions_open')).toMatchObject({ type: 'gauge', labels: ['driver'] })
    expect(named('netpulse_job_run_seconds')).toMatchObject({ type: 'histogram' })
    expect(named('netpulse_job_run_seconds')?.buckets).toContain(0.005)
    expect(named('nodejs_eventloop_lag_seconds')).toBeDefined()
    expect(definitions.map(({ name }) => name)).toEqual(definitions.map(({ name }) => name).sort())
  })

  it('count sessions: open now, opened, reused, probed, lost, refused', async () => {
    const { observe, text } = createMetrics()
    for (const seconds of [0.1, 0.2]) observe({ type: 'session_opened', driver: 'cli', seconds })
    observe({ type: 'session_refused', driver: 'cli', code: 'AUTH_FAILED', seconds: 1 })
    observe({ type: 'session_reused', driver: 'cli' })
    observe({ type: 'session_probed', driver: 'cli', answered: false })
    observe({ type: 'session_lost', driver: 'cli' })
    observe({ type: 'session_closed', driver: 'cli' })
    expect(await valuesOf(text(), 'netpulse_session')).toMatchObject({
      'netpulse_sessions_open{driver="cli"}': 1,
      'netpulse_sessions_opened_total{driver="cli"}': 2,
      'netpulse_sessions_reused_total{driver="cli"}': 1,
      'netpulse_sessions_lost_total{driver="cli"}': 1,
      'netpulse_session_open_failures_total{driver="cli",code="AUTH_FAILED"}': 1,
      'netpulse_session_probes_total{driver="cli",answered="false"}': 1,
      'netpulse_session_open_seconds_count{driver="cli"}': 3,
    })
  })

  it('tell what the store knows at each scrape, and when it does not answer', async () => {
    const metrics = createMetrics()
    const node = { node: 'n1', incarnation: 'i', hostname: 'h', pid: 1, capacity: 50, startedAt: new Date(0) }
    let up = true
    metrics.watch({
      counts: async () => {
        if (!up) throw new Error('away')
        return { queued: 7, started: 1 } as never
      },
      workers: async () => [
        { type: 'pinned', state: 'busy', node } as never,
        { type: 'pinned', state: 'idle', node } as never,
        { type: 'fifo', state: 'idle', node: { ...node, node: 'n2' } } as never,
      ],
      holds: async () => [{} as never],
    })
    const names = ['netpulse_jobs{', 'netpulse_workers', 'netpulse_nodes', 'netpulse_capacity', 'netpulse_devices_held']
    const all = async () =>
      Object.assign({}, ...(await Promise.all(names.map((name) => valuesOf(metrics.text(), name)))))
    expect(await all()).toEqual({
      'netpulse_jobs{status="queued"}': 7,
      'netpulse_jobs{status="started"}': 1,
      'netpulse_workers{type="pinned",state="busy"}': 1,
      'netpulse_workers{type="pinned",state="idle"}': 1,
      'netpulse_workers{type="fifo",state="idle"}': 1,
      netpulse_nodes: 2,
      netpulse_capacity_devices: 100,
      netpulse_devices_held: 1,
    })
    up = false
    expect(await valuesOf(metrics.text(), 'netpulse_store_up')).toEqual({ netpulse_store_up: 0 })
    expect(await valuesOf(metrics.text(), 'netpulse_jobs{')).toEqual({})
  })

  it('count webhooks by how the attempt ended', async () => {
    const { observe, text } = createMetrics()
    for (const outcome of ['retried', 'delivered', 'delivered'] as const)
      observe({ type: 'webhook_attempted', outcome })
    expect(await valuesOf(text(), 'netpulse_webhook_attempts_total')).toEqual({
      'netpulse_webhook_attempts_total{outcome="retried"}': 1,
      'netpulse_webhook_attempts_total{outcome="delivered"}': 2,
    })
  })

  it('show the lag of the event loop and the requests', async () => {
    const { observeRequest, text } = createMetrics()
    observeRequest({ method: 'GET', route: '/jobs/:id', status: 200, seconds: 0.004 })
    const label = 'method="GET",route="/jobs/:id",status="200"'
    const requests = await valuesOf(text(), 'netpulse_http_request_seconds')
    expect(requests[`netpulse_http_request_seconds_bucket{le="0.005",${label}}`]).toBe(1)
    expect(await text()).toContain('nodejs_eventloop_lag_p99_seconds')
  })

  it('of several processes are added up', async () => {
    const processes = [createMetrics(), createMetrics()]
    for (const { observe } of processes) observe({ type: 'session_opened', driver: 'cli', seconds: 0.1 })
    const snapshots = await Promise.all(processes.map((one) => one.snapshot()))
    const text = mergeMetrics(JSON.parse(JSON.stringify(snapshots)) as typeof snapshots)
    expect(await valuesOf(text, 'netpulse_sessions_open{')).toEqual({ 'netpulse_sessions_open{driver="cli"}': 2 })
  })
})
