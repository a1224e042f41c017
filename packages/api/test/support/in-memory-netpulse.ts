import type { AuditAct, AuditEntry, CredentialReference, Device, JobEvent, JobRecord, JobStatus } from '@netpulse/core'
import {
  asDeviceId,
  auditLine,
  asIncarnation,
  asNodeId,
  coreError,
  deviceIdOf,
  emptyAuditHead,
  isFinal,
  jobStatuses,
  isNetPulseError,
  newJobId,
  toErrorData,
} from '@netpulse/core'
import type { DriverManifest, HostKeyStore } from '@netpulse/driver-sdk'
import { createMemoryHostKeyStore } from '@netpulse/session'
import { defineDriver, driverError } from '@netpulse/driver-sdk'
import type {
  BulkOutcome,
  ConnectionTest,
  ConnectionTestRequest,
  CredentialInspection,
  LoginPause,
  NetPulse,
  SubmitOptions,
  SubmitRequest,
  Tasks,
  WorkerInfo,
} from '@netpulse/engine'
import type {
  AuditFilter,
  AuditLog,
  CancelOutcome,
  DeviceHold,
  EventQuery,
  JobFilter,
  Page,
  PageRequest,
  WebhookDelivery,
} from '@netpulse/queue'
import { queueError } from '@netpulse/queue'
import type { Storage } from '@netpulse/storage'

const nothing = { type: 'object', additionalProperties: false, properties: {} }

const echoDriver = defineDriver({
  name: 'echo',
  aliases: ['parrot'],
  apiVersion: 1,
  defaultPort: 22,
  defaultStrategy: 'pinned',
  optionsSchema: nothing,
  connectionSchema: { ...nothing, properties: { username: { type: 'string' }, password: { type: 'string' } } },
  commandSchema: { ...nothing, properties: { read_timeout: { type: 'number', description: 'Seconds.' } } },
  configSchema: nothing,
  switchesSchema: {
    ...nothing,
    properties: { save: { type: 'boolean', default: false }, enable_mode: { type: 'boolean', default: true } },
  },
  load: () => Promise.reject(new Error('the test loads no driver')),
})

const linesOf = (text: string | readonly string[]): string[] => [text].flat().flatMap((part) => part.split('\n'))

/**
 * The interface of the engine over a map, without devices: a test ends jobs itself. It checks what the routes rely on:
 * the driver's name, and that a request has either commands or config.
 */
export class InMemoryNetPulse implements NetPulse {
  readonly submitted: SubmitRequest[] = []
  readonly submitOptions: SubmitOptions[] = []
  readonly jobs = new Map<string, JobRecord>()
  readonly held: DeviceHold[] = []
  readonly paused: LoginPause[] = []
  /** Thrown by the next call of `submit`, `list` or `testConnection`. */
  failure: unknown
  readonly #listeners = new Set<() => void>()

  submit(request: SubmitRequest, options: SubmitOptions = {}): Promise<JobRecord> {
    this.submitOptions.push(options)
    return Promise.resolve().then(() => {
      this.#fail()
      return this.#accept(request)
    })
  }

