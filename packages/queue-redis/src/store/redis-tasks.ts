import type { TaskId } from '@netpulse/core'
import type { Page, PageRequest, StoredTask, TaskFilter, TaskRecord, TaskRegistry } from '@netpulse/queue'
import { assertPageLimit, cursorOf, keyOf, taskOfText, taskText } from '@netpulse/queue'
import { DueBell } from './due-bell.js'
import type { Kernel } from './kernel.js'

type Fields = readonly [json: string, revision: string]

const storedOf = ([json, revision]: Fields): StoredTask => ({ task: taskOfText(json), revision: Number(revision) })

/** The tasks on Redis, shared by all processes. */
export class RedisTasks implements TaskRegistry {
  readonly #kernel: Kernel
  readonly #bell: DueBell

  constructor(kernel: Kernel) {
    this.#kernel = kernel
    this.#bell = new DueBell(kernel, { channel: 'td', what: 'Tasks' })
  }

  async add(task: TaskRecord, dueInMs: number): Promise<boolean> {
    return (await this.#kernel.run('addTask', task.id, Math.round(dueInMs), taskText(task))) === 1
  }

  async find(id: TaskId): Promise<StoredTask | undefined> {
    const found = (await this.#kernel.run('findTask', id)) as Fields | null
    return found === null ? undefined : storedOf(found)
  }

  async list({ status, deviceId }: TaskFilter, { limit, cursor }: PageRequest): Promise<Page<StoredTask>> {
    assertPageLimit(limit)
    const below = cursor === undefined ? '+inf' : `(${keyOf(cursor)}`
    const answer = await this.#kernel.run('listTasks', below, limit + 1, status ?? '', deviceId ?? '')
    const found = answer as readonly (readonly [order: string, ...Fields])[]
    const page = found.slice(0, limit)
    const items = page.map(([, ...fields]) => storedOf(fields))
    return found.length > limit ? { items, nextCursor: cursorOf(Number(page.at(-1)![0])) } : { items }
  }

  async claim(most: number, forMs: number): Promise<readonly StoredTask[]> {
    const [next, ...found] = (await this.#kernel.run('claimTasks', most, Math.round(forMs))) as [string, ...Fields[]]
    // What is due already and was not taken waits for room, which its owner sees.
    if (Number(next) > 0) this.#bell.within(Number(next))
    return found.map(storedOf)
  }

  async save({ task, revision }: StoredTask, dueInMs?: number): Promise<StoredTask | undefined> {
    const json = taskText(task)
    const { requests } = this.#kernel
    const answer = await requests.run(`task ${task.id} ${revision} ${json}`, (name) =>
      this.#kernel.run('saveTask', task.id, revision, dueInMs === undefined ? '' : Math.round(dueInMs), json, name),
    )
    return answer === null ? undefined : { task, revision: Number(answer) }
  }

  async remove(id: TaskId): Promise<boolean> {
    return (await this.#kernel.run('removeTask', id)) === 1
  }

  onDue(listener: () => void): () => void {
    this.#kernel.assertOpen()
    return this.#bell.listen(listener)
  }
}
