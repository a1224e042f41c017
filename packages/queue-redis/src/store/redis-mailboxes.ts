import type { DeviceId, Incarnation, NodeId } from '@netpulse/core'
import { asDeviceId } from '@netpulse/core'
import type { Delivery, DeviceHold, DeviceHolds, DeviceMailboxes, Lease, Leases } from '@netpulse/queue'
import { queueError } from '@netpulse/queue'
import type { Kernel } from './kernel.js'
import type { Lives } from './lives.js'
import type { RecordFields } from './record-fields.js'
import { recordOf } from './record-fields.js'

/** The devices' order on Redis. */
export class RedisMailboxes implements DeviceMailboxes {
  readonly #kernel: Kernel
  readonly #lives: Lives

  constructor(kernel: Kernel, lives: Lives) {
    this.#kernel = kernel
    this.#lives = lives
  }

  async take(lease: Lease, worker: string): Promise<Delivery | undefined> {
    const { device, incarnation, token, node } = lease
    const { requests, deliveries } = this.#kernel
    const purpose = `take ${device} ${token}`
    const answer = await requests.run(purpose, (name) =>
      this.#kernel.run('take', device, incarnation, token, worker, name),
    )
    if (answer === 'lost') throw queueError('LEASE_LOST', `Node ${node} does not hold device ${device} any more.`)
    if (answer === null) return undefined
    const record = recordOf((answer as readonly [string, RecordFields])[1])
    return deliveries.open(record, { jobId: record.id, attempt: record.attempt, incarnation, token })
  }

  onWork(incarnation: Incarnation, listener: (device: DeviceId) => void): () => void {
    return this.#lives.listen(incarnation, listener)
  }
}

/** Leases on Redis. */
export class RedisLeases implements Leases {
  readonly #kernel: Kernel

  constructor(kernel: Kernel) {
    this.#kernel = kernel
  }

  async find(device: DeviceId): Promise<Lease | undefined> {
    const answer = (await this.#kernel.run('lease', device)) as readonly [Incarnation, NodeId, string] | null
    if (answer === null) return undefined
    const [incarnation, node, token] = answer
    return { device, node, incarnation, token: Number(token) }
  }

  async heldBy(incarnation: Incarnation): Promise<readonly Lease[]> {
    const answer = (await this.#kernel.run('leasesOf', incarnation)) as readonly [DeviceId, NodeId, string][]
    return answer.map(([device, node, token]) => ({ device, node, incarnation, token: Number(token) }))
  }

  async release({ device, incarnation, token }: Lease): Promise<boolean> {
    return (await this.#kernel.run('release', device, incarnation, token)) === 1
  }
}

/** Holds on Redis. */
export class RedisHolds implements DeviceHolds {
  readonly #kernel: Kernel

  constructor(kernel: Kernel) {
    this.#kernel = kernel
  }

  async list(): Promise<readonly DeviceHold[]> {
    this.#kernel.assertOpen()
    const { commands } = this.#kernel.connections
    const stored = await this.#kernel.ask(commands.hgetall(this.#kernel.key('holds')))
    const holds = Object.entries(stored).map(([device, text]) => {
      const { reason, since } = JSON.parse(text) as { readonly reason: string; readonly since: number }
      return { device: asDeviceId(device), reason, since: new Date(since) }
    })
    return holds.sort((a, b) => a.since.getTime() - b.since.getTime() || (a.device < b.device ? -1 : 1))
  }

  async release(device: DeviceId): Promise<boolean> {
    return (await this.#kernel.run('releaseHold', device)) === 1
  }
}
