import { randomUUID } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { asTaskId } from '@netpulse/core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { startRedis } from '../../../../tools/test/redis-server.mjs'
import type { NetPulse, NetPulseOptions } from '../../src/netpulse.js'
import { request, startBench } from '../support/engine-bench.js'
import { ScriptedNetwork } from '../support/scripted-driver.js'
import { errandsIn, launch, taskThat, TaskWorld } from '../support/task-world.js'

const worlds: TaskWorld[] = []
let redis: Awaited<ReturnType<typeof startRedis>>

beforeAll(async () => {
  redis = await startRedis()
})
afterEach(async () => {
  for (const world of worlds.splice(0)) await world[Symbol.asyncDispose]()
})
afterAll(() => redis.stop())

async function open(options: NetPulseOptions = {}): Promise<{ world: TaskWorld; netpulse: NetPulse }> {
  const world = await TaskWorld.open(options)
  worlds.push(world)
  return { world, netpulse: await world.start() }
}

const backends: readonly { name: string; options: () => NetPulseOptions }[] = [
  { name: 'in process', options: () => ({}) },
  { name: 'on Redis', options: () => ({ redis: { url: redis.url, keyPrefix: randomUUID() } }) },
]

const isRunning = (task: { status: string } | undefined): boolean => task?.status === 'running'
const isCompleted = (task: { status: string } | undefined): boolean => task?.status === 'completed'

