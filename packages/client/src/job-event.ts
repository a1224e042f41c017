/** What happened to a job. */
export interface JobEvent {
  /** Grows with each event of the whole server; where a reader resumes. */
  readonly id: string
  /** `queued`, `started`, `line`, `ended`, ...; a newer server may have more. */
  readonly type: string
  /** What the server says about it. */
  readonly data: JobEventData
}

/** An object for every event; which fields, depends on its type. */
export type JobEventData = Readonly<Record<string, unknown>>
