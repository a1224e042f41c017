import assert from 'node:assert/strict'
import type { FoundTask } from '@netpulse/core'
import type { Session } from '../session.js'
import type { TaskAccess, TaskReading } from '../tasks.js'
import type { Bench } from './bench.js'
import type { DriverCheck } from './driver-check.js'
import { assertThrows } from './driver-check.js'
import type { TestDevice } from './driver-under-test.js'

const everything = { offset: 0, maxBytes: 1024 * 1024 }

const knownOf = (bench: Bench): NonNullable<TestDevice['tasks']> =>
  bench.target.tasks ?? assert.fail('the ability tasks is declared, and the device says nothing about it')

/** The tasks of one session, with the options of a request that says none. */
class Caller {
  readonly #bench: Bench
  readonly #access: TaskAccess

  constructor(bench: Bench, session: Session) {
    this.#bench = bench
    this.#access = session.tasks ?? assert.fail('the session has no tasks')
  }

  async launch(taskId: string, commands: readonly string[]): Promise<void> {
    const { context, send } = this.#call()
    const reply = await this.#access.launch(taskId, commands, context, send)
    assert.equal(reply.failure, null, `the launch was refused: ${reply.failure?.message}`)
  }

  read(taskId: string, range = everything): Promise<TaskReading> {
    const { context, send } = this.#call()
    return this.#access.read(taskId, range, context, send)
  }

  kill(taskId: string): Promise<{ readonly wasRunning: boolean }> {
    const { context, send } = this.#call()
    return this.#access.kill(taskId, context, send)
  }

  async found(taskId: string): Promise<FoundTask | undefined> {
    const { context, send } = this.#call()
    return (await this.#access.discover(context, send)).find((task) => task.taskId === taskId)
  }

  /** The reading once the task has ended. */
  ended(taskId: string): Promise<TaskReading> {
    return this.#bench.eventually(
      () => this.read(taskId),
      ({ running }) => !running,
      'the task does not end',
    )
  }

  #call() {
    return { context: this.#bench.context(), send: this.#bench.commandOptions() }
  }
}

const callerOf = async (bench: Bench): Promise<Caller> => new Caller(bench, await bench.open())

/** Launches a task that lasts and waits until it has started everything. */
async function lasting(bench: Bench, caller: Caller, taskId: string): Promise<void> {
  const { lasting: task, processes } = knownOf(bench)
  await caller.launch(taskId, task.commands)
  const isUp = (count: number): boolean => count > 1
  await bench.eventually(() => processes(taskId), isUp, 'the task has no process of its own')
}

/** The whole log in pieces, each a reading of its own. */
async function inPieces(caller: Caller, taskId: string, maxBytes: number): Promise<string> {
  let text = ''
  for (let offset = 0, steps = 0; steps < 10_000; steps++) {
    const reading = await caller.read(taskId, { offset, maxBytes })
    text += reading.text
    if (reading.nextOffset >= reading.logSize) return text
    assert.ok(reading.nextOffset > offset, 'a reading goes on from where it began')
    offset = reading.nextOffset
  }
  assert.fail('the log has no end')
}

export const taskChecks: readonly DriverCheck[] = [
  {
    name: 'has tasks exactly where its manifest says so',
    async run(bench) {
      const { tasks } = await bench.open()
      const declared = bench.under.declares.tasks === true
      const found = { manifest: bench.under.manifest.tasks === true, session: tasks !== undefined }
      assert.deepEqual(found, { manifest: declared, session: declared }, 'the abilities differ: tasks')
    },
  },
  {
    name: 'leaves a task running when the session is closed, and reads its log in another one',
    needs: 'tasks',
    async run(bench) {
      const session = await bench.open()
      await lasting(bench, new Caller(bench, session), 'task-lasting')
      await session[Symbol.asyncDispose]()
      const { prints } = knownOf(bench).lasting
      const caller = await callerOf(bench)
      const isPrinted = ({ text }: TaskReading): boolean => text.includes(prints)
      const reading = await bench.eventually(() => caller.read('task-lasting'), isPrinted, 'the log lacks its text')
      assert.equal(reading.running, true, 'the task ended with its session')
      assert.ok(Number.isInteger(reading.pid), 'a running task has no pid')
      await caller.kill('task-lasting')
    },
  },
  {
    name: 'reads the log of an ended task whole and in pieces of any size, with its exit status',
    needs: 'tasks',
    async run(bench) {
      const { commands, prints, exitStatus } = knownOf(bench).short
      const caller = await callerOf(bench)
      await caller.launch('task-short', commands)
      const reading = await caller.ended('task-short')
      assert.equal(reading.text, prints, 'the log is not what was printed')
      assert.equal(reading.exitStatus, exitStatus, 'the exit status is not that of the task')
      assert.equal(reading.nextOffset, Buffer.byteLength(prints), 'nextOffset is not the number of bytes')
      assert.equal(reading.logSize, reading.nextOffset)
      for (const maxBytes of [4, 7, 64]) {
        assert.equal(
          await inPieces(caller, 'task-short', maxBytes),
          prints,
          `in pieces of ${maxBytes} bytes it differs`,
        )
      }
      const rest = await caller.read('task-short', { offset: reading.logSize, maxBytes: 10 })
      assert.equal(rest.text, '', 'behind the end there is text')
      const again = await caller.read('task-short', { offset: reading.logSize + 1_000, maxBytes: 1_000 })
      assert.equal(again.text, prints, 'a log that became shorter is not read from its beginning')
    },
  },
  {
    name: 'starts nothing under a name that is there already',
    needs: 'tasks',
    async run(bench) {
      const caller = await callerOf(bench)
      await lasting(bench, caller, 'task-twice')
      const { pid } = await caller.read('task-twice')
      await caller.launch('task-twice', knownOf(bench).lasting.commands)
      assert.equal((await caller.read('task-twice')).pid, pid, 'a second task was started')
      await caller.kill('task-twice')
    },
  },
  {
    name: 'ends the whole group of a task and leaves nothing of it',
    needs: 'tasks',
    async run(bench) {
      const caller = await callerOf(bench)
      await lasting(bench, caller, 'task-killed')
      assert.deepEqual(await caller.kill('task-killed'), { wasRunning: true })
      const { processes } = knownOf(bench)
      const isGone = (count: number): boolean => count === 0
      await bench.eventually(() => processes('task-killed'), isGone, 'processes of the task go on')
      await assertThrows(caller.read('task-killed'), ['TASK_LOST'])
      assert.equal(await caller.found('task-killed'), undefined, 'the killed task is still found')
      assert.deepEqual(await caller.kill('task-killed'), { wasRunning: false })
    },
  },
  {
    name: 'finds the tasks of the login, running and ended',
    needs: 'tasks',
    async run(bench) {
      const caller = await callerOf(bench)
      await lasting(bench, caller, 'task-found')
      await caller.launch('task-over', knownOf(bench).short.commands)
      await caller.ended('task-over')
      const other = await callerOf(bench)
      assert.equal((await other.found('task-found'))?.running, true, 'the running task is not found')
      const over = await other.found('task-over')
      assert.equal(over?.running, false, 'the ended task is not found')
      assert.equal(over.exitStatus, knownOf(bench).short.exitStatus)
      await other.kill('task-found')
    },
  },
  {
    name: 'says TASK_LOST for a task that is not there',
    needs: 'tasks',
    async run(bench) {
      await assertThrows((await callerOf(bench)).read('task-unknown'), ['TASK_LOST'])
    },
  },
]
