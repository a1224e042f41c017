import type { CredentialReference, DeviceId, JobEvent, JobId, JobRecord, JobStatus } from '@netpulse/core'
import { coreError } from '@netpulse/core'
import type { CredentialInspection, CredentialResolver } from '@netpulse/credentials'
import type { DriverManifest, HostKeyStore } from '@netpulse/driver-sdk'
import type {
  AuditLog,
  CancelOutcome,
  DeviceHold,
  EventQuery,
  JobFilter,
  Page,
  PageRequest,
  QueueBackend,
  WebhookDelivery,
} from '@netpulse/queue'
import { queueError } from '@netpulse/queue'
import type { SharedRecords } from '@netpulse/queue-redis'
import type { Storage } from '@netpulse/storage'
import type { Clock } from '@netpulse/core'
import type { ConnectionTester } from './connection-test.js'
import { engineError } from './errors.js'
import type {
  BulkOutcome,
  ConnectionTest,
  ConnectionTestRequest,
  NetPulse,
  SubmitOptions,
  SubmitRequest,
  WorkerInfo,
} from './netpulse.js'
import type { LoginPause, LoginPauses } from './logins/login-pauses.js'
import { stagedFileOf } from './run/staged-file-of.js'
import type { DriverCatalog } from './submit/driver-catalog.js'
import type { Submitter } from './submit/submitter.js'
import type { TaskKeeper } from './tasks/task-keeper.js'
import type { Tasks } from './tasks/tasks.js'
import { toJson } from './work/node-command.js'
import type { EngineWebhooks } from './webhooks/engine-webhooks.js'
import type { Workforce } from './work/workforce.js'

export interface EngineParts {
  readonly backend: QueueBackend
  readonly catalog: DriverCatalog
  readonly submitter: Submitter
  readonly tester: ConnectionTester
  readonly credentials: CredentialResolver
  readonly workforce: Workforce
  readonly webhooks: EngineWebhooks
  readonly pauses: LoginPauses
  readonly audit: AuditLog | undefined
  readonly hostKeys: HostKeyStore
  readonly tasks: Tasks
  readonly keeper: TaskKeeper
  readonly clock: Clock
  readonly closeStore: () => Promise<void>
  readonly records?: (collection: string) => SharedRecords
  readonly storage?: Storage
}

/** The public face: hands each call to the part that does it. */
export class Engine implements NetPulse {
  readonly hostKeys: HostKeyStore
  readonly audit: AuditLog | undefined
  readonly tasks: Tasks
  readonly #parts: EngineParts
  #closing: Promise<void> | undefined

  constructor(parts: EngineParts) {
    this.#parts = parts
    this.hostKeys = parts.hostKeys
    this.audit = parts.audit
    this.tasks = parts.tasks
  }

  async submit(request: SubmitRequest, options?: SubmitOptions): Promise<JobRecord> {
    this.#assertOpen()
    return this.#parts.submitter.submit(request, options)
  }

  async submitMany(requests: readonly SubmitRequest[], options?: SubmitOptions): Promise<readonly BulkOutcome[]> {
    this.#assertOpen()
    return this.#parts.submitter.submitMany(requests, options)
  }

  async get(id: JobId): Promise<JobRecord> {
    const job = await this.find(id)
    if (job === undefined) throw queueError('JOB_NOT_FOUND', `Job ${id} not found`)
    return job
  }

  find(id: JobId): Promise<JobRecord | undefined> {
    return this.#parts.backend.jobs.find(id)
  }

  list(filter: JobFilter, page: PageRequest): Promise<Page<JobRecord>> {
    return this.#parts.backend.jobs.list(filter, page)
  }

  async wait(
    id: JobId,
    { timeoutMs, signal }: { readonly timeoutMs?: number; readonly signal?: AbortSignal } = {},
  ): Promise<JobRecord> {
    signal?.throwIfAborted()
    const controller = new AbortController()
    const onAbort = (): void => controller.abort(signal?.reason)
    signal?.addEventListener('abort', onAbort, { once: true })
    let late = false
    const onLate = (): void => {
      late = true
      controller.abort(coreError('ABORTED', `Job ${id} has not ended yet.`))
    }
    const cancelTimer = timeoutMs === undefined ? undefined : this.#parts.clock.setTimer(timeoutMs, onLate)
    try {
      return await this.#parts.backend.jobs.ended(id, controller.signal)
    } catch (error) {
      if (!late || error !== controller.signal.reason) throw error
      return await this.get(id)
    } finally {
      cancelTimer?.()
      signal?.removeEventListener('abort', onAbort)
    }
  }

