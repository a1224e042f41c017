import { isNetPulseError, silentLogger, systemClock } from '@netpulse/core'
import type {
  DeviceHolds,
  DeviceMailboxes,
  JobStore,
  Leases,
  NodeCommands,
  NodeRegistry,
  QueueBackend,
} from '../backend.js'
import type { AuditLog } from '../audit-log.js'
import { auditLimits } from '../audit-log.js'
import type { Outbox } from '../outbox.js'
import type { TaskRegistry } from '../tasks.js'
import { outboxLimits } from '../outbox.js'
import { queueError } from '../errors.js'
import type { Database } from './database.js'
import { openFileDatabase, openMemoryDatabase } from './database.js'
import { lockFolder } from './folder-lock.js'
import { Housekeeping } from './housekeeping.js'
import { InProcessAudit } from './in-process-audit.js'
import { InProcessCommands } from './in-process-commands.js'
import { InProcessJobs } from './in-process-jobs.js'
import { InProcessHolds, InProcessLeases, InProcessMailboxes } from './in-process-mailboxes.js'
import { InProcessNodes } from './in-process-nodes.js'
import { InProcessOutbox } from './in-process-outbox.js'
import { InProcessTasks } from './in-process-tasks.js'
import { InProcessWork } from './in-process-work.js'
import { Kernel } from './kernel.js'
import { KernelSlot } from './kernel-slot.js'
import type { InProcessOptions, InProcessSettings } from './options.js'
import { prepareSchema } from './schema.js'

/** A store that is open. */
interface Opened {
  readonly kernel: Kernel
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
  outbox: { ...outboxLimits, ...options.outbox },
  audit: { ...auditLimits, ...options.audit },
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
  readonly #slot = new KernelSlot()
  readonly jobs: JobStore = new InProcessJobs(this.#slot)
  readonly work = new InProcessWork(this.#slot)
  readonly mailboxes: DeviceMailboxes = new InProcessMailboxes(this.#slot)
  readonly leases: Leases = new InProcessLeases(this.#slot)
  readonly nodes: NodeRegistry = new InProcessNodes(this.#slot)
  readonly holds: DeviceHolds = new InProcessHolds(this.#slot)
  readonly commands: NodeCommands = new InProcessCommands(this.#slot)
  readonly outbox: Outbox = new InProcessOutbox(this.#slot)
  readonly audit: AuditLog = new InProcessAudit(this.#slot)
  readonly tasks: TaskRegistry = new InProcessTasks(this.#slot)
  #starting: Promise<Opened> | undefined
  #stopping: Promise<void> | undefined

  constructor(settings: InProcessSettings) {
    this.#settings = settings
  }

  async start(): Promise<void> {
    if (this.#stopping !== undefined)
      throw queueError('STORE_UNAVAILABLE', 'A stopped queue backend cannot start again.')
    this.#starting ??= openStore(this.#settings, () => this.work.pump())
    try {
      this.#slot.fill((await this.#starting).kernel)
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
}

async function openStore(settings: InProcessSettings, pump: () => void): Promise<Opened> {
  const isMemory = settings.store === 'memory:'
  const unlock = isMemory ? (): void => undefined : lockFolder(settings.store)
  let db: Database | undefined
  try {
    db = isMemory ? openMemoryDatabase() : await openFileDatabase(settings.store, settings.durability)
    await prepareSchema(db, settings.store)
    return { kernel: await openKernel(settings, db, pump), unlock }
  } catch (error) {
    await db?.close()
    unlock()
    throw asStoreError(error, settings.store)
  }
}

async function openKernel(settings: InProcessSettings, db: Database, pump: () => void): Promise<Kernel> {
  const kernel: Kernel = new Kernel(settings, db, {
    due: () => housekeeping.due(),
    purge: () => housekeeping.purge(),
    work: pump,
  })
  const housekeeping = new Housekeeping(kernel)
  await db.write("UPDATE meta SET value = value + 1 WHERE name = 'epoch'")
  kernel.lives.startEpoch(Number(db.read("SELECT value FROM meta WHERE name = 'epoch'")[0]!['value']))
  await kernel.load()
  return kernel
}

/** Errors of ours pass; what the database says becomes one of ours. */
function asStoreError(error: unknown, store: string): unknown {
  if (isNetPulseError(error)) return error
  const reason = error instanceof Error ? error.message : String(error)
  return queueError('STORE_UNAVAILABLE', `The job store ${store} cannot be opened: ${reason}`, { cause: error })
}
