import type { TaskId } from '@netpulse/core'
import { asDeviceId, asTaskId, isErrand, newJobId } from '@netpulse/core'
import { expect, it } from 'vitest'
import type { TaskRecord } from '../tasks.js'
import type { OpenWorld } from './contract.js'
import type { JobWish, World } from './world.js'
import { sampleJob, success } from './world.js'

const record = (world: World, id: string, change: Partial<TaskRecord> = {}): TaskRecord => ({
  id: asTaskId(id),
  status: 'running',
  jobId: newJobId(),
  commands: ['make all'],
  driver: 'box',
  device: { id: asDeviceId('r1'), host: 'r1', port: 22 },
  strategy: 'pinned',
  sealedConnection: 'sealed',
  driverOptions: { environment: { LANG: "C'" } },
  switches: {},
  shownConnection: { username: 'admin' },
  offset: 0,
  logSize: 0,
  createdAt: world.now(),
  failures: 0,
  looks: 0,
  tags: [],
  owner: 'key-1',
  ...change,
})

const idsOf = (stored: readonly { readonly task: TaskRecord }[]): readonly TaskId[] => stored.map(({ task }) => task.id)

/** Resolves when the listener was called so many times. */
function told(world: World, times: number): Promise<void> {
  return new Promise((resolve) => {
    let calls = 0
    const leave = world.backend.tasks.onDue(() => {
      if (++calls < times) return
      leave()
      resolve()
    })
  })
}

const errandOf = (wish: JobWish = {}): JobWish => ({
  ...wish,
  request: {
    ...sampleJob(wish).request,
    task: {
      action: 'read',
      taskId: asTaskId('task00000001'),
      offset: 0,
      commands: ['make'],
      launchedAt: 0,
      purpose: 'push',
    },
  },
})

export function tasksContract(open: OpenWorld): void {
  recordContract(open)
  claimContract(open)
  listContract(open)
  dueContract(open)
  errandContract(open)
  errandEventContract(open)
}

function recordContract(open: OpenWorld): void {
  it('keeps a task as it was put in, once', async () => {
    const world = await open()
    const { tasks } = world.backend
    const task = record(world, 'task00000001', { syncedAt: world.now(), pid: 12, exitStatus: 0, endedAt: world.now() })
    expect(await tasks.add(task, 0)).toBe(true)
    expect(await tasks.add(record(world, 'task00000001', { owner: 'other' }), 0)).toBe(false)
    expect(await tasks.find(task.id)).toEqual({ task, revision: 1 })
    expect(await tasks.find(asTaskId('unknown'))).toBeUndefined()
  })
}

function claimContract(open: OpenWorld): void {
  it('gives what is due to one at a time, and to others when the claim runs out', async () => {
    const world = await open()
    const { tasks } = world.backend
    await tasks.add(record(world, 'later'), 5_000)
    await tasks.add(record(world, 'now'), 0)
    const first = await tasks.claim(10, 30_000)
    expect(idsOf(first)).toEqual(['now'])
    expect(await tasks.claim(10, 30_000)).toEqual([])
    await world.advance(5_000)
    expect(idsOf(await tasks.claim(10, 60_000))).toEqual(['later'])
    await world.advance(25_000)
    expect(idsOf(await tasks.claim(10, 30_000))).toEqual(['now'])
    expect(await tasks.save(first[0]!, 0), 'the first claim is stale').toBeUndefined()
  })

  it('claims no more than asked for, the longest due first', async () => {
    const world = await open()
    const { tasks } = world.backend
    for (const [index, id] of ['c', 'a', 'b'].entries()) await tasks.add(record(world, id), 3_000 - index * 1_000)
    await world.advance(3_000)
    expect(idsOf(await tasks.claim(2, 30_000))).toEqual(['b', 'a'])
    expect(idsOf(await tasks.claim(2, 30_000))).toEqual(['c'])
  })

  it('takes a change of what was read last, and no other', async () => {
    const world = await open()
    const { tasks } = world.backend
    await tasks.add(record(world, 'one'), 600_000)
    const read = (await tasks.find(asTaskId('one')))!
    const saved = await tasks.save({ ...read, task: { ...read.task, offset: 7 } }, 600_000)
    expect(saved?.task.offset).toBe(7)
    expect(await tasks.save({ ...read, task: { ...read.task, offset: 9 } }, 0)).toBeUndefined()
    expect((await tasks.find(asTaskId('one')))?.task.offset).toBe(7)
    expect(await tasks.save(saved!, 600_000)).toMatchObject({ task: { offset: 7 } })
  })

  it('leaves a task due as it was when a change says nothing about that', async () => {
    const world = await open()
    const { tasks } = world.backend
    await tasks.add(record(world, 'one'), 5_000)
    const read = (await tasks.find(asTaskId('one')))!
    await tasks.save({ ...read, task: { ...read.task, logSize: 7 } })
    expect(await tasks.claim(1, 30_000)).toEqual([])
    await world.advance(5_000)
    expect((await tasks.claim(1, 30_000)).map(({ task }) => task.logSize)).toEqual([7])
  })

  it('forgets a task for good, whoever has read it', async () => {
    const world = await open()
    const { tasks } = world.backend
    await tasks.add(record(world, 'one'), 0)
    const [claimed] = await tasks.claim(1, 30_000)
    expect(await tasks.remove(asTaskId('one'))).toBe(true)
    expect(await tasks.remove(asTaskId('one'))).toBe(false)
    expect(await tasks.save(claimed!, 0)).toBeUndefined()
    expect(await tasks.find(asTaskId('one'))).toBeUndefined()
    await world.advance(60_000)
    expect(await tasks.claim(1, 30_000)).toEqual([])
  })
}

