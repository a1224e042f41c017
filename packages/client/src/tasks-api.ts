import { delay } from './clock.js'
import { NetPulseApiError } from './errors.js'
import type { DetachedTask, DiscoveryRequest, DiscoveryResult, TaskFilter, TaskLog } from './models.js'
import { nextCursorOf, overPages } from './pages.js'
import type { CallOptions, Transport } from './transport.js'

/** Some tasks, and where the next ones begin. */
export interface TaskPage {
  readonly tasks: readonly DetachedTask[]
  /** `cursor` of the next page; `undefined` on the last one. */
  readonly nextCursor: string | undefined
}

/** A part of a log. */
export interface TaskOutput {
  readonly text: string
  /** Byte to go on from. */
  readonly nextOffset: number
  /** Whether the task has ended and this was the last of its log. */
  readonly completed: boolean
  /** Once it has ended, where the device knows it. */
  readonly exitStatus: number | undefined
}

/** How to follow a log. */
export interface FollowOptions {
  readonly signal?: AbortSignal
  /** Byte to begin at. @defaultValue 0 */
  readonly offset?: number
  /** Pause before the device is asked again when it had nothing new. Milliseconds. @defaultValue 1000 */
  readonly pauseMs?: number
}

const pathOf = (id: string): string => `/detached-tasks/${encodeURIComponent(id)}`

function outputOf({ result }: TaskLog, offset: number): TaskOutput {
  const [part] = result
  const metadata: Readonly<Record<string, unknown>> = part?.metadata ?? {}
  const { next_offset: next, completed, exit_status: exitStatus } = metadata
  return {
    text: typeof part?.stdout === 'string' ? part.stdout : '',
    nextOffset: typeof next === 'number' ? next : offset,
    completed: completed === true,
    exitStatus: typeof exitStatus === 'number' ? exitStatus : undefined,
  }
}

/** Work that goes on at a device when its job has ended. */
export class TasksApi {
  readonly #transport: Transport

  constructor(transport: Transport) {
    this.#transport = transport
  }

  /** One page, newest first; `limit` 1 to 1000, 100 when it is left out. */
  async page(filter: TaskFilter = {}, options: CallOptions = {}): Promise<TaskPage> {
    const asked = { method: 'GET', path: '/detached-tasks', query: filter, ...options } as const
    const { body, headers } = await this.#transport.send<DetachedTask[]>(asked)
    return { tasks: body, nextCursor: nextCursorOf(headers) }
  }

  /** All tasks that fit, newest first. */
  list(filter: TaskFilter = {}, options: CallOptions = {}): AsyncGenerator<DetachedTask> {
    return overPages(async (from) => {
      const { tasks: items, nextCursor } = await this.page({ ...filter, ...from }, options)
      return { items, nextCursor }
    }, filter.cursor)
  }

  /** How a task stands, with its log from `offset` on, 0 when it is left out. @throws NotFoundError, TimeoutError */
  async get(id: string, options: CallOptions & { readonly offset?: number } = {}): Promise<TaskLog> {
    const { offset, ...call } = options
    const query = offset === undefined ? {} : { query: { offset } }
    return (await this.#transport.send<TaskLog>({ method: 'GET', path: pathOf(id), ...query, ...call })).body
  }

  /**
   * The log in parts, up to the end of the task. The device is asked again and again: a log has no stream.
   * @throws NotFoundError when the task is ended meanwhile; ConnectionError when the server stays away
   */
  async *follow(id: string, { signal, offset = 0, pauseMs = 1000 }: FollowOptions = {}): AsyncGenerator<TaskOutput> {
    const call = signal === undefined ? {} : { signal }
    for (let from = offset; ;) {
      const output = outputOf(await this.#nextLog(id, from, call), from)
      from = output.nextOffset
      if (output.text !== '' || output.completed) yield output
      if (output.completed) return
      if (output.text === '') await delay(this.#transport.settings.clock, pauseMs, signal)
    }
  }

  /** A device that is busy has nothing new. */
  async #nextLog(task_id: string, offset: number, call: CallOptions): Promise<TaskLog> {
    try {
      return await this.get(task_id, { offset, ...call })
    } catch (error) {
      if (!(error instanceof NetPulseApiError) || error.code !== 'TASK_TIMEOUT') throw error
      return { task_id, status: 'running', result: [] }
    }
  }

  /** Ends the task with its whole process group. @throws NotFoundError, TimeoutError: it is then ended as soon as it can be */
  async kill(id: string, options: CallOptions = {}): Promise<void> {
    await this.#transport.send({ method: 'DELETE', path: pathOf(id), ...options })
  }

  /** Forgets all tasks that the key may end; what runs at the devices runs on. Answers how many there were. */
  async clear(options: CallOptions = {}): Promise<number> {
    const asked = { method: 'DELETE', path: '/detached-tasks', ...options } as const
    return (await this.#transport.send<{ count: number }>(asked)).body.count
  }

  /** Looks for the tasks of a login at its device. @throws ValidationError, TimeoutError, UnavailableError */
  async discover(request: DiscoveryRequest, options: CallOptions = {}): Promise<DiscoveryResult> {
    const asked = { method: 'POST', path: '/detached-tasks/discover', body: request, ...options } as const
    return (await this.#transport.send<DiscoveryResult>(asked)).body
  }
}
