import type { Clock, JobId, JobRecord, TaskId } from '@netpulse/core'
import { newJobId } from '@netpulse/core'
import type { CredentialResolver, Sealer } from '@netpulse/credentials'
import type { JobStore, Page, PageRequest, StoredTask, TaskFilter, TaskRecord, TaskRegistry } from '@netpulse/queue'
import { queueError } from '@netpulse/queue'
import type { DriverCatalog } from '../submit/driver-catalog.js'
import { aboutTask, errandOf } from './errand.js'
import { discover } from './discover.js'
import type { TaskJobs } from './task-jobs.js'
import { taskTimes } from './task-times.js'
import type { Discovery, DiscoveryRequest, TaskOutput, Tasks, TaskWait } from './tasks.js'

export interface EngineTasksOptions {
  readonly registry: TaskRegistry
  readonly jobs: Pick<JobStore, 'cancel'>
  readonly taskJobs: TaskJobs
  readonly catalog: DriverCatalog
  readonly sealer: Sealer
  readonly credentials: Pick<CredentialResolver, 'check'>
  readonly clock: Clock
}

/** How long somebody who asks waits when nothing is said, as the reference does. Milliseconds. */
const readTimeoutMs = 5_000
const longTimeoutMs = 10_000
/** Tries to change what others change too. */
const triesToChange = 10

export class EngineTasks implements Tasks {
  readonly #options: EngineTasksOptions

  constructor(options: EngineTasksOptions) {
    this.#options = options
  }

  async list(filter: TaskFilter, page: PageRequest): Promise<Page<TaskRecord>> {
    const { items, ...rest } = await this.#options.registry.list(filter, page)
    return { ...rest, items: items.map(({ task }) => task) }
  }

  async find(id: TaskId): Promise<TaskRecord | undefined> {
    return (await this.#options.registry.find(id))?.task
  }

  async read(id: TaskId, options: TaskWait & { readonly offset?: number } = {}): Promise<TaskOutput> {
    const { task } = await this.#get(id)
    if (task.status === 'launching') return { task, results: [] }
    const { offset = 0, timeoutMs = readTimeoutMs, signal } = options
    const step = { ...aboutTask(task), action: 'read', offset, purpose: 'answer' } as const
    const job = errandOf(task, step, { id: newJobId(), now: this.#options.clock.now() })
    const ended = await this.#options.taskJobs.done(job, waitOf(timeoutMs, signal))
    return { task: (await this.#noteSeen(id, ended)) ?? task, results: ended.result?.results ?? [] }
  }

  async kill(id: TaskId, { timeoutMs = longTimeoutMs, signal }: TaskWait = {}): Promise<void> {
    const jobId = newJobId()
    const before = await this.#takeOver(id, jobId)
    const { task } = before
    if (task.errand !== undefined && task.errand.action !== 'kill') await this.#options.jobs.cancel(task.errand.jobId)
    const step = { ...aboutTask(task), action: 'kill', tells: task.status !== 'completed' } as const
    const job = errandOf(task, step, { id: jobId, now: this.#options.clock.now() })
    await this.#options.taskJobs.done(job, waitOf(timeoutMs, signal), true)
    await this.#options.registry.remove(id)
  }

  forget(id: TaskId): Promise<boolean> {
    return this.#options.registry.remove(id)
  }

  discover(request: DiscoveryRequest, { timeoutMs = longTimeoutMs, signal }: TaskWait = {}): Promise<Discovery> {
    return discover(this.#options, request, waitOf(timeoutMs, signal))
  }

  /** @throws TASK_NOT_FOUND */
  async #get(id: TaskId): Promise<StoredTask> {
    const stored = await this.#options.registry.find(id)
    if (stored === undefined) throw queueError('TASK_NOT_FOUND', `There is no task ${id}.`)
    return stored
  }

  /** From here on nobody else looks after the task. Answers what it was before. */
  async #takeOver(id: TaskId, jobId: JobId): Promise<StoredTask> {
    const { registry } = this.#options
    for (let tries = 0; tries < triesToChange; tries++) {
      const stored = await this.#get(id)
      const task: TaskRecord = { ...stored.task, errand: { jobId, action: 'kill' } }
      if ((await registry.save({ ...stored, task }, taskTimes.recheckMs)) !== undefined) return stored
    }
    throw queueError('STALE_CLAIM', `Task ${id} is being changed by others; try again.`)
  }

  /** What somebody saw is news: an end is noted, and told, at once. */
  async #noteSeen(id: TaskId, { endedAt, result }: JobRecord): Promise<TaskRecord | undefined> {
    const { registry } = this.#options
    const stored = await registry.find(id)
    if (stored === undefined || result?.task === undefined || endedAt === undefined) return stored?.task
    const { running, logSize } = result.task
    const task = { ...stored.task, logSize, syncedAt: endedAt }
    const isNews = !running && task.status === 'running' && task.errand === undefined
    // Whoever is faster knows as much.
    const saved = await registry.save({ ...stored, task }, isNews ? 0 : undefined)
    return saved?.task ?? stored.task
  }
}

const waitOf = (timeoutMs: number, signal: AbortSignal | undefined): TaskWait & { readonly timeoutMs: number } => ({
  timeoutMs,
  ...(signal === undefined ? {} : { signal }),
})