  async submitMany(requests: readonly SubmitRequest[], options: SubmitOptions = {}): Promise<readonly BulkOutcome[]> {
    this.submitOptions.push(options)
    return Promise.all(
      requests.map((request) =>
        Promise.resolve()
          .then(() => ({ job: this.#accept(request) }))
          .catch((error: unknown) => ({ host: String(request.connectionArgs['host']), error: toErrorData(error) })),
      ),
    )
  }

  #accept(request: SubmitRequest): JobRecord {
    if (request.driver !== 'echo' && request.driver !== 'parrot')
      throw coreErrorOf('DRIVER_UNKNOWN', `No driver is named ${request.driver}.`)
    if ([request.command, request.config, request.fileTransfer].filter((work) => work !== undefined).length !== 1)
      throw coreError('INVALID_INPUT', 'Request is invalid: needs exactly one of command, config and file_transfer.')
    if (request.connectionArgs['usernmae'] !== undefined)
      throw coreError('INVALID_INPUT', 'connection_args is invalid', {
        details: { errors: [{ path: 'connection_args.usernmae', message: 'unknown key; did you mean "username"?' }] },
      })
    this.submitted.push(request)
    const job = recordOf(request)
    this.jobs.set(job.id, job)
    return job
  }

  /** Ends a job, or changes it otherwise. */
  change(id: string, change: Partial<JobRecord>): void {
    this.jobs.set(id, { ...this.jobs.get(id)!, ...change })
    for (const listener of this.#listeners) listener()
  }

  /** How many calls of `wait` are open. */
  get waiting(): number {
    return this.#listeners.size
  }

  async get(id: string): Promise<JobRecord> {
    const job = await this.find(id)
    if (job === undefined) throw queueError('JOB_NOT_FOUND', `Job ${id} not found`)
    return job
  }

  find(id: string): Promise<JobRecord | undefined> {
    return Promise.resolve(this.jobs.get(id))
  }

  list(filter: JobFilter, page: PageRequest): Promise<Page<JobRecord>> {
    this.#fail()
    this.lastFilter = filter
    const fitting = [...this.jobs.values()].reverse().filter((job) => fits(job, filter))
    const { cursor } = page
    if (cursor !== undefined && !this.jobs.has(cursor))
      return Promise.reject(queueError('INVALID_CURSOR', 'The cursor is not of an earlier page.'))
    // Ids sort by creation, so that a page goes on where the last one ended, whatever happened to its jobs.
    const rest = fitting.filter(({ id }) => cursor === undefined || id < cursor)
    const items = rest.slice(0, page.limit)
    const last = items.at(-1)
    return Promise.resolve({
      items,
      ...(items.length < rest.length && last !== undefined ? { nextCursor: last.id } : {}),
    })
  }
  lastFilter: JobFilter | undefined

  async wait(
    id: string,
    { timeoutMs, signal }: { readonly timeoutMs?: number; readonly signal?: AbortSignal } = {},
  ): Promise<JobRecord> {
    const first = await this.get(id)
    if (isFinal(first.status) || timeoutMs === 0) return first
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const job = this.jobs.get(id)!
        if (isFinal(job.status)) done(() => resolve(job))
      }
      const onAbort = (): void => done(() => reject(signal!.reason as Error))
      const timer =
        timeoutMs === undefined ? undefined : setTimeout(() => done(() => resolve(this.jobs.get(id)!)), timeoutMs)
      const done = (settle: () => void): void => {
        clearTimeout(timer)
        this.#listeners.delete(look)
        signal?.removeEventListener('abort', onAbort)
        settle()
      }
      this.#listeners.add(look)
      signal?.addEventListener('abort', onAbort)
    })
  }

  cancel(id: string): Promise<CancelOutcome> {
    const job = this.jobs.get(id)
    if (job === undefined) return Promise.resolve('not_found')
    if (isFinal(job.status)) return Promise.resolve('already_final')
    if (job.status === 'started') {
      this.change(id, { cancelRequested: true })
      return Promise.resolve('cancel_requested')
    }
    this.change(id, { status: 'canceled', outcome: 'canceled' })
    return Promise.resolve('canceled')
  }

  readonly eventQueries: EventQuery[] = []
  /** What `events` gives, before it waits for its signal. */
  readonly happened: JobEvent[] = []

  async *events(query: EventQuery): AsyncGenerator<JobEvent, void, undefined> {
    this.eventQueries.push(query)
    yield* this.happened
    await new Promise((resolve) => query.signal.addEventListener('abort', resolve, { once: true }))
  }

  async counts(): Promise<Record<JobStatus, number>> {
    await Promise.resolve()
    this.#fail()
    const counts = Object.fromEntries(jobStatuses.map((status) => [status, 0])) as Record<JobStatus, number>
    for (const { status } of this.jobs.values()) counts[status] += 1
    return counts
  }

