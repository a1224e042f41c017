import type { CommandResult, DeviceId, JobOutcome, JobRecord, JobResult, JobStatus, JournalEntry } from '@netpulse/core'
import { jobOfText, queueNameOf } from '@netpulse/queue'
import type { Lane } from '@netpulse/queue'

/** What changes of a job, as the scripts keep it. Instants in milliseconds since 1970. */
interface Meta {
  readonly status: JobStatus
  readonly lane: Lane
  readonly device: string
  readonly host: string
  readonly attempt: number
  readonly node?: string
  readonly worker?: string
  readonly startedAt?: number
  readonly endedAt?: number
  readonly outcome?: JobOutcome
  readonly journal?: JournalEntry
  readonly cancel?: true
}

/** A job as the scripts give it: request, meta, what is sealed, result, and the answers so far. */
export type RecordFields = readonly [
  request: string,
  meta: string,
  sealed: string,
  result: string,
  answers?: readonly string[],
]

/** Puts a record together again. */
export function recordOf([request, metaText, sealed, result, answers = []]: RecordFields): JobRecord {
  const job = jobOfText(request)
  const meta = JSON.parse(metaText) as Meta
  return {
    ...job,
    request: { ...job.request, sealedConnection: sealed },
    deviceId: meta.device as DeviceId,
    status: meta.status,
    queue: queueNameOf(meta.lane, meta.host),
    attempt: meta.attempt,
    progress: answers.map((answer) => JSON.parse(answer) as CommandResult),
    cancelRequested: meta.cancel === true,
    ...attemptOf(meta),
    ...(result === '' ? {} : { result: JSON.parse(result) as JobResult }),
  }
}

function attemptOf(meta: Meta): Partial<JobRecord> {
  const { node, worker, startedAt, endedAt, outcome, journal } = meta
  return {
    ...(node === undefined ? {} : { node }),
    ...(worker === undefined ? {} : { worker }),
    ...(startedAt === undefined ? {} : { startedAt: new Date(startedAt) }),
    ...(endedAt === undefined ? {} : { endedAt: new Date(endedAt) }),
    ...(outcome === undefined ? {} : { outcome }),
    ...(journal === undefined ? {} : { journal }),
  }
}