  async cancel(id: JobId): Promise<CancelOutcome> {
    const outcome = await this.#parts.backend.jobs.cancel(id)
    if (outcome === 'canceled') await this.#releaseFile(id)
    return outcome
  }

  /** A job that never ran leaves its file behind. */
  async #releaseFile(id: JobId): Promise<void> {
    const { storage } = this.#parts
    const job = storage === undefined ? undefined : await this.find(id)
    const file = job === undefined ? undefined : stagedFileOf(job)
    if (file !== undefined) await storage?.staged.release(file, id)
  }

  get storage(): Storage | undefined {
    return this.#parts.storage
  }

  events(query: EventQuery): AsyncIterable<JobEvent> {
    return this.#parts.backend.jobs.events(query)
  }

  counts(): Promise<Readonly<Record<JobStatus, number>>> {
    return this.#parts.backend.jobs.counts()
  }

  async testConnection(request: ConnectionTestRequest, signal?: AbortSignal): Promise<ConnectionTest> {
    this.#assertOpen()
    return this.#parts.tester.test(request, signal)
  }

  async testCredential(reference: CredentialReference, signal?: AbortSignal): Promise<CredentialInspection> {
    this.#assertOpen()
    return this.#parts.credentials.inspect(reference, signal ?? new AbortController().signal)
  }

  async workers(): Promise<readonly WorkerInfo[]> {
    const nodes = await this.#parts.backend.nodes.list()
    return nodes.flatMap(({ workers, lastHeartbeatAt, pinned: _, ...node }) =>
      workers.map((worker) => ({ ...worker, node, lastHeartbeatAt })),
    )
  }

  async endWorker(name: string): Promise<boolean> {
    const worker = (await this.workers()).find((one) => one.name === name)
    if (worker === undefined) return false
    await this.#parts.backend.commands.send(worker.node.node, toJson({ type: 'end_worker', name }))
    return true
  }

  holds(): Promise<readonly DeviceHold[]> {
    return this.#parts.backend.holds.list()
  }

  releaseHold(device: DeviceId): Promise<boolean> {
    return this.#parts.backend.holds.release(device)
  }

  loginPauses(): Promise<readonly LoginPause[]> {
    return this.#parts.pauses.list()
  }

  endLoginPause(id: string): Promise<LoginPause | undefined> {
    return this.#parts.pauses.end(id)
  }

  async deliveries(id: JobId): Promise<readonly WebhookDelivery[]> {
    await this.get(id)
    return this.#parts.backend.outbox.ofJob(id)
  }

  deadDeliveries(page: PageRequest): Promise<Page<WebhookDelivery>> {
    return this.#parts.backend.outbox.dead(page)
  }

  replayDelivery(id: string): Promise<WebhookDelivery | undefined> {
    return this.#parts.backend.outbox.replay(id)
  }

  async drivers(): Promise<readonly DriverManifest[]> {
    return this.#parts.catalog.manifests()
  }

  get isTrusted(): boolean {
    return this.#parts.workforce.isTrusted
  }

  records(collection: string): SharedRecords | undefined {
    return this.#parts.records?.(collection)
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #close(): Promise<void> {
    try {
      await this.#parts.workforce.close()
      await this.#parts.keeper.stop()
      await this.#parts.webhooks.close()
    } finally {
      await this.#closeRest()
    }
  }

  async #closeRest(): Promise<void> {
    try {
      await this.#parts.credentials[Symbol.asyncDispose]()
    } finally {
      await this.#parts.storage?.close()
      await this.#parts.closeStore()
    }
  }

  #assertOpen(): void {
    if (this.#closing !== undefined) throw engineError('DRAINED', 'NetPulse is shutting down and takes no new work.')
  }
}