function listContract(open: OpenWorld): void {
  it('lists by pages, newest first, by status and device', async () => {
    const world = await open()
    const { tasks } = world.backend
    const other = { id: asDeviceId('r2'), host: 'r2', port: 22 }
    for (const id of ['one', 'two', 'three']) await tasks.add(record(world, id), 0)
    await tasks.add(record(world, 'four', { device: other, status: 'completed' }), 0)
    const page = await tasks.list({}, { limit: 3 })
    expect(idsOf(page.items)).toEqual(['four', 'three', 'two'])
    const rest = await tasks.list({}, { limit: 3, cursor: page.nextCursor! })
    expect(idsOf(rest.items)).toEqual(['one'])
    expect(rest.nextCursor).toBeUndefined()
    expect(idsOf((await tasks.list({ status: 'running' }, { limit: 2 })).items)).toEqual(['three', 'two'])
    expect(idsOf((await tasks.list({ deviceId: other.id }, { limit: 10 })).items)).toEqual(['four'])
    await expect(tasks.list({}, { limit: 0 })).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    await expect(tasks.list({}, { limit: 1, cursor: 'x' })).rejects.toMatchObject({ code: 'INVALID_CURSOR' })
  })
}

function dueContract(open: OpenWorld): void {
  it('tells when a task is put in, when it is changed, and when its time comes', async () => {
    const world = await open()
    const { tasks } = world.backend
    const atOnce = told(world, 2)
    await tasks.add(record(world, 'one'), 0)
    await atOnce
    const [claimed] = await tasks.claim(1, 30_000)
    let calls = 0
    let rung = (): void => undefined
    const leave = tasks.onDue(() => {
      calls++
      rung()
    })
    await tasks.save(claimed!, 5_000)
    const came = new Promise<void>((resolve) => {
      rung = () => {
        void tasks.claim(1, 30_000).then((due) => {
          if (due.length > 0) resolve()
        })
      }
    })
    // A message of a store that is elsewhere may come later than the clock was moved.
    let isOver = false
    void came.then(() => (isOver = true))
    for (let second = 0; second < 25 && !isOver; second++) {
      await world.advance(1_000)
      await tasks.find(asTaskId('one'))
    }
    await came
    expect(calls).toBeGreaterThan(0)
    leave()
  })
}

function errandContract(open: OpenWorld): void {
  it('neither lists nor counts the jobs that look after a task, and tells no event of them', async () => {
    const world = await open()
    await world.node()
    const ordinary = await world.submitOne()
    const errand = await world.submitOne(errandOf())
    expect(isErrand((await world.get(errand.id)).request)).toBe(true)
    expect((await world.backend.jobs.counts()).queued).toBe(1)
    expect(await world.drainDevice()).toEqual([ordinary.id, errand.id])
    expect((await world.ended(errand.id)).status).toBe('finished')
    const pages = await Promise.all([
      world.backend.jobs.list({}, { limit: 10 }),
      world.backend.jobs.list({ status: ['finished'] }, { limit: 10 }),
      world.backend.jobs.list({ host: 'r1', driver: 'cli' }, { limit: 10 }),
    ])
    expect(pages.map(({ items }) => items.map(({ id }) => id))).toEqual(pages.map(() => [ordinary.id]))
    expect((await world.backend.jobs.counts()).finished).toBe(1)
    expect(await world.eventsOf(errand.id)).toEqual([])
    await world.advance(700_000)
    expect((await world.backend.jobs.counts()).finished).toBe(0)
  })
}

function errandEventContract(open: OpenWorld): void {
  it('tells those who wait for the end of such a job', async () => {
    const world = await open()
    await world.node()
    const { id } = await world.submitOne(errandOf())
    const ended = world.ended(id)
    const { claim } = await world.take()
    await world.finish(claim)
    expect((await ended).id).toBe(id)
  })

  it('tells the webhook what the ending says', async () => {
    const world = await open()
    await world.node()
    const { request } = world.job(errandOf())
    const webhook = {
      name: 'basic',
      events: ['detached.log_push', 'detached.completed'],
      origin: 'https://one.example.net',
      timeoutSeconds: 5,
      maxRetries: 0,
      retryIntervalsSeconds: [10],
      sealedTarget: 'sealed',
    } as const
    const jobs = await world.submit({ request: { ...request, webhook } }, { request: { ...request, webhook } })
    await world.finish((await world.take()).claim, { ...success, event: 'detached.log_push' })
    await world.finish((await world.take()).claim)
    const told = await Promise.all(jobs.map(({ id }) => world.backend.outbox.ofJob(id)))
    expect(told.map((all) => all.map(({ event }) => event))).toEqual([['detached.log_push'], []])
  })
}

export function tasksRestartContract(open: OpenWorld): void {
  it('keeps tasks, their order and their claims over a restart', async () => {
    const world = await open()
    await world.backend.tasks.add(record(world, 'claimed'), 0)
    await world.backend.tasks.add(record(world, 'due'), 0)
    await world.backend.tasks.claim(1, 30_000)
    await world.reopen()
    const { tasks } = world.backend
    expect(idsOf((await tasks.list({}, { limit: 10 })).items)).toEqual(['due', 'claimed'])
    expect(idsOf(await tasks.claim(10, 60_000))).toEqual(['due'])
    await world.advance(30_000)
    expect(idsOf(await tasks.claim(10, 60_000))).toEqual(['claimed'])
    await tasks.add(record(world, 'new'), 0)
    expect(idsOf((await tasks.list({}, { limit: 1 })).items)).toEqual(['new'])
  })
}