  async testConnection(
    { connectionArgs, credential }: ConnectionTestRequest,
    _signal?: AbortSignal,
  ): Promise<ConnectionTest> {
    await Promise.resolve()
    this.#fail()
    this.lastReference = credential
    if (connectionArgs['password'] === 'right')
      return { success: true, latencySeconds: 0.0421, info: { deviceType: 'echo', prompt: 'r1#' } }
    const error = toErrorData(driverError('AUTH_FAILED', 'The device r1 refused the login.'))
    return { success: false, latencySeconds: 0.1, error }
  }

  async testCredential(reference: CredentialReference): Promise<CredentialInspection> {
    await Promise.resolve()
    this.#fail()
    this.lastReference = reference
    return { provider: 'vault', fields: ['note', 'password', 'username'], options: ['username', 'password'] }
  }
  lastReference: CredentialReference | undefined

  workers(): Promise<readonly WorkerInfo[]> {
    const startedAt = new Date('2026-01-01T00:00:00Z')
    const node = {
      node: asNodeId('node-1'),
      incarnation: asIncarnation('i1'),
      hostname: 'box',
      pid: 42,
      capacity: 10,
      startedAt,
    }
    const other = { ...node, node: asNodeId('node-2'), hostname: 'rack' }
    const counts = { startedAt, succeeded: 2, failed: 1, node, lastHeartbeatAt: startedAt }
    return Promise.resolve([
      { name: 'fifo-1', type: 'fifo', state: 'idle', queue: 'FifoQ', ...counts },
      {
        name: 'r1',
        type: 'pinned',
        state: 'busy',
        queue: 'HostQ_192.0.2.1',
        device: asDeviceId('192.0.2.1'),
        ...counts,
      },
      { name: 'node@node-2', type: 'node', state: 'idle', queue: 'NodeQ_rack', ...counts, node: other },
      { name: 'fifo@node-2', type: 'fifo', state: 'idle', queue: 'FifoQ', ...counts, node: other },
    ])
  }

  readonly endedWorkers: string[] = []

  async endWorker(name: string): Promise<boolean> {
    const exists = (await this.workers()).some((worker) => worker.name === name)
    if (exists) this.endedWorkers.push(name)
    return exists
  }

  loginPauses(): Promise<readonly LoginPause[]> {
    return Promise.resolve(this.paused)
  }

  endLoginPause(id: string): Promise<LoginPause | undefined> {
    const index = this.paused.findIndex((pause) => pause.id === id)
    return Promise.resolve(index < 0 ? undefined : this.paused.splice(index, 1)[0])
  }

  holds(): Promise<readonly DeviceHold[]> {
    return Promise.resolve(this.held)
  }

  releaseHold(device: string): Promise<boolean> {
    const index = this.held.findIndex((hold) => hold.device === device)
    if (index >= 0) this.held.splice(index, 1)
    return Promise.resolve(index >= 0)
  }

  /** By job. */
  readonly delivered = new Map<string, readonly WebhookDelivery[]>()

  async deliveries(id: string): Promise<readonly WebhookDelivery[]> {
    await this.get(id)
    return this.delivered.get(id) ?? []
  }

  async deadDeliveries({ limit, cursor = '0' }: PageRequest): Promise<Page<WebhookDelivery>> {
    const dead = [...this.delivered.values()].flat().filter(({ state }) => state === 'dead')
    const items = dead.slice(Number(cursor), Number(cursor) + limit)
    const next = Number(cursor) + limit
    return next < dead.length ? { items, nextCursor: String(next) } : { items }
  }

  async replayDelivery(id: string): Promise<WebhookDelivery | undefined> {
    for (const [job, deliveries] of this.delivered) {
      const found = deliveries.find((one) => one.id === id && one.state === 'dead')
      if (found === undefined) continue
      const replayed: WebhookDelivery = { ...found, state: 'pending', attempts: 0, dueAt: found.at }
      this.delivered.set(job, [replayed])
      return replayed
    }
    return undefined
  }

