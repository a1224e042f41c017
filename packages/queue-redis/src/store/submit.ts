import type { JobRecord, NodeId } from '@netpulse/core'
import { isErrand } from '@netpulse/core'
import { jobText, laneOf, queueNameOf, withoutAuditRequest } from '@netpulse/queue'
import type { Submission, SubmitOutcome } from '@netpulse/queue'
import { auditTexts } from './audit-texts.js'
import { hookText } from './hook-text.js'
import type { Housekeeping } from './housekeeping.js'
import type { Argument, Kernel } from './kernel.js'
import type { RecordFields } from './record-fields.js'
import { recordOf } from './record-fields.js'

/** Jobs that one script stores: bounds how long Redis is held, some 10 ms. */
const sliceSize = 500

/** Each different ranking of nodes once. */
class Rankings {
  readonly texts: string[] = []
  readonly #known = new Map<readonly NodeId[], number>()
  readonly #byText = new Map<string, number>()

  /** Its number, from 1. */
  numberOf(nodes: readonly NodeId[]): number {
    let number = this.#known.get(nodes)
    if (number === undefined) {
      number = this.#add(JSON.stringify(nodes))
      this.#known.set(nodes, number)
    }
    return number
  }

  #add(text: string): number {
    let number = this.#byText.get(text)
    if (number === undefined) {
      number = this.texts.push(text)
      this.#byText.set(text, number)
    }
    return number
  }
}

/** Stores and enqueues, one outcome per submission, in order. */
export async function submitJobs(
  kernel: Kernel,
  housekeeping: Housekeeping,
  submissions: readonly Submission[],
): Promise<readonly SubmitOutcome[]> {
  const outcomes: SubmitOutcome[] = []
  for (let from = 0; from < submissions.length; from += sliceSize) {
    outcomes.push(...(await submitSlice(kernel, submissions.slice(from, from + sliceSize))))
  }
  const soonest = Math.min(...submissions.map(({ job }) => job.expiresAt.getTime() - job.createdAt.getTime()))
  if (submissions.length > 0) housekeeping.within(soonest)
  return outcomes
}

async function submitSlice(kernel: Kernel, submissions: readonly Submission[]): Promise<readonly SubmitOutcome[]> {
  const { maxQueuedPerDevice, maxQueued, retryAfterSeconds } = kernel.settings.limits
  const rankings = new Rankings()
  const values = submissions.flatMap((submission) => [
    ...valuesOf(submission, rankings),
    hookText(submission.job.request.webhook, kernel.settings.outbox),
    ...auditTexts(submission.job),
    isErrand(submission.job.request) ? 1 : 0,
  ])
  const [letters, positions] = (await kernel.run(
    'submit',
    maxQueuedPerDevice,
    maxQueued,
    rankings.texts.length,
    ...rankings.texts,
    ...values,
  )) as readonly [string, readonly number[]]
  const duplicates = await findDuplicates(kernel, submissions, letters)
  return submissions.map(({ job }, index): SubmitOutcome => {
    const letter = letters[index]
    if (letter === 'f') return { state: 'queue_full', retryAfterSeconds }
    if (letter === 'n') return { state: 'no_capacity' }
    const record = duplicates.get(job.id)
    if (letter === 'd' && record !== undefined) return { state: 'duplicate', job: record }
    if (letter === 'd') return { state: 'duplicate', job: newRecord({ job }) }
    return { state: 'stored', job: { ...newRecord({ job }), queuePosition: positions[index]! } }
  })
}

function valuesOf({ job, nodes }: Submission, rankings: Rankings): readonly Argument[] {
  const { id, kind, tags, request, resultTtlSeconds, maxAttempts, createdAt, expiresAt } = job
  const { device, driver, sealedConnection } = request
  return [
    id,
    device.id,
    device.host,
    driver,
    kind,
    laneOf(job),
    tags.length === 0 ? '' : JSON.stringify([...new Set(tags)]),
    expiresAt.getTime() - createdAt.getTime(),
    maxAttempts,
    resultTtlSeconds * 1000,
    rankings.numberOf(nodes),
    jobText(job),
    sealedConnection,
  ]
}

function newRecord({ job }: Pick<Submission, 'job'>): JobRecord {
  const { device } = job.request
  return {
    ...withoutAuditRequest(job),
    deviceId: device.id,
    status: 'queued',
    queue: queueNameOf(laneOf(job), device.host),
    attempt: 0,
    progress: [],
    cancelRequested: false,
  }
}

async function findDuplicates(
  kernel: Kernel,
  submissions: readonly Submission[],
  letters: string,
): Promise<ReadonlyMap<string, JobRecord>> {
  const ids = submissions.filter((_, index) => letters[index] === 'd').map(({ job }) => job.id)
  if (ids.length === 0) return new Map()
  const found = (await kernel.run('find', ...ids)) as readonly (RecordFields | null)[]
  const records = found.flatMap((fields) => (fields === null ? [] : [recordOf(fields)]))
  return new Map(records.map((record) => [record.id, record]))
}
