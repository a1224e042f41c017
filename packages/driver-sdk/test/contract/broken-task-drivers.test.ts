import { describe, expect, it } from 'vitest'
import { startTaskBox } from '../../../../tools/test/task-box/box.mjs'
import taskBoxDriver from '../../../../tools/test/task-box/plugin.mjs'
import type { Driver, DriverManifest, Session, TaskAccess } from '../../src/index.js'
import { driverChecks, runDriverCheck } from '../../src/testing/driver-contract.js'
import type { DriverUnderTest } from '../../src/testing/driver-under-test.js'

/** The good driver with one fault in its tasks. */
function withTasks(change: (tasks: TaskAccess, session: Session) => Partial<TaskAccess>): DriverManifest {
  return {
    ...taskBoxDriver,
    async load(options) {
      const make = await taskBoxDriver.load(options)
      return (services): Driver => {
        const driver = make(services)
        return {
          async open(request, context) {
            const session = await driver.open(request, context)
            const tasks = session.tasks!
            return Object.assign(session, { tasks: { ...tasks, ...change(tasks, session) } })
          },
        }
      }
    },
  }
}

const faults: readonly { name: string; manifest: DriverManifest; fails: string; says: string }[] = [
  {
    name: 'ends its tasks with the session',
    manifest: withTasks((tasks, session) => ({
      launch: async (id, commands, context, send) => {
        const reply = await tasks.launch(id, commands, context, send)
        const close = session[Symbol.asyncDispose].bind(session)
        Object.assign(session, {
          [Symbol.asyncDispose]: async () => {
            if (session.usable) await tasks.kill(id, { signal: AbortSignal.timeout(2_000) }, send)
            await close()
          },
        })
        return reply
      },
    })),
    fails: 'leaves a task running when the session is closed, and reads its log in another one',
    says: 'has no task task-lasting',
  },
  {
    name: 'cuts letters of a log in two',
    manifest: withTasks((tasks) => ({
      read: async (id, range, context, send) => {
        const reading = await tasks.read(id, range, context, send)
        const cut = Buffer.from(reading.text).subarray(0, -1).toString()
        return reading.nextOffset < reading.logSize ? { ...reading, text: cut } : reading
      },
    })),
    fails: 'reads the log of an ended task whole and in pieces of any size, with its exit status',
    says: 'in pieces of 4 bytes it differs',
  },
  {
    name: 'starts a task anew under the same name',
    manifest: withTasks((tasks) => ({
      launch: async (id, commands, context, send) => {
        await tasks.kill(id, context, send)
        return tasks.launch(id, commands, context, send)
      },
    })),
    fails: 'starts nothing under a name that is there already',
    says: 'a second task was started',
  },
  {
    name: 'says that it has ended a task and has not',
    manifest: withTasks(() => ({ kill: async () => ({ wasRunning: true }) })),
    fails: 'ends the whole group of a task and leaves nothing of it',
    says: 'processes of the task go on',
  },
  {
    name: 'finds nothing',
    manifest: withTasks(() => ({ discover: async () => [] })),
    fails: 'finds the tasks of the login, running and ended',
    says: 'the running task is not found',
  },
  {
    name: 'has an empty log for a task that is not there',
    manifest: withTasks((tasks) => ({
      read: (id, ...rest) =>
        id === 'task-unknown'
          ? Promise.resolve({ running: false, text: '', nextOffset: 0, logSize: 0 })
          : tasks.read(id, ...rest),
    })),
    fails: 'says TASK_LOST for a task that is not there',
    says: 'nothing was thrown',
  },
  {
    name: 'does not say in its manifest that it has tasks',
    manifest: { ...taskBoxDriver, tasks: false },
    fails: 'has tasks exactly where its manifest says so',
    says: 'the abilities differ: tasks',
  },
]

const declares = { config: false, candidate: false, save: false, readTimeout: true, tasks: true }

describe('the conformance kit finds a driver that', () => {
  it.each(faults)('$name', { timeout: 20_000 }, async ({ manifest, fails, says }) => {
    const check = driverChecks.find(({ name }) => name === fails)
    if (check === undefined) throw new Error(`no check is called "${fails}"`)
    const under: DriverUnderTest = { name: 'broken', manifest, declares, device: startTaskBox }
    await expect(runDriverCheck(under, check)).rejects.toThrow(says)
  })
})
