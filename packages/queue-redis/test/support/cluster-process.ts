import type { DeviceId, NewJob, NodeId } from '@netpulse/core'
import { asNodeId, newIncarnation, silentLogger } from '@netpulse/core'
import type { Consumer, Delivery, QueueBackend } from '@netpulse/queue'
import type { RedisBackendOptions, RedisOptions, RedisStore } from '../../src/index.js'
import { openRedis } from '../../src/index.js'

export const nodeA = asNodeId('node-a')

/** What one process of a cluster has: connections of its own and a backend. */
export class ClusterProcess {
  readonly store: RedisStore
  readonly backend: QueueBackend

  private constructor(store: RedisStore, backend: QueueBackend) {
    this.store = store
    this.backend = backend
  }

  static async start(options: RedisOptions, backendOptions: RedisBackendOptions = {}): Promise<ClusterProcess> {
    const store = await openRedis(options, silentLogger)
    const backend = store.backend(backendOptions)
    await backend.start()
    return new ClusterProcess(store, backend)
  }

  async node(node: NodeId = nodeA, capacity = 10_000): Promise<Consumer> {
    const incarnation = newIncarnation()
    const info = { node, incarnation, hostname: node, pid: process.pid, capacity, startedAt: new Date() }
    await this.backend.nodes.register(info, () => [])
    return { node, incarnation, worker: `${node}-worker`, concurrency: 10 }
  }

  submit(jobs: readonly NewJob[], node: NodeId = nodeA) {
    return this.backend.jobs.submit(jobs.map((job) => ({ job, nodes: [node] })))
  }

  async take(device: DeviceId): Promise<Delivery> {
    const lease = await this.backend.leases.find(device)
    return (await this.backend.mailboxes.take(lease!, 'worker'))!
  }

  async stop(): Promise<void> {
    await this.backend.stop()
    await this.store.close()
  }
}
