import { isNetPulseError, silentLogger, systemClock } from '@netpulse/core'
import type {
  DeviceHolds,
  DeviceMailboxes,
  JobStore,
  Leases,
  NodeRegistry,
  QueueBackend,
  WorkQueue,
} from '../backend.js'
import { queueError } from '../errors.js'
import type { Database } from './database.js'
import { openFileDatabase, openMemoryDatabase } from './database.js'
import { lockFolder } from './folder-lock.js'
import { Housekeeping } from './housekeeping.js'
import { InProcessJobs } from './in-process-jobs.js'
import { InProcessHolds, InProcessLeases, InProcessMailboxes } from './in-process-mailboxes.js'
import { InProcessNodes } from './in-process-nodes.js'
import { InProcessWork } from './in-process-work.js'
import { Kernel } from './kernel.js'
import type { InProcessOptions, InProcessSettings } from './options.js'
import { prepareSchema } from './schema.js'

/** The parts of a backend that is open. */
interface Parts {
  readonly kernel: Kernel
  readonly jobs: JobStore
  readonly work: WorkQueue
  readonly mailboxes: DeviceMailboxes
  readonly leases: Leases
  readonly nodes: NodeRegistry
  readonly holds: DeviceHolds
  readonly unlock: () => void
}

const settingsOf = (options: InProcessOptions): InProcessSettings => ({
  store: options.store,
  clock: options.clock ?? systemClock,
  logger: options.logger ?? silentLogger,
  limits: { maxQueuedPerDevice: 10_000, maxQueued: 1_000_000, retryAfterSeconds: 5, ...options.limits },
  leaseTtlMs: options.leaseTtlMs ?? 15_000,
  durability: options.durability ?? 'normal',
  maxEvents: options.maxEvents ?? 500_000,
})

/**
 * Jobs, order, leases and events in one process: an SQLite file, or memory. What is waiting or running is kept in
 * memory too, so that no step looks at all jobs; changes are committed in groups, and a promise resolves with its commit.
 */
export function createInProcessBackend(options: InProcessOptions): QueueBackend {
  return new InProcessBackend(settingsOf(options))
}

class InProcessBackend implements QueueBackend {
  readonly #settings: InProcessSettings
  #starting: Promise<Parts> | undefined
  #stopping: Promise<void> | undefined
  #parts: Parts | undefined

  constructor(settings: InProcessSettings) {
    this.#settings = settings
  }

  get jobs(): JobStore {
    return this.#open.jobs
  }

  get work(): WorkQueue {
    return this.#open.work
  }

  get mailboxes(): DeviceMailboxes {
    return this.#open.mailboxes
  }

  get leases(): Leases {
    return this.#open.leases
  }

  get nodes(): NodeRegistry {
    return this.#open.nodes
  }

  get holds(): DeviceHolds {
    return this.#open.holds
  }

  async start(): Promise<void> {
    if (this.#stopping !== undefined)
      throw queueError('STORE_UNAVAILABLE', 'A stopped queue backend cannot start again.')
    this.#starting ??= openParts(this.#settings)
    try {
      this.#parts = await this.#starting
    } catch (error) {
      this.#starting = undefined
      throw error
    }
  }

  stop(): Promise<void> {
    if (this.#starting === undefined) return Promise.resolve()
    this.#stopping ??= this.#starting.then(async ({ kernel, unlock }) => {
      await kernel.close()
      unlock()
    })
    return this.#stopping
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop()
  }

  get #open(): Parts {
    if (this.#parts === undefined) throw queueError('STORE_UNAVAILABLE', 'The queue backend was not started.')
    return this.#parts
  }
}

async function openParts(settings: InProcessSettings): Promise<Parts> {
  const isMemory = settings.store === 'memory:'
  const unlock = isMemory ? (): void => undefined : lockFolder(settings.store)
  let db: Database | undefined
  try {
    db = isMemory ? openMemoryDatabase() : await openFileDatabase(settings.store, settings.durability)
    await prepareSchema(db, settings.store)
    return await wire(settings, db, unlock)
  } catch (error) {
    await db?.close()
    unlock()
    throw asStoreError(error, settings.store)
  }
}

async function wire(settings: InProcessSettings, db: Database, unlock: () => void): Promise<Parts> {
  const kernel: Kernel = new Kernel(settings, db, {
    due: () => housekeeping.due(),
    purge: () => housekeeping.purge(),
    work: () => work.pump(),
  })
  const housekeeping = new Housekeeping(kernel)
  const work = new InProcessWork(kernel)
  await db.write("UPDATE meta SET value = value + 1 WHERE name = 'epoch'")
  kernel.lives.startEpoch(Number(db.read("SELECT value FROM meta WHERE name = 'epoch'")[0]!['value']))
  await kernel.load()
  return {
    kernel,
    jobs: new InProcessJobs(kernel),
    work,
    mailboxes: new InProcessMailboxes(kernel),
    leases: new InProcessLeases(kernel),
    nodes: new InProcessNodes(kernel),
    holds: new InProcessHolds(kernel),
    unlock,
  }
}

/** Errors of ours pass; what the database says becomes one of ours. */
function asStoreError(error: unknown, store: string): unknown {
  if (isNetPulseError(error)) return error
  const reason = error instanceof Error ? error.message : String(error)
  return queueError('STORE_UNAVAILABLE', `The job store ${store} cannot be opened: ${reason}`, { cause: error })
}
