import type { Clock, JobRecord, Logger, TaskStep } from '@netpulse/core'
import { isFinal, isNetPulseError, namedJobId, toErrorData } from '@netpulse/core'
import type { JobStore, StoredTask, TaskErrand, TaskRecord, TaskRegistry } from '@netpulse/queue'
import { aboutTask, errandOf } from './errand.js'
import type { ErrandStep } from './errand.js'
import type { ErrandSender } from './errand-sender.js'
import type { TaskMove } from './fold.js'
import { foldJob } from './fold.js'
import { retryLookMs, taskTimes } from './task-times.js'

export interface TaskKeeperOptions {
  readonly registry: TaskRegistry
  readonly jobs: Pick<JobStore, 'find'>
  readonly sender: Pick<ErrandSender, 'send'>
  readonly clock: Clock
  readonly log: Logger
}

/** Tasks that are claimed in one go. */
const most = 20
/** Tries to note an end that somebody else's change got in the way of. */
const triesToNote = 5
/** Between two tries to reach a store that failed. Milliseconds. */
const pauseMs = 1000

/**
 * Looks after tasks: each look is an errand, a job of the task's device, and what it found is noted with the task. Any number
 * of processes do this at once; a claim gives a task to one of them, and a look has one id whoever sends it. What an
 * errand tells the webhook is stored with its end, so that a crash in between repeats nothing.
 */
export class TaskKeeper {
  readonly #options: TaskKeeperOptions
  readonly #notes = new Set<Promise<void>>()
  #leave: (() => void) | undefined
  #looking: Promise<void> | undefined
  #again = false
  #isStopped = false
  #cancelPause: () => void = () => undefined

  constructor(options: TaskKeeperOptions) {
    this.#options = options
  }

  /** Idempotent; after `stop` it does nothing. */
  start(): void {
    if (!this.#isStopped) this.#leave ??= this.#options.registry.onDue(() => this.#look())
  }

  /** Takes no further task; resolves when nothing is written any more. Idempotent. */
  async stop(): Promise<void> {
    this.#isStopped = true
    this.#leave?.()
    this.#cancelPause()
    await this.#looking
    await Promise.all(this.#notes)
  }

  /** A job about a task has ended here: noted at once, so that nobody has to come and see. */
  readonly ended = (job: JobRecord): void => {
    const note = this.#note(job)
      .catch((error: unknown) => this.#warn(error, 'The end of a job was not noted with its task; somebody will look.'))
      .finally(() => this.#notes.delete(note))
    this.#notes.add(note)
  }

  async #note(job: JobRecord): Promise<void> {
    const step = job.request.task
    if (step === undefined || step.action === 'discover') return
    const { registry } = this.#options
    for (let tries = 0; tries < triesToNote; tries++) {
      const stored = await registry.find(step.taskId)
      if (stored?.task.errand?.jobId !== job.id) return
      if (await this.#apply(stored, foldJob(stored.task, job))) return
    }
  }

  #look(): void {
    if (this.#isStopped) return
    this.#again = this.#looking !== undefined
    this.#looking ??= this.#lookAll().finally(() => {
      this.#looking = undefined
      if (this.#again) this.#look()
    })
  }

  async #lookAll(): Promise<void> {
    try {
      for (let found = most; found === most && !this.#isStopped;) {
        const claimed = await this.#options.registry.claim(most, taskTimes.claimMs)
        found = claimed.length
        await Promise.all(claimed.map((stored) => this.#advance(stored)))
      }
    } catch (error) {
      if (this.#isStopped) return
      this.#warn(error, 'Tasks cannot be looked after; trying again.')
      this.#cancelPause = this.#options.clock.setTimer(pauseMs, () => this.#look())
    }
  }

  /** What is to be done about a claimed task. */
  async #advance(stored: StoredTask): Promise<void> {
    const { task } = stored
    if (task.errand !== undefined) return this.#follow(stored, task.errand)
    if (task.status === 'completed') return void (await this.#options.registry.remove(task.id))
    return this.#begin(stored)
  }

  async #follow(stored: StoredTask, errand: TaskErrand): Promise<void> {
    const { registry, jobs } = this.#options
    const job = await jobs.find(errand.jobId)
    if (job === undefined) return this.#missing(stored, errand)
    if (isFinal(job.status)) await this.#apply(stored, foldJob(stored.task, job))
    else await registry.save(stored, taskTimes.recheckMs)
  }

  /** Never stored, or forgotten: of a launch only the device can tell; everything else is sent again. */
  async #missing(stored: StoredTask, errand: TaskErrand): Promise<void> {
    const { registry } = this.#options
    const { errand: _, ...task } = stored.task
    const isRecent = this.#ageMs(task) < taskTimes.claimMs
    if (errand.action === 'launch') await registry.save(isRecent ? stored : { ...stored, task }, taskTimes.recheckMs)
    else await this.#send(stored, errand)
  }

  async #begin(stored: StoredTask): Promise<void> {
    const { task } = stored
    const looks = task.looks + 1
    const name = `task ${task.id} ${task.createdAt.getTime()} look ${looks}`
    const errand: TaskErrand = { jobId: namedJobId(name), action: 'read' }
    const next = { ...stored, task: { ...task, looks, errand } }
    // Noted before it is sent: whoever finds the note sends it under the same id.
    const saved = await this.#options.registry.save(next, taskTimes.recheckMs)
    if (saved !== undefined) await this.#send(saved, errand)
  }

  async #send(stored: StoredTask, { jobId, action }: TaskErrand): Promise<void> {
    const { sender, registry, clock } = this.#options
    const { task } = stored
    try {
      await sender.send(errandOf(task, this.#stepOf(task, action), { id: jobId, now: clock.now() }))
    } catch (error) {
      if (!isNetPulseError(error) || error.code === 'STORE_UNAVAILABLE') throw error
      const { errand: _, ...rest } = task
      const failed = { ...rest, failures: task.failures + 1 }
      await registry.save({ ...stored, task: failed }, retryLookMs(failed))
    }
  }

  #stepOf(task: TaskRecord, action: TaskErrand['action']): ErrandStep {
    const about = aboutTask(task)
    if (action === 'kill') return { ...about, action, tells: task.status !== 'completed' }
    const purpose = task.pushIntervalSeconds === undefined ? 'watch' : 'push'
    const look: Extract<TaskStep, { action: 'read' }> = { ...about, action: 'read', offset: task.offset, purpose }
    return this.#isOutOfReach(task) ? { ...look, givesUp: true } : look
  }

  /** Nothing was heard of it for so long that the next failure is the last. */
  #isOutOfReach(task: TaskRecord): boolean {
    const limitMs = task.status === 'launching' ? taskTimes.launchLostMs : taskTimes.outOfReachMs
    return task.failures > 0 && this.#ageMs(task) > limitMs
  }

  /** Since its device was last heard of. */
  #ageMs({ syncedAt, createdAt }: TaskRecord): number {
    return this.#options.clock.now().getTime() - (syncedAt ?? createdAt).getTime()
  }

  async #apply({ task, revision }: StoredTask, move: TaskMove): Promise<boolean> {
    const { registry } = this.#options
    if (move === 'forget') return registry.remove(task.id).then(() => true)
    return (await registry.save({ task: move.task, revision }, move.dueInMs)) !== undefined
  }

  #warn(error: unknown, message: string): void {
    const stack = isNetPulseError(error) ? {} : { stack: String((error as Error).stack) }
    this.#options.log.warn({ code: toErrorData(error).code, ...stack }, message)
  }
}
