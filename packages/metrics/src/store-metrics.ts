import type { NetPulse } from '@netpulse/engine'
import type { Registry } from 'prom-client'
import { Gauge } from 'prom-client'

/** What is asked for at each scrape. */
export type Watched = Pick<NetPulse, 'counts' | 'workers' | 'holds'>

/**
 * What the store knows, of all processes that share it: every controller tells the same numbers. A store that does not
 * answer leaves them out, and says so. Returns what asks it, before each scrape; it never throws.
 */
export function watchStore(registry: Registry, netpulse: Watched): () => Promise<void> {
  const gauge = (name: string, help: string, labelNames: string[] = []) =>
    new Gauge({ name, help, labelNames, registers: [registry] })
  const jobs = gauge('netpulse_jobs', 'Jobs that are kept, by status: `queued` is the depth of the queue.', ['status'])
  const workers = gauge('netpulse_workers', 'Workers of all nodes.', ['type', 'state'])
  const nodes = gauge('netpulse_nodes', 'Nodes that live.')
  const capacity = gauge('netpulse_capacity_devices', 'Devices that all nodes together may hold.')
  const held = gauge(
    'netpulse_devices_held',
    'Devices whose changes wait, because nobody knows what an earlier one left.',
  )
  const up = gauge('netpulse_store_up', '1 when the store of jobs answered this scrape.')
  return async () => {
    try {
      const [counts, all, holds] = await Promise.all([netpulse.counts(), netpulse.workers(), netpulse.holds()])
      for (const [status, count] of Object.entries(counts)) jobs.set({ status }, count)
      workers.reset()
      for (const { type, state } of all) workers.inc({ type, state })
      const byNode = new Map(all.map(({ node }) => [node.node, node.capacity]))
      nodes.set(byNode.size)
      capacity.set([...byNode.values()].reduce((sum, one) => sum + one, 0))
      held.set(holds.length)
      up.set(1)
    } catch {
      for (const one of [jobs, workers, nodes, capacity, held]) one.reset()
      up.set(0)
    }
  }
}