describe.each(backends)('a detached task, $name', ({ options }) => {
  it('runs on when its job has ended, is read by offset and ended with its whole group', async () => {
    const { world, netpulse } = await open(options())
    const { job, id } = await launch(netpulse, world.request(world.box.tasks.lasting.commands))
    expect(job).toMatchObject({ status: 'finished', outcome: 'succeeded', kind: 'opaque', strategy: 'pinned' })
    expect(job.result?.results).toMatchObject([{ exitStatus: 0, metadata: { taskId: id, isRunning: true } }])
    expect(id).toHaveLength(12)
    await expect.poll(() => world.box.tasks.processes(id)).toBeGreaterThan(1)
    const task = await taskThat(netpulse, id, isRunning)
    expect(task).toMatchObject({ commands: world.box.tasks.lasting.commands, offset: 0, jobId: job.id })
    const { results } = await netpulse.tasks.read(id)
    expect(results).toMatchObject([
      { stdout: 'begun\n', metadata: { isRunning: true, nextOffset: 6, completed: false } },
    ])
    expect((await netpulse.tasks.read(id, { offset: 6 })).results).toMatchObject([{ stdout: '' }])
    await netpulse.tasks.kill(id)
    await expect.poll(() => world.box.tasks.processes(id)).toBe(0)
    expect(await netpulse.tasks.find(id)).toBeUndefined()
    await expect(netpulse.tasks.read(id)).rejects.toMatchObject({ code: 'TASK_NOT_FOUND' })
    const { items } = await netpulse.list({}, { limit: 100 })
    expect(errandsIn(items)).toEqual([])
    expect(items).toHaveLength(1)
  })

  it('pushes what is new to its webhook, and tells its end once', async () => {
    const { world, netpulse } = await open(options())
    const script = 'echo one; sleep 1.5; echo two; sleep 1.5; echo three; exit 7'
    const { id } = await launch(netpulse, world.request(script, { pushIntervalSeconds: 1, webhook: world.webhook }))
    const task = await taskThat(netpulse, id, isCompleted)
    expect(task).toMatchObject({ exitStatus: 7, offset: 14, logSize: 14 })
    const isEnd = ({ body }: { readonly body: string }): boolean => body.includes('"final":true')
    await expect.poll(() => world.receiver.received.filter(isEnd).length, { timeout: 5_000 }).toBe(1)
    const told = await world.told(world.receiver.received.length)
    expect(told.map(({ result }) => result.retval[0]?.stdout ?? '').join('')).toBe('one\ntwo\nthree\n')
    const events = told.map(({ event_type }) => event_type)
    expect(events.at(-1)).toBe('detached.completed')
    expect(new Set(events.slice(0, -1))).toEqual(new Set(['detached.log_push']))
    expect(told[0]).toMatchObject({
      id,
      task_id: id,
      final: false,
      status: 'finished',
      command: [script],
      duration: null,
    })
    expect(told.at(-1)).toMatchObject({ id, final: true, result: { retval: [{ exit_status: 7 }], error: null } })
  })

  it('is found by another life of NetPulse, which goes on where the last one was', async () => {
    const { world, netpulse } = await open(options())
    const script = 'echo one; sleep 2.5; echo two'
    const asked = world.request(script, { pushIntervalSeconds: 1, webhook: world.webhook })
    const { id } = await launch(netpulse, asked)
    await world.told(1)
    await taskThat(netpulse, id, (task) => (task?.offset ?? 0) > 0)
    await world.stop(netpulse)
    const next = await world.start()
    await taskThat(next, id, isCompleted)
    const told = await world.told(2)
    expect(told.map(({ event_type, result }) => [event_type, result.retval[0]?.stdout])).toEqual([
      ['detached.log_push', 'one\n'],
      ['detached.completed', 'two\n'],
    ])
  })

  it('is told as failed when its device knows nothing of it any more', async () => {
    const { world, netpulse } = await open(options())
    const asked = world.request('sleep 300', { pushIntervalSeconds: 1, webhook: world.webhook })
    const { id } = await launch(netpulse, asked)
    world.box.lose(id)
    const [told] = await world.told(1)
    expect(told).toMatchObject({ id, event_type: 'detached.failed', final: true, status: 'failed' })
    expect(told?.result.error?.code).toBe('TASK_LOST')
    expect(await taskThat(netpulse, id, isCompleted)).toMatchObject({ error: { code: 'TASK_LOST' } })
  })

  it('tells its webhook that somebody ended it', async () => {
    const { world, netpulse } = await open(options())
    const { id } = await launch(netpulse, world.request('sleep 300', { webhook: world.webhook }))
    await netpulse.tasks.kill(id)
    const [told] = await world.told(1)
    expect(told).toMatchObject({ id, event_type: 'detached.failed', result: { error: { code: 'TASK_KILLED' } } })
    expect(world.box.taskIds()).toEqual([])
  })

  it('is found on its device when nobody knows it', async () => {
    const { world, netpulse } = await open(options())
    const { id } = await launch(netpulse, world.request('echo here; sleep 300'))
    expect(await netpulse.tasks.forget(id)).toBe(true)
    expect(await netpulse.tasks.forget(id)).toBe(false)
    expect((await netpulse.tasks.list({}, { limit: 10 })).items).toEqual([])
    const { driver, connectionArgs } = world.request('')
    const found = await netpulse.tasks.discover({ driver, connectionArgs, owner: 'key-1' })
    expect(found).toMatchObject({ vanished: 0, tasks: [{ id, status: 'running', owner: 'key-1' }] })
    expect((await netpulse.tasks.read(id)).results).toMatchObject([{ stdout: 'here\n' }])
    await netpulse.tasks.kill(id)
  })

  it('that is gone from its device is settled by a discovery', async () => {
    const { world, netpulse } = await open(options())
    const { id } = await launch(netpulse, world.request('sleep 300'))
    await taskThat(netpulse, id, isRunning)
    world.box.lose(id)
    const { driver, connectionArgs } = world.request('')
    expect(await netpulse.tasks.discover({ driver, connectionArgs })).toMatchObject({ vanished: 1, tasks: [] })
    expect(await taskThat(netpulse, id, isCompleted)).toMatchObject({ error: { code: 'TASK_LOST' } })
  })
})

