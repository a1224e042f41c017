import type { Incarnation, JobId } from '@netpulse/core'
import { asJobId, coreError, isNetPulseError, toErrorData } from '@netpulse/core'
import type { Claim, Consumer, Delivery, Running, WorkQueue } from '@netpulse/queue'
import { queueError } from '@netpulse/queue'
import { consumeBee } from '../bee/consume-bee.js'
import type { Kernel } from './kernel.js'
import type { Lives } from './lives.js'
import type { RecordFields } from './record-fields.js'
import { recordOf } from './record-fields.js'
import type { RedisJobs } from './redis-jobs.js'

/** The lane's name, as clients know it. */
const workQueueName = 'FifoQ'
/** Pause before a step is tried again that Redis did not answer. */
const pauseMs = 500

export interface RedisWorkParts {
  readonly kernel: Kernel
  readonly lives: Lives
  readonly jobs: RedisJobs
}

/**
 * The unordered lane on Redis: bee-queue brings ids, in any order and perhaps twice; a script decides whether the job is
 * started here.
 */
export class RedisWork implements WorkQueue {
  readonly #parts: RedisWorkParts
  readonly #running = new Map<Incarnation, Set<Running>>()

  constructor(parts: RedisWorkParts) {
    this.#parts = parts
    parts.lives.onOver.add((incarnation) => {
      for (const running of this.#running.get(incarnation) ?? []) void running.drain()
    })
  }

  async consume(consumer: Consumer, run: (delivery: Delivery) => Promise<void>): Promise<Running> {
    const { kernel, lives } = this.#parts
    kernel.assertOpen()
    const { incarnation, concurrency } = consumer
    if (!lives.has(incarnation))
      throw queueError('LEASE_LOST', `Incarnation ${incarnation} is not registered, or was lost.`)
    const bee = await consumeBee({
      connections: kernel.connections,
      name: workQueueName,
      concurrency,
      log: kernel.log,
      run: (id) => this.#deliver(consumer, asJobId(id), run),
    })
    return this.#keep(incarnation, bee)
  }

  #keep(incarnation: Incarnation, bee: Running): Running {
    const all = this.#running.get(incarnation) ?? new Set()
    this.#running.set(incarnation, all)
    let drained: Promise<void> | undefined
    const unclose = this.#parts.kernel.onClose(() => void running.drain())
    const running: Running = {
      drain: () =>
        (drained ??= bee.drain().finally(() => {
          unclose()
          all.delete(running)
          if (all.size === 0) this.#running.delete(incarnation)
        })),
    }
    all.add(running)
    return running
  }

  async #deliver(consumer: Consumer, id: JobId, run: (delivery: Delivery) => Promise<void>): Promise<void> {
    const fields = await this.#start(consumer, id)
    if (fields === undefined) return
    const { deliveries, log } = this.#parts.kernel
    const record = recordOf(fields)
    const claim: Claim = { jobId: id, attempt: record.attempt, incarnation: consumer.incarnation }
    let why = 'The handler returned without ending the job.'
    try {
      await run(deliveries.open(record, claim))
    } catch (error) {
      const stack = error instanceof Error ? (error.stack ?? error.message) : String(error)
      log.error({ job: id, stack }, 'A job handler threw.')
      why = 'The handler of the job threw; the log has the stack.'
    }
    if (deliveries.recordOf(claim) !== undefined) await this.#endLeftOver(claim, why)
  }

  /** Until Redis answers: an id that was taken and forgotten would wait for the stall check. */
  async #start({ incarnation, node, worker }: Consumer, id: JobId): Promise<RecordFields | undefined> {
    const { kernel, lives } = this.#parts
    const answer = await this.#insist(incarnation, () =>
      kernel.requests.run(`start ${id}`, (name) => kernel.run('startWork', id, incarnation, node, worker, name)),
    )
    if (answer === 'fenced') lives.over(incarnation)
    return Array.isArray(answer) ? (answer as unknown as RecordFields) : undefined
  }

  /** Ends a job that its handler left running. */
  async #endLeftOver(claim: Claim, why: string): Promise<void> {
    const error = toErrorData(coreError('INTERNAL', why))
    const ending = { status: 'failed', outcome: 'failed', result: { results: [], error } } as const
    await this.#insist(claim.incarnation, async () => {
      await this.#parts.jobs.finish(claim, ending)
    })
  }

  /** Tries until it is done, refused, or this life is over; the reaper does the rest then. */
  async #insist<Answer>(incarnation: Incarnation, act: () => Promise<Answer>): Promise<Answer | undefined> {
    const { kernel, lives } = this.#parts
    while (lives.has(incarnation) && kernel.isOpen) {
      try {
        return await act()
      } catch (error) {
        if (!isNetPulseError(error) || !error.retryable) {
          kernel.log.warn({ code: toErrorData(error).code }, 'A delivery was given up.')
          return undefined
        }
        await new Promise<void>((resolve) => kernel.clock.setTimer(pauseMs, resolve))
      }
    }
    return undefined
  }
}
