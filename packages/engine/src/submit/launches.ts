import type { JobId, NewJob, TaskId } from '@netpulse/core'
import type { Sealer } from '@netpulse/credentials'
import type { SubmitOutcome, TaskRecord, TaskRegistry } from '@netpulse/queue'
import { newTaskOf } from '../tasks/new-task.js'
import { taskTimes } from '../tasks/task-times.js'
import type { WebhookIntake } from '../webhooks/webhook-intake.js'
import type { CheckedRequest } from './checked-request.js'

export interface LaunchesOptions {
  readonly registry: Pick<TaskRegistry, 'add' | 'remove'>
  readonly sealer: Sealer
  readonly webhooks: Pick<WebhookIntake, 'withTaskWebhook'>
}

/** The tasks that the jobs of one call are to launch: known before a job is stored, so that a crash leaves no unknown one. */
export class Launches {
  readonly #options: LaunchesOptions
  readonly #tasks = new Map<JobId, TaskRecord>()
  readonly #added = new Set<TaskId>()

  constructor(options: LaunchesOptions) {
    this.#options = options
  }

  /** Notes a job; one that launches nothing is passed over. */
  add(checked: CheckedRequest, job: NewJob): void {
    const step = job.request.task
    if (step?.action !== 'launch') return
    const { sealer, webhooks } = this.#options
    const task = newTaskOf({ checked, job, step }, sealer)
    this.#tasks.set(job.id, webhooks.withTaskWebhook(task, checked.request.webhook))
  }

  async register(jobs: readonly NewJob[]): Promise<void> {
    if (this.#tasks.size === 0) return
    const tasks = jobs.flatMap(({ id }) => this.#tasks.get(id) ?? [])
    await Promise.all(tasks.map((task) => this.#register(task)))
  }

  /** A job that was not stored, or had its task long ago, launches nothing. */
  async takeBack(jobs: readonly NewJob[], outcomes: readonly SubmitOutcome[]): Promise<void> {
    if (this.#added.size === 0) return
    const idle = jobs.filter((job, index) => !launches(job, outcomes[index]!))
    const ids = idle.flatMap(({ id }) => this.#tasks.get(id)?.id ?? []).filter((id) => this.#added.has(id))
    await Promise.all(ids.map((id) => this.#options.registry.remove(id)))
  }

  async #register(task: TaskRecord): Promise<void> {
    if (await this.#options.registry.add(task, taskTimes.recheckMs)) this.#added.add(task.id)
  }
}

/** A repetition that came at the same time may have stored the job: its task is the one that was registered here. */
const sameTimeMs = 10_000

function launches(job: NewJob, outcome: SubmitOutcome): boolean {
  if (outcome.state === 'stored') return true
  if (outcome.state !== 'duplicate') return false
  return job.createdAt.getTime() - outcome.job.createdAt.getTime() < sameTimeMs
}
