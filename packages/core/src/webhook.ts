import type { JobStatus } from './job-state.js'

/** What a webhook may be told about a job, in the words of the wire. */
export type WebhookEvent = JobWebhookEvent | TaskWebhookEvent

/** What is told of the job itself. */
export type JobWebhookEvent = 'job.completed' | 'job.failed' | 'job.canceled' | 'job.expired' | 'job.started'

/** What is told of a task after its launch: new lines of its log, its end, or that nobody can follow it to its end. */
export type TaskWebhookEvent = 'detached.log_push' | 'detached.completed' | 'detached.failed'

/** Every event, the ends first. */
export const webhookEvents: readonly WebhookEvent[] = [
  'job.completed',
  'job.failed',
  'job.canceled',
  'job.expired',
  'job.started',
  'detached.log_push',
  'detached.completed',
  'detached.failed',
]

const isOfTask = (event: WebhookEvent): event is TaskWebhookEvent => event.startsWith('detached.')
const isOfJob = (event: WebhookEvent): event is JobWebhookEvent => !isOfTask(event)

/** The events that are told of tasks. */
export const taskWebhookEvents: readonly TaskWebhookEvent[] = webhookEvents.filter(isOfTask)

/** The ends of jobs: what a webhook is told that does not say which events it wants. */
export const webhookEndEvents: readonly JobWebhookEvent[] = webhookEvents
  .filter(isOfJob)
  .filter((event) => event !== 'job.started')

/** Wanted events, those of the job and those of its task apart. @defaultValue the ends of the job, and all of its task */
export const partEvents = (
  wanted: readonly WebhookEvent[] = [...webhookEndEvents, ...taskWebhookEvents],
): { readonly ofJob: readonly JobWebhookEvent[]; readonly ofTask: readonly TaskWebhookEvent[] } => ({
  ofJob: wanted.filter(isOfJob),
  ofTask: wanted.filter(isOfTask),
})

/** Where the events of a job are sent, and how often that is tried. Holds no secret in clear. */
export interface JobWebhook {
  /** What delivers: `basic` (HTTP), or the name of a plugin. */
  readonly name: string
  readonly events: readonly WebhookEvent[]
  /** Scheme, host and port of the receiver, such as `https://hooks.example.net:8443`. The rest of a URL may be a secret. */
  readonly origin: string
  /** Limit of one attempt, from the name look-up to the answer. */
  readonly timeoutSeconds: number
  /** Attempts after the first. */
  readonly maxRetries: number
  /** Waits before each retry; the last value serves for all further ones. */
  readonly retryIntervalsSeconds: readonly number[]
  /** URL, method, headers, cookies and login, sealed for this job. */
  readonly sealedTarget: string
}

const endEvents: Readonly<Partial<Record<JobStatus, JobWebhookEvent>>> = {
  finished: 'job.completed',
  canceled: 'job.canceled',
  expired: 'job.expired',
}

/** The event of a job's end. A job that was stopped by a shutdown has failed for its client. */
export const endEventOf = (status: JobStatus): JobWebhookEvent => endEvents[status] ?? 'job.failed'
