import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { JobRecord, TaskId } from '@netpulse/core'
import { isErrand } from '@netpulse/core'
import type { TaskRecord } from '@netpulse/queue'
import { Receiver } from '@netpulse/webhooks/testing'
import type { TaskBox } from '../../../../tools/test/task-box/box.mjs'
import { installTaskBox, startTaskBox, taskBoxPlugin } from '../../../../tools/test/task-box/box.mjs'
import { createNetPulse } from '../../src/create-netpulse.js'
import type { NetPulse, NetPulseOptions, SubmitRequest } from '../../src/netpulse.js'

/** What a receiver is told of a task. */
export interface Told {
  readonly id: string
  readonly event_type: string
  readonly final: boolean
  readonly status: string
  readonly task_id: string | null
  readonly command: readonly string[]
  readonly duration: number | null
  readonly result: {
    readonly retval: readonly { readonly stdout: string; readonly exit_status: number; readonly metadata: object }[]
    readonly error: { readonly code: string } | null
  }
}

/** A box, a receiver, and NetPulse with the driver of the box, as often as it is started. */
export class TaskWorld implements AsyncDisposable {
  readonly box: TaskBox
  readonly receiver: Receiver
  readonly folder: string
  readonly #options: NetPulseOptions
  readonly #open = new Set<NetPulse>()

  private constructor(parts: { box: TaskBox; receiver: Receiver; folder: string }, options: NetPulseOptions) {
    this.box = parts.box
    this.receiver = parts.receiver
    this.folder = parts.folder
    this.#options = options
  }

  static async open(options: NetPulseOptions = {}): Promise<TaskWorld> {
    const folder = await mkdtemp(join(tmpdir(), 'np-tasks-'))
    installTaskBox(folder)
    return new TaskWorld({ box: await startTaskBox(), receiver: await Receiver.start(), folder }, options)
  }

  /** Another life of NetPulse on the same store. */
  async start(more: NetPulseOptions = {}): Promise<NetPulse> {
    const netpulse = await createNetPulse({
      store: join(this.folder, 'store'),
      appDir: this.folder,
      plugins: { [taskBoxPlugin]: {} },
      webhooks: { allow: ['127.0.0.1'] },
      ...this.#options,
      ...more,
    })
    this.#open.add(netpulse)
    return netpulse
  }

  async stop(netpulse: NetPulse): Promise<void> {
    this.#open.delete(netpulse)
    await netpulse.close()
  }

  request(command: string | readonly string[], more: Partial<SubmitRequest> = {}): SubmitRequest {
    const { host, port } = this.box.device
    const connectionArgs = { host, port, ...this.box.connection }
    return { driver: 'task-box', connectionArgs, command, detach: true, ...more }
  }

  get webhook() {
    return { url: this.receiver.url, events: ['detached.log_push', 'detached.completed', 'detached.failed'] } as const
  }

  async told(count: number): Promise<readonly Told[]> {
    return (await this.receiver.got(count)).map(({ body }) => JSON.parse(body) as Told)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const netpulse of this.#open) await netpulse.close()
    await this.receiver.stop()
    await this.box[Symbol.asyncDispose]()
    await rm(this.folder, { recursive: true, force: true })
  }
}

/** Launches a task and waits until it is known to run. */
export async function launch(netpulse: NetPulse, request: SubmitRequest): Promise<{ job: JobRecord; id: TaskId }> {
  const { id: jobId, request: stored } = await netpulse.submit(request)
  const step = stored.task
  if (step?.action !== 'launch') throw new Error('the job launches nothing')
  return { job: await netpulse.wait(jobId), id: step.taskId }
}

/** The task once it is as asked for; `undefined` once it is gone. */
export async function taskThat(
  netpulse: NetPulse,
  id: TaskId,
  isRight: (task: TaskRecord | undefined) => boolean,
): Promise<TaskRecord | undefined> {
  for (;;) {
    const task = await netpulse.tasks.find(id)
    if (isRight(task)) return task
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

/** Ids of the errands among jobs: none may be in a list. */
export const errandsIn = (jobs: readonly JobRecord[]): readonly string[] =>
  jobs.filter(({ request }) => isErrand(request)).map(({ id }) => id)
