import type { CancelTimer, Clock, JobId, Logger } from '@netpulse/core'
import { isNetPulseError } from '@netpulse/core'
import type { FetchableFiles } from './fetchable-files.js'
import type { StagedFiles } from './staged-files.js'
import { explained } from './unavailable.js'

/** Where a job stands: `unknown` when the store does not have it, not yet or not any more. */
export type JobStage = 'active' | 'ended' | 'unknown'

export interface SweeperOptions {
  readonly staged: StagedFiles
  readonly fetchable: FetchableFiles
  readonly retentionMs: number
  readonly stageOf: (job: JobId) => Promise<JobStage>
  readonly clock: Clock
  readonly log: Logger
}

const everyMs = 5 * 60_000

/** A job is bound to its file just before it is stored, and an upload without a byte for this long is none any more. */
const graceMs = 10 * 60_000

/**
 * Removes what nobody needs any more. What a job waits for, or runs with, stays whatever its age.
 *
 * | file | goes |
 * |---|---|
 * | uploaded for its jobs alone | with the last of them |
 * | uploaded, no job yet; or to be kept | after the retention |
 * | an upload that broke off with its process | after ten minutes without a byte |
 * | brought by a job | after the retention |
 * | begun by a job that has ended without it | ten minutes later |
 */
export class Sweeper {
  readonly #options: SweeperOptions
  #cancel: CancelTimer = () => undefined
  #stopped = false
  #sweeping: Promise<void> | undefined

  constructor(options: SweeperOptions) {
    this.#options = options
  }

  /** Sweeps at once, in the background, and then again and again. */
  start(): void {
    this.#again()
  }

  /** Resolves when nothing is being removed any more. Idempotent. */
  async stop(): Promise<void> {
    this.#stopped = true
    this.#cancel()
    await this.#sweeping
  }

  /** One sweep. @throws STORAGE_UNAVAILABLE, and what `stageOf` throws */
  async sweep(): Promise<void> {
    const { staged, fetchable } = this.#options
    try {
      for (const id of await staged.ids()) await this.#sweepStaged(id)
      for (const one of await fetchable.list()) await this.#sweepFetchable(one)
    } catch (error) {
      throw explained(error)
    }
  }

  async #sweepStaged(id: string): Promise<void> {
    const { staged } = this.#options
    const file = await staged.find(id)
    if (file === undefined) {
      const lastByteAt = await staged.lastByteAt(id)
      if (lastByteAt === undefined || this.#ageOf(lastByteAt) > graceMs) await staged.remove(id)
      return
    }
    for (const { job, since } of await staged.jobsOf(id))
      if (await this.#isOver(job, since)) await staged.release(id, job)
    const isFree = (await staged.jobsOf(id)).length === 0
    if (isFree && this.#ageOf(file.stagedAt) > this.#options.retentionMs) await staged.remove(id)
  }

  async #sweepFetchable({ job, publishedAt, changedAt }: Awaited<ReturnType<FetchableFiles['list']>>[number]) {
    const { fetchable, retentionMs } = this.#options
    const isOld =
      publishedAt === undefined ? await this.#isOver(job, changedAt) : this.#ageOf(publishedAt) > retentionMs
    if (isOld) await fetchable.remove(job)
  }

  async #isOver(job: JobId, since: Date): Promise<boolean> {
    const stage = await this.#options.stageOf(job)
    return stage === 'ended' || (stage === 'unknown' && this.#ageOf(since) > graceMs)
  }

  #ageOf(instant: Date): number {
    return this.#options.clock.now().getTime() - instant.getTime()
  }

  #again(): void {
    if (this.#stopped) return
    this.#sweeping = this.sweep()
      .catch((error: unknown) => this.#warn(error))
      .then(() => {
        if (!this.#stopped) this.#cancel = this.#options.clock.setTimer(everyMs, () => this.#again())
      })
  }

  /** The next sweep tries again. */
  #warn(error: unknown): void {
    const why = isNetPulseError(error) ? { code: error.code } : { stack: String((error as Error).stack) }
    this.#options.log.warn(why, 'Old files could not be removed from the staging folder.')
  }
}
