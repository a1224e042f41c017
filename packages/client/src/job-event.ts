import type { components } from './api-types.gen.js'

type Message = components['schemas']['JobEventMessage']

/** What happened to a job. `sequence` says where a reader resumes; that of an `output` is of the event before it. */
export interface JobEvent extends Omit<Message, 'data'> {
  /** What the server says about it; which fields, depends on `type`. */
  readonly data: JobEventData
}

/** `null` where the type says it all. */
export type JobEventData = Readonly<Record<string, unknown>> | null