describe('a launch', () => {
  it.each([
    { name: 'of a configuration', change: { config: 'hostname x', command: undefined }, path: 'detach' },
    {
      name: 'with pushes and nothing to push',
      change: { detach: false, pushIntervalSeconds: 5 },
      path: 'push_interval',
    },
  ])('$name is refused before anything is stored', async ({ change, path }) => {
    const { world, netpulse } = await open()
    const asked = Object.entries({ ...world.request('x'), ...change }).filter(([, value]) => value !== undefined)
    const refused = netpulse.submit(Object.fromEntries(asked) as never)
    await expect(refused).rejects.toMatchObject({ code: 'INVALID_INPUT', details: { errors: [{ path }] } })
    expect((await netpulse.tasks.list({}, { limit: 10 })).items).toEqual([])
  })

  it('that the driver cannot do is refused', async () => {
    const engine = await startBench(new ScriptedNetwork())
    try {
      const refused = engine.submit(request('r1', { command: 'show x', detach: true }))
      await expect(refused).rejects.toMatchObject({ code: 'INVALID_INPUT', details: { errors: [{ path: 'detach' }] } })
      const search = engine.tasks.discover({ driver: 'scripted', connectionArgs: { host: 'r1', password: 'x' } })
      await expect(search).rejects.toMatchObject({ code: 'INVALID_INPUT', details: { errors: [{ path: 'driver' }] } })
    } finally {
      await engine.close()
    }
  })

  it('that the device refuses is a result, and its task has ended', async () => {
    const { world, netpulse } = await open()
    const { job, id } = await launch(netpulse, world.request('not-allowed'))
    expect(job).toMatchObject({ status: 'finished', outcome: 'refused' })
    const task = await taskThat(netpulse, id, isCompleted)
    expect(task).toMatchObject({ error: { code: 'TASK_REFUSED', message: 'not allowed' } })
  })

  it('that is sent twice under one key is one task', async () => {
    const { world, netpulse } = await open()
    const asked = world.request('sleep 300')
    const jobs = await Promise.all([1, 2].map(() => netpulse.submit(asked, { idempotencyKey: 'one' })))
    expect(new Set(jobs.map(({ id }) => id)).size).toBe(1)
    await netpulse.wait(jobs[0]!.id)
    expect(world.box.taskIds()).toHaveLength(1)
    expect((await netpulse.tasks.list({}, { limit: 10 })).items).toHaveLength(1)
  })

  it('that never ran leaves no task behind', async () => {
    const { world, netpulse } = await open({ capacity: 1 })
    await launch(netpulse, world.request('sleep 300'))
    const other = { ...world.request('sleep 300').connectionArgs, device: 'other' }
    const full = await world.stop(netpulse).then(() => world.start({ work: 'none' }))
    const refused = full.submit(world.request('sleep 300', { connectionArgs: other }))
    await expect(refused).rejects.toMatchObject({ code: 'NO_WORKER' })
    expect((await full.tasks.list({}, { limit: 10 })).items).toHaveLength(1)
  })

  it('keeps every secret out of the registry, the store and the log', async () => {
    const { world, netpulse } = await open()
    const secret = String(world.box.connection['password'])
    const { id } = await launch(netpulse, world.request(`echo "it is ${secret}"; sleep 300`))
    const task = await taskThat(netpulse, id, isRunning)
    expect(task?.shownConnection).toMatchObject({ username: 'box', password: '[redacted]' })
    const at = async (offset: number) => (await netpulse.tasks.read(id, { offset })).results[0]?.stdout
    await expect.poll(() => at(0)).toBe('it is [redacted]\n')
    for (const offset of [4, 8, 12, 17]) expect(await at(offset), `from byte ${offset}`).not.toMatch(/pen|sesame|esa/)
    expect(JSON.stringify({ ...task, commands: [] })).not.toContain(secret)
    await netpulse.tasks.kill(id)
  })

  it('seals what its tasks need for them alone', async () => {
    const { world, netpulse } = await open()
    const webhook = {
      ...world.webhook,
      url: `${world.receiver.url}/canary-path`,
      headers: { 'x-key': 'canary-header' },
    }
    const { id } = await launch(netpulse, world.request('sleep 300', { webhook, pushIntervalSeconds: 3600 }))
    await netpulse.tasks.read(id)
    await world.stop(netpulse)
    const store = join(world.folder, 'store')
    for (const name of await readdir(store))
      for (const canary of ['open sesame', 'canary-path', 'canary-header'])
        expect((await readFile(join(store, name))).includes(canary), `${canary} in ${name}`).toBe(false)
    const next = await world.start()
    await next.tasks.kill(id)
    const [told] = await world.receiver.got(1)
    expect(told).toMatchObject({ path: '/canary-path', headers: { 'x-key': 'canary-header' } })
  })
})

it('a task that nobody has is not found', async () => {
  const { netpulse } = await open()
  const unknown = asTaskId('000000000000')
  await expect(netpulse.tasks.read(unknown)).rejects.toMatchObject({ code: 'TASK_NOT_FOUND' })
  await expect(netpulse.tasks.kill(unknown)).rejects.toMatchObject({ code: 'TASK_NOT_FOUND' })
  expect(await netpulse.tasks.find(unknown)).toBeUndefined()
})