  /** It has none: tasks are tried with the engine itself. */
  readonly tasks: Tasks = {
    list: async () => ({ items: [] }),
    find: async () => undefined,
    read: (id) => Promise.reject(queueError('TASK_NOT_FOUND', `There is no task ${id}.`)),
    kill: (id) => Promise.reject(queueError('TASK_NOT_FOUND', `There is no task ${id}.`)),
    forget: async () => false,
    discover: async () => ({ tasks: [], vanished: 0 }),
  }

  drivers(): Promise<readonly DriverManifest[]> {
    return Promise.resolve([echoDriver])
  }

  readonly isTrusted = true

  /** What was appended, oldest first. Jobs are the engine's to record. */
  readonly acts: AuditAct[] = []
  audit: AuditLog | undefined = {
    append: (act) => Promise.resolve(void this.acts.push(act)),
    list: (filter, { limit, cursor = '0' }) => {
      this.lastAuditFilter = filter
      const items = this.auditEntries.slice(Number(cursor), Number(cursor) + limit)
      const next = Number(cursor) + limit
      return Promise.resolve(next < this.auditEntries.length ? { items, nextCursor: String(next) } : { items })
    },
    lines: (after, limit) =>
      Promise.resolve(
        [...this.auditEntries]
          .reverse()
          .filter(({ number }) => number > after)
          .slice(0, limit)
          .map((entry) => ({ number: entry.number, text: auditLine(entry) })),
      ),
    head: () => Promise.resolve(this.auditEntries[0] ?? emptyAuditHead),
  }
  /** What the record holds, newest first. */
  auditEntries: readonly AuditEntry[] = []
  lastAuditFilter: AuditFilter | undefined
  storage: Storage | undefined = undefined

  records(): undefined {
    return undefined
  }

  readonly hostKeys: HostKeyStore = createMemoryHostKeyStore()

  close(): Promise<void> {
    return Promise.resolve()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #fail(): void {
    const { failure } = this
    this.failure = undefined
    if (failure !== undefined) throw failure
  }
}

const coreErrorOf = (code: string, message: string): unknown => {
  const error = coreError('INVALID_INPUT', message)
  return isNetPulseError(error) ? Object.assign(error, { code }) : error
}

function fits(job: JobRecord, { status, host, queue, driver, tag }: JobFilter): boolean {
  if (status !== undefined && !status.includes(job.status)) return false
  if (host !== undefined && job.request.device.host !== host) return false
  if (queue !== undefined && job.queue !== queue) return false
  if (driver !== undefined && job.request.driver !== driver) return false
  return tag === undefined || job.tags.includes(tag)
}

function recordOf(request: SubmitRequest): JobRecord {
  const host = String(request.connectionArgs['host'])
  const port = Number(request.connectionArgs['port'] ?? 22)
  const device: Device = { id: deviceIdOf({ host, port }, 22), host, port }
  const createdAt = new Date('2026-03-01T12:00:00Z')
  return {
    id: newJobId(),
    kind: request.config === undefined ? 'query' : 'modification',
    strategy: request.queueStrategy ?? 'pinned',
    request: {
      driver: 'echo',
      device,
      operation:
        request.config === undefined
          ? { type: 'command', commands: linesOf(request.command ?? []) }
          : { type: 'config', lines: linesOf(request.config) },
      sealedConnection: 'sealed',
      driverOptions: {},
      switches: {},
      transcript: false,
      executionTimeoutSeconds: 300,
    },
    createdAt,
    expiresAt: new Date(createdAt.getTime() + 300_000),
    resultTtlSeconds: 300,
    maxAttempts: 3,
    tags: request.tags ?? [],
    owner: request.owner ?? '',
    deviceId: device.id,
    status: 'queued',
    queue: `HostQ_${host}`,
    attempt: 0,
    progress: [],
    cancelRequested: false,
  }
}
