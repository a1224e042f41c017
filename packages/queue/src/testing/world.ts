import type { DeviceId, Incarnation, JobEvent, JobId, JobRecord, NewJob, NodeId } from '@netpulse/core'
import { asDeviceId, asNodeId, newIncarnation, newJobId } from '@netpulse/core'
import { expect } from 'vitest'
import type { AuditLimits } from '../audit-log.js'
import type { Claim, Consumer, Delivery, Ending, Lease, NodeInfo, QueueBackend, SubmitOutcome } from '../backend.js'

/** A started backend as the contract suite drives it. */
export interface BackendUnderTest {
  readonly backend: QueueBackend
  /**
   * Lets time pass for the backend, and what falls due happen. A fake clock moves at once; a backend with a clock of its
   * own waits.
   */
  advance(byMs: number): Promise<void>
  /** The backend's present time. */
  now(): Date
  /**
   * What a new process finds that opens the same store: the backend before is stopped without a drain, or was killed.
   * Present exactly where the backend is durable.
   */
  reopen?(): Promise<BackendUnderTest>
  /** Stops the backend and removes what it left. Idempotent. */
  dispose(): Promise<void>
}

/** Limits that the suite asks a backend to be made with. */
export interface BackendLimits {
  readonly maxQueuedPerDevice: number
  readonly maxQueued: number
  readonly leaseTtlMs: number
  /** Of the audit record. @defaultValue the backend's own */
  readonly audit?: AuditLimits
}

/** Makes a started backend with an empty store. */
export type MakeBackend = (limits: BackendLimits) => Promise<BackendUnderTest>

export const generousLimits: BackendLimits = { maxQueuedPerDevice: 10_000, maxQueued: 1_000_000, leaseTtlMs: 15_000 }

/** Limits with an audit record that is short. */
export const fewAuditEntries: BackendLimits = { ...generousLimits, audit: { retentionMs: 600_000, maxEntries: 40 } }

/** What a test may say about a job; all else is filled in. */
export type JobWish = Partial<NewJob> & {
  readonly device?: string
  readonly driver?: string
  /** From now. Seconds. @defaultValue 300 */
  readonly ttlSeconds?: number
}

export const nodeA = asNodeId('node-a')
export const nodeB = asNodeId('node-b')

/** The right ending of a job that went well. */
export const success: Ending = { status: 'finished', outcome: 'succeeded', result: { results: [] } }

/** An ending after which nobody knows the device's state. */
export const unknownEnding: Ending = {
  status: 'failed',
  outcome: 'unknown',
  result: { results: [] },
  holdDevice: 'contact lost',
}

export const lostError = { code: 'SESSION_LOST', kind: 'unavailable', message: 'lost', retryable: true } as const

/** A query for device r1 over a pinned session, but for what the wish says. */
export function sampleJob(wish: JobWish = {}, createdAt = new Date()): NewJob {
  const { device = 'r1', driver = 'cli', ttlSeconds = 300, ...rest } = wish
  return {
    id: newJobId(),
    kind: 'query',
    strategy: 'pinned',
    request: {
      driver,
      device: { id: asDeviceId(device), host: device, port: 22 },
      operation: { type: 'command', commands: ['show version'] },
      sealedConnection: 'sealed',
      driverOptions: {},
      switches: {},
      transcript: false,
      executionTimeoutSeconds: 60,
    },
    createdAt,
    expiresAt: new Date(createdAt.getTime() + ttlSeconds * 1000),
    resultTtlSeconds: 600,
    maxAttempts: 3,
    tags: [],
    owner: 'key-1',
    ...rest,
  }
}

/** A backend with the shorthands that tests need. */
export class World {
  #test: BackendUnderTest
  readonly #alive = new Set<Incarnation>()
  readonly #heartbeatMs: number

  constructor(test: BackendUnderTest, limits: BackendLimits) {
    this.#test = test
    this.#heartbeatMs = Math.floor(limits.leaseTtlMs / 3)
  }

  get backend(): QueueBackend {
    return this.#test.backend
  }

  now(): Date {
    return this.#test.now()
  }

