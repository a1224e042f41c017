import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { SimulatedDevice, Simulator } from '@netpulse/simulator'
import { startSimulator } from '@netpulse/simulator'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { RedisServer } from '../../../../tools/test/redis-server.mjs'
import { redisSource, startRedis } from '../../../../tools/test/redis-server.mjs'
import type { ServerProcess } from '../../../../tools/test/server-process.mjs'
import { startServer } from '../../../../tools/test/server-process.mjs'
import type { WorkerProcessOptions } from '../../../../tools/test/worker-process.mjs'
import { startWorker } from '../../../../tools/test/worker-process.mjs'

interface Job {
  readonly id: string
  readonly status: string
  readonly outcome: string
  readonly worker: string
}

interface Worker {
  readonly name: string
  readonly type: string
  readonly pid: number
  readonly node: string
}

const source = redisSource()
const title = source.kind === 'program' ? 'processes on Redis' : 'processes on Redis (skipped: needs a redis-server)'
const pollTime = { timeout: 20_000, interval: 50 }

describe.skipIf(source.kind !== 'program')(title, { timeout: 60_000 }, () => {
  let redis: RedisServer
  let simulator: Simulator
  let folder: string
  let prefix = 0
  const ends: (() => Promise<unknown>)[] = []

  beforeAll(async () => {
    ;[redis, simulator] = await Promise.all([startRedis({ appendonly: true }), startSimulator()])
    folder = await mkdtemp(join(tmpdir(), 'netpulse-processes-'))
  })

  beforeEach(() => void prefix++)

  afterEach(async () => {
    await Promise.all(ends.splice(0).map((end) => end()))
    await Promise.all(simulator.devices.map((device) => device.remove()))
  })

  afterAll(async () => {
    await Promise.all([redis.stop(), simulator.stop()])
    await rm(folder, { recursive: true, force: true })
  })

  const shared = () => ({
    NETPULSE_REDIS__URL: redis.url,
    NETPULSE_REDIS__KEY_PREFIX: `test-${prefix}`,
    NETPULSE_KEYRING_FILE: join(folder, 'keyring.json'),
    NETPULSE_WORKER__LEASE: '3',
  })

  async function server(key?: string): Promise<ServerProcess> {
    const started = await startServer({ env: shared(), ...(key === undefined ? {} : { key }) })
    ends.push(() => started.stop())
    return started
  }

  async function worker({ args = ['--processes', '1'], env = {}, ...more }: WorkerProcessOptions = {}) {
    const started = await startWorker({ args, env: { ...shared(), ...env }, ...more })
    ends.push(() => started.stop())
    return started
  }

  const add = (name: string, thinkTimeMs = 0): Promise<SimulatedDevice> =>
    simulator.add({ name, platform: 'cisco_iosxe', thinkTimeMs })

  function requestFor(device: SimulatedDevice, more: object = {}): object {
    const { host, port, username, password } = device
    const connection_args = { device_type: 'cisco_iosxe', host, port, username, password, device: device.name }
    return { driver: 'cli', connection_args, command: 'show version', ...more }
  }

  const run = (api: ServerProcess, device: SimulatedDevice, more: object = {}): Promise<Job> =>
    api.post<Job>('/device/exec?wait=30', requestFor(device, more))

  const workersOf = (api: ServerProcess): Promise<readonly Worker[]> => api.get<readonly Worker[]>('/workers')

  async function started(api: ServerProcess, id: string): Promise<void> {
    await expect.poll(async () => (await api.get<Job>(`/jobs/${id}`)).status, pollTime).toBe('started')
  }

  it('two servers and two workers run the jobs of many devices as one', async () => {
    const one = await server()
    const two = await server(one.key)
    const [first, second] = await Promise.all([worker({ args: ['--processes', '2'] }), worker()])
    const devices = await Promise.all(Array.from({ length: 20 }, (_, index) => add(`r${index}`)))
    const jobs = await Promise.all(devices.map((device, index) => run(index % 2 ? one : two, device)))
    expect(jobs.map(({ outcome }) => outcome)).toEqual(devices.map(() => 'succeeded'))
    const fifo = await Promise.all(devices.map((device) => run(one, device, { queue_strategy: 'fifo' })))
    expect(fifo.map(({ outcome }) => outcome)).toEqual(devices.map(() => 'succeeded'))
    const nodes = (await workersOf(two)).filter(({ type }) => type === 'node')
    const pids = [...(await first.nodePids()), ...(await second.nodePids())]
    expect(nodes.map(({ pid }) => pid).sort()).toEqual(pids.sort())
    expect(new Set(nodes.map(({ node }) => node)).size).toBe(3)
    expect((await two.get<Job>(`/jobs/${jobs[1]!.id}`)).status).toBe('finished')
  })

  it('a key made at one server works at the other at once', async () => {
    const one = await server()
    const two = await server(one.key)
    expect(two.key).toBe(one.key)
    expect((await two.call('GET', '/jobs')).status).toBe(200)
  })

  it('lets a running job end on SIGTERM, and leaves its devices to others', async () => {
    const api = await server()
    const first = await worker()
    const device = await add('slow', 500)
    const job = await api.post<Job>('/device/exec', requestFor(device))
    await started(api, job.id)
    first.signal('SIGTERM')
    expect(await first.ended).toEqual({ code: 0, signal: null })
    expect(await api.get<Job>(`/jobs/${job.id}`)).toMatchObject({ status: 'finished', outcome: 'succeeded' })
    expect(await workersOf(api)).toEqual([])
    await worker()
    expect(await run(api, device)).toMatchObject({ status: 'finished', outcome: 'succeeded' })
  })

  it('ends at once on a second signal, its processes too', async () => {
    const api = await server()
    const first = await worker()
    const [pid] = await first.nodePids()
    const device = await add('slow', 60_000)
    const job = await api.post<Job>('/device/exec', requestFor(device))
    await started(api, job.id)
    first.signal('SIGTERM')
    await expect.poll(() => first.output.stderr, pollTime).toContain('Stopping')
    await expect
      .poll(async () => {
        first.signal('SIGTERM')
        return Promise.race([first.ended, undefined])
      }, pollTime)
      .toMatchObject({ code: 143 })
    await expect.poll(() => isAlive(pid!), pollTime).toBe(false)
  })

  it('tells what all its processes did, and the server what the whole cluster has', async () => {
    const api = await server()
    const first = await worker({ args: ['--processes', '2', '--health-port', '0'] })
    const devices = await Promise.all(['r1', 'r2', 'r3', 'r4'].map((name) => add(name)))
    for (const device of [...devices, ...devices]) expect((await run(api, device)).outcome).toBe('succeeded')
    const ofWorker = await (await fetch(`${first.healthUrl}/metrics`)).text()
    expect(ofWorker).toContain('netpulse_sessions_open{driver="cli"} 4\n')
    expect(ofWorker).toContain('netpulse_sessions_reused_total{driver="cli"} 4\n')
    const ended = 'netpulse_jobs_ended_total{driver="cli",kind="query",status="finished",outcome="succeeded"} 8\n'
    expect(ofWorker).toContain(ended)
    const bearer = { authorization: `Bearer ${api.key}` }
    const ofServer = await (await fetch(`${api.url}/metrics`, { headers: bearer })).text()
    expect(ofServer).toContain('netpulse_jobs{status="finished"} 8\n')
    expect(ofServer).toContain('netpulse_nodes 2\n')
    expect(ofServer).toMatch(
      /netpulse_http_request_seconds_count\{method="POST",route="\/device\/exec",status="201"\} 8\n/,
    )
  })

  it('starts a killed process again as the same node, and its devices are taken over', async () => {
    const api = await server()
    const first = await worker({ args: ['--processes', '1', '--health-port', '0'] })
    const device = await add('r1')
    await run(api, device)
    const [before] = (await workersOf(api)).filter(({ type }) => type === 'node')
    const readiness = async () => (await fetch(`${first.healthUrl}/health/ready`)).status
    expect(await readiness()).toBe(200)
    process.kill(before!.pid, 'SIGKILL')
    await expect.poll(readiness, pollTime).toBe(503)
    expect((await fetch(`${first.healthUrl}/health/live`)).status).toBe(200)
    expect(await run(api, device)).toMatchObject({ status: 'finished', outcome: 'succeeded' })
    await expect.poll(readiness, pollTime).toBe(200)
    const [after] = (await workersOf(api)).filter(({ type }) => type === 'node')
    expect([after!.node, after!.pid === before!.pid]).toEqual([before!.node, false])
    expect(first.output.stderr).toContain('SIGKILL')
  })

  it('leaves no process unsupervised: what a killed supervisor left drains and ends', async () => {
    const api = await server()
    const first = await worker()
    const [pid] = await first.nodePids()
    const device = await add('slow', 500)
    const job = await api.post<Job>('/device/exec', requestFor(device))
    await started(api, job.id)
    await first.kill()
    await expect.poll(() => isAlive(pid!), pollTime).toBe(false)
    expect(await api.get<Job>(`/jobs/${job.id}`)).toMatchObject({ status: 'finished', outcome: 'succeeded' })
  })

  it('waits with a node until the process of a killed supervisor has ended', async () => {
    const api = await server()
    const first = await worker()
    const [old] = await first.nodePids()
    const device = await add('slow', 500)
    const job = await api.post<Job>('/device/exec', requestFor(device))
    await started(api, job.id)
    // Its job goes on for as long as the device says nothing.
    device.freeze()
    await first.kill()
    const next = await worker({ folder: first.folder, ready: false })
    await expect.poll(() => next.output.stderr, pollTime).toContain('STORE_UNAVAILABLE')
    expect(isAlive(old!)).toBe(true)
    device.thaw()
    await expect.poll(() => isAlive(old!), pollTime).toBe(false) // it gave its lock up as its last act
    expect(await api.get<Job>(`/jobs/${job.id}`)).toMatchObject({ status: 'finished', outcome: 'succeeded' })
  })

  it('refuses a second worker on the same folder', async () => {
    const first = await worker()
    const second = await startWorker({ env: shared(), folder: first.folder, ready: false })
    expect(await second.ended).toEqual({ code: 1, signal: null })
    expect(second.output.stderr).toMatch(/^netpulse-worker: The folder .* another netpulse-worker/m)
  })

  it('says in one line why it cannot start', async () => {
    const env = { ...shared(), NETPULSE_REDIS__URL: 'redis://127.0.0.1:1', NETPULSE_REDIS__CONNECT_TIMEOUT: '0.5' }
    const refused = await startWorker({ env, ready: false })
    expect(await refused.ended).toEqual({ code: 2, signal: null })
    expect(refused.output.stderr).toMatch(/^netpulse-worker: .*127\.0\.0\.1:1/m)
    const keyring = await startWorker({ args: ['--processes', '1'], env: shared() })
    await keyring.stop()
    const other = { ...shared(), NETPULSE_KEYRING_FILE: join(folder, 'other.json') }
    const mismatch = await startWorker({ env: other, ready: false })
    expect(await mismatch.ended).toEqual({ code: 2, signal: null })
    expect(mismatch.output.stderr).toMatch(/^netpulse-worker: The keyring .* lacks the key/m)
    await Promise.all([refused, mismatch].map((one) => rm(one.folder, { recursive: true })))
  })

  it('needs Redis', async () => {
    const none = await startWorker({ ready: false })
    expect(await none.ended).toEqual({ code: 2, signal: null })
    expect(none.output.stderr).toContain('set redis.url')
    await rm(none.folder, { recursive: true })
  })

  it('ends a pinned worker, a FIFO worker and a node by name', async () => {
    const api = await server()
    await worker()
    const device = await add('r1')
    await run(api, device)
    const find = async (type: string) => (await workersOf(api)).find((one) => one.type === type)
    await expect.poll(() => find('pinned'), pollTime).toBeDefined()
    const end = async (type: string) => {
      const { name } = (await find(type))!
      expect(await api.call('DELETE', `/workers/${encodeURIComponent(name)}`)).toEqual({ status: 200, json: { name } })
    }
    await end('pinned')
    await expect.poll(() => device.stats.openConnections, pollTime).toBe(0)
    await end('fifo')
    await expect.poll(() => find('fifo'), pollTime).toBeUndefined()
    const { pid } = (await find('node'))!
    await end('node')
    await expect.poll(async () => ((await find('node')) ?? { pid }).pid, pollTime).not.toBe(pid)
    await expect.poll(() => find('fifo'), pollTime).toBeDefined()
    expect(await run(api, device)).toMatchObject({ outcome: 'succeeded' })
    expect(await api.call('DELETE', '/workers')).toEqual({ status: 200, json: [] })
    expect((await api.call('DELETE', '/workers/nobody')).status).toBe(404)
  })
})

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
