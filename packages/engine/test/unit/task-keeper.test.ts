import type { NewJob } from '@netpulse/core'
import { asDeviceId, asNodeId, asTaskId, newIncarnation, newJobId } from '@netpulse/core'
import { FakeClock } from '@netpulse/core/testing'
import type { QueueBackend, TaskRecord } from '@netpulse/queue'
import { createInProcessBackend } from '@netpulse/queue'
import { afterEach, describe, expect, it } from 'vitest'
import { engineError } from '../../src/errors.js'
import { TaskKeeper } from '../../src/tasks/task-keeper.js'
import { KeptLog } from '../support/engine-bench.js'

const ends: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

const device = { id: asDeviceId('r1'), host: 'r1', port: 22 }

/** A registry, and a device that a node holds; a test ends the errands itself. */
async function open() {
  const clock = new FakeClock()
  const backend = createInProcessBackend({ store: 'memory:', clock, leaseTtlMs: 10 ** 9 })
  await backend.start()
  ends.push(() => backend.stop())
  const info = { node: asNodeId('n'), incarnation: newIncarnation(), hostname: 'h', pid: 1, capacity: 9 }
  await backend.nodes.register({ ...info, startedAt: clock.now() }, () => [])
  const sent: NewJob[] = []
  const log = new KeptLog()
  let refuses = false
  const keep = (): TaskKeeper => {
    const sender = {
      send: async (job: NewJob): Promise<void> => {
        if (refuses) throw engineError('NO_WORKER', 'full')
        sent.push(job)
        await backend.jobs.submit([{ job, nodes: [info.node] }])
      },
    }
    const keeper = new TaskKeeper({ registry: backend.tasks, jobs: backend.jobs, sender, clock, log })
    ends.push(() => keeper.stop())
    keeper.start()
    return keeper
  }
  const refuse = (does: boolean): void => void (refuses = does)
  return { backend, clock, sent, log, keep, refuse }
}

async function add(backend: QueueBackend, change: Partial<TaskRecord>, clock: FakeClock): Promise<TaskRecord> {
  const task: TaskRecord = {
    id: asTaskId('task00000001'),
    status: 'running',
    commands: ['make'],
    driver: 'box',
    device,
    strategy: 'pinned',
    sealedConnection: 'sealed for the task',
    driverOptions: {},
    switches: {},
    shownConnection: {},
    offset: 0,
    logSize: 0,
    createdAt: clock.now(),
    failures: 0,
    looks: 0,
    tags: [],
    owner: '',
    ...change,
  }
  await backend.tasks.add(task, 0)
  return task
}

/** Runs the errand that waits to an end that says how the task was found. */
async function answer(backend: QueueBackend, report: { running: boolean; nextOffset: number; logSize: number }) {
  const lease = (await backend.leases.find(device.id))!
  const { claim } = (await backend.mailboxes.take(lease, 'worker'))!
  return backend.jobs.finish(claim, {
    status: 'finished',
    outcome: 'succeeded',
    result: { results: [], task: report },
  })
}

const found = async (backend: QueueBackend) => (await backend.tasks.find(asTaskId('task00000001')))?.task

describe('the keeper of tasks', () => {
  it('sends a look as a job of the task, and notes its end', async () => {
    const { backend, clock, sent, keep } = await open()
    await add(backend, { pushIntervalSeconds: 60 }, clock)
    const keeper = keep()
    await expect.poll(() => sent.length).toBe(1)
    expect(sent[0]).toMatchObject({
      kind: 'query',
      strategy: 'pinned',
      request: { sealedConnection: 'sealed for the task', operation: { commands: [] }, task: { purpose: 'push' } },
    })
    keeper.ended(await answer(backend, { running: true, nextOffset: 5, logSize: 5 }))
    await expect.poll(async () => (await found(backend))?.offset).toBe(5)
    expect(await found(backend)).not.toHaveProperty('errand')
    await clock.advance(60_000)
    await expect.poll(() => sent.length).toBe(2)
  })

  it('finds the end of a look that nobody noted, and sends no other one for it', async () => {
    const { backend, clock, sent, keep } = await open()
    await add(backend, { pushIntervalSeconds: 60 }, clock)
    keep()
    await expect.poll(() => sent.length).toBe(1)
    await answer(backend, { running: false, nextOffset: 5, logSize: 5 })
    await clock.advance(15_000)
    await expect.poll(async () => (await found(backend))?.status).toBe('completed')
    expect(sent).toHaveLength(1)
    await clock.advance(300_000)
    await expect.poll(() => found(backend)).toBeUndefined()
  })

  it('sends a look again that was noted and never sent, under the same id', async () => {
    const { backend, clock, sent, keep } = await open()
    const errand = { jobId: newJobId(), action: 'read' } as const
    await add(backend, { errand, looks: 1 }, clock)
    keep()
    await expect.poll(() => sent.length).toBe(1)
    expect(sent[0]?.id).toBe(errand.jobId)
  })

  it('asks the device about a launch that nobody has heard of', async () => {
    const { backend, clock, sent, keep } = await open()
    await add(backend, { status: 'launching', errand: { jobId: newJobId(), action: 'launch' } }, clock)
    keep()
    await clock.advance(15_000)
    expect(sent).toEqual([])
    for (let look = 0; look < 3; look++) await clock.advance(15_000)
    await expect.poll(() => sent.length).toBe(1)
    expect(sent[0]?.request.task).toMatchObject({ action: 'read', purpose: 'watch' })
  })

  it('tries later where no node has room, and says for the last time when that went on for too long', async () => {
    const { backend, clock, sent, keep, refuse } = await open()
    await add(backend, {}, clock)
    refuse(true)
    keep()
    await expect.poll(async () => (await found(backend))?.failures).toBe(1)
    await clock.advance(86_500_000)
    await expect.poll(async () => (await found(backend))?.failures).toBeGreaterThan(1)
    refuse(false)
    await clock.advance(600_000)
    await expect.poll(() => sent.length).toBe(1)
    expect(sent[0]?.request.task).toMatchObject({ givesUp: true })
  })

  it('has nothing to do with a task that somebody else has claimed', async () => {
    const { backend, clock, sent, keep } = await open()
    await add(backend, {}, clock)
    await backend.tasks.claim(10, 30_000)
    keep()
    await clock.advance(29_000)
    expect(sent).toEqual([])
    await clock.advance(1_000)
    await expect.poll(() => sent.length).toBe(1)
  })
})