  /** Lets time pass while the nodes of this world stay alive. */
  async advance(byMs: number): Promise<void> {
    for (let left = byMs; left > 0; left -= this.#heartbeatMs) {
      await this.#test.advance(Math.min(left, this.#heartbeatMs))
      for (const incarnation of this.#alive) await this.backend.nodes.heartbeat(incarnation)
    }
  }

  /** Lets time pass in silence: nobody sends a heartbeat. */
  advanceSilently(byMs: number): Promise<void> {
    return this.#test.advance(byMs)
  }

  /** A new process on the same store. */
  async reopen(): Promise<void> {
    this.#alive.clear()
    this.#test = await this.#test.reopen!()
  }

  dispose(): Promise<void> {
    return this.#test.dispose()
  }

  /** Registers a life of a node. */
  async node(node: NodeId = nodeA, capacity = 100): Promise<Consumer> {
    const incarnation = newIncarnation()
    const info: NodeInfo = { node, incarnation, hostname: node, pid: 1, capacity, startedAt: this.now() }
    await this.backend.nodes.register(info, () => [])
    this.#alive.add(incarnation)
    return { node, incarnation, worker: `${node}-worker`, concurrency: 10 }
  }

  /** The node sends no further heartbeat. */
  silence({ incarnation }: Consumer): void {
    this.#alive.delete(incarnation)
  }

  job(wish: JobWish = {}): NewJob {
    return sampleJob(wish, this.now())
  }

  /** Submits jobs for node A, in one call, all of which are stored. */
  async submit(...wishes: readonly JobWish[]): Promise<readonly JobRecord[]> {
    const outcomes = await this.offer(wishes.map((wish) => this.job(wish)))
    expect(outcomes.map(({ state }) => state)).toEqual(wishes.map(() => 'stored'))
    return outcomes.flatMap((outcome) => ('job' in outcome ? [outcome.job] : []))
  }

  async submitOne(wish: JobWish = {}): Promise<JobRecord> {
    return (await this.submit(wish))[0]!
  }

  offer(jobs: readonly NewJob[], nodes: readonly NodeId[] = [nodeA]): Promise<readonly SubmitOutcome[]> {
    return this.backend.jobs.submit(jobs.map((job) => ({ job, nodes })))
  }

  async lease(device = 'r1'): Promise<Lease> {
    const lease = await this.backend.leases.find(asDeviceId(device))
    expect(lease, `device ${device} is held`).toBeDefined()
    return lease!
  }

  /** The next delivery of a device; fails when there is none. */
  async take(device = 'r1'): Promise<Delivery> {
    const delivery = await this.tryTake(device)
    expect(delivery, `device ${device} has a job to take`).toBeDefined()
    return delivery!
  }

  async tryTake(device = 'r1'): Promise<Delivery | undefined> {
    return this.backend.mailboxes.take(await this.lease(device), 'worker')
  }

  finish(claim: Claim, ending: Ending = success): Promise<JobRecord> {
    return this.backend.jobs.finish(claim, ending)
  }

  async get(id: JobId): Promise<JobRecord> {
    const record = await this.backend.jobs.find(id)
    expect(record, `job ${id} is stored`).toBeDefined()
    return record!
  }

  /** Takes and finishes what the device has, until nothing can be taken. The jobs in the order of their turns. */
  async drainDevice(device = 'r1'): Promise<readonly JobId[]> {
    const taken: JobId[] = []
    for (let next = await this.tryTake(device); next !== undefined; next = await this.tryTake(device)) {
      taken.push(next.job.id)
      await this.finish(next.claim)
    }
    return taken
  }

  ended(id: JobId): Promise<JobRecord> {
    return this.backend.jobs.ended(id, testSignal())
  }

  /** All events of an ended job. */
  async eventsOf(jobId: JobId): Promise<readonly JobEvent[]> {
    const events: JobEvent[] = []
    for await (const event of this.backend.jobs.events({ jobId, signal: testSignal() })) events.push(event)
    return events
  }

  /** Resolves with the next device that the holder is told about. */
  nextWork({ incarnation }: Consumer): Promise<DeviceId> {
    return new Promise((resolve) => {
      const leave = this.backend.mailboxes.onWork(incarnation, (device) => {
        leave()
        resolve(device)
      })
    })
  }
}

/** A limit for one wait of a test: reached only when the backend is broken. */
export const testSignal = (): AbortSignal => AbortSignal.timeout(10_000)

/** Resolves when the signal is aborted, with its reason. */
export function aborted(signal: AbortSignal): Promise<unknown> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(signal.reason)
    else signal.addEventListener('abort', () => resolve(signal.reason))
  })
}

/** The next events of a stream. */
export async function take<Item>(stream: AsyncIterator<Item>, count: number): Promise<readonly Item[]> {
  const items: Item[] = []
  while (items.length < count) {
    const next = await stream.next()
    if (next.done === true) break
    items.push(next.value)
  }
  return items
}

export const idsOf = (jobs: readonly JobRecord[]): readonly JobId[] => jobs.map(({ id }) => id)
