import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startRedis } from '../test/redis-server.mjs'
import { startServer } from '../test/server-process.mjs'
import { startWorker } from '../test/worker-process.mjs'
import { startProxy } from './proxy.mjs'

/** The library that gives a process a wall clock of its own; `undefined` where it is not installed. */
export const clockLibrary = readdirSync('/usr/lib')
  .map((folder) => join('/usr/lib', folder, 'faketime/libfaketimeMT.so.1'))
  .find((path) => existsSync(path))

/** A Redis, two `netpulse-server` and some `netpulse-worker`, each process behind a proxy of its own. */
export class Fleet {
  controllers = []
  workers = []
  proxies = []
  logs = []
  #options
  /** Also when this process ends by a signal or a bug: nothing that it started goes on. */
  #killWithParent = () => {
    for (const { pid } of this.controllers) signalProcess(pid, 'SIGKILL')
    for (const { pids } of this.workers) for (const pid of pids) signalProcess(pid, 'SIGKILL')
  }

  static async start(options) {
    const fleet = new Fleet()
    process.on('exit', fleet.#killWithParent)
    fleet.#options = options
    fleet.folder = await mkdtemp(join(tmpdir(), 'netpulse-faults-'))
    fleet.redis = await startRedis({ appendonly: true })
    try {
      for (let count = 0; count < 2; count++) await fleet.startController()
      const started = await Promise.allSettled(Array.from({ length: options.workers }, () => fleet.startWorker()))
      const failed = started.find(({ status }) => status === 'rejected')
      if (failed !== undefined) throw failed.reason
    } catch (error) {
      await fleet.stop()
      throw error
    }
    return fleet
  }

  async startController() {
    const proxy = await this.#proxy()
    const log = (text) => this.logs.push(text)
    const server = await startServer({ env: this.#env(proxy), key: this.controllers[0]?.key, log })
    this.controllers.push(Object.assign(server, { proxy }))
    return server
  }

  /** A worker on a machine of its own, as far as this machine can show that. */
  async startWorker() {
    const { processes = 1, hasClock = false } = this.#options
    const proxy = await this.#proxy()
    const clock = hasClock ? await this.#clock() : undefined
    const env = { ...this.#env(proxy), ...clock?.env }
    const folder = await mkdtemp(join(this.folder, 'worker-'))
    const started = await startWorker({ args: ['--processes', String(processes)], env, folder })
    const worker = new Worker(started, proxy, clock)
    await worker.look()
    this.workers.push(worker)
    return worker
  }

  get living() {
    return this.workers.filter(({ isDead }) => !isDead)
  }

  async #proxy() {
    const proxy = await startProxy(this.redis)
    this.proxies.push(proxy)
    return proxy
  }

  /** A file that says how far the clock is off, in seconds; read at each look at the clock. */
  async #clock() {
    const file = join(this.folder, `clock-${this.workers.length}-${Math.random().toString(36).slice(2)}`)
    const step = (seconds) => writeFile(file, `${seconds < 0 ? '' : '+'}${seconds}\n`)
    await step(0)
    const env = {
      LD_PRELOAD: clockLibrary,
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
      DONT_FAKE_MONOTONIC: '1',
    }
    return { env, step }
  }

  #env(proxy) {
    return {
      NETPULSE_REDIS__URL: proxy.url,
      NETPULSE_KEYRING_FILE: join(this.folder, 'keyring.json'),
      NETPULSE_WORKER__LEASE: String(this.#options.leaseSeconds),
      NETPULSE_LOG__LEVEL: 'debug',
    }
  }

  /** What all processes logged. */
  get logged() {
    return [...this.logs, ...this.workers.flatMap(({ output }) => [output.stdout, output.stderr])]
  }

  /** At once: what runs is lost. Never throws half way. */
  async stop() {
    process.off('exit', this.#killWithParent)
    await Promise.allSettled(this.workers.map((worker) => worker.killAll()))
    await Promise.allSettled(this.controllers.map((controller) => controller.kill().then(() => controller.stop())))
    for (const proxy of this.proxies) proxy.close()
    await this.redis.stop()
    await rm(this.folder, { recursive: true, force: true })
  }
}

/** A `netpulse-worker`: the supervisor and its node processes, which the faults strike apart or together. */
class Worker {
  isDead = false
  #process
  /** Every node process that it ever had. */
  pids = new Set()

  constructor(process, proxy, clock) {
    this.#process = process
    this.proxy = proxy
    this.clock = clock
  }

  get output() {
    return this.#process.output
  }

  /** The node processes below it now. */
  async look() {
    const pids = await this.#process.nodePids()
    for (const pid of pids) this.pids.add(pid)
    return pids
  }

  async has(pid) {
    return (await this.look()).includes(pid)
  }

  /** The machine loses its power. */
  async killAll() {
    this.isDead = true
    await this.look()
    for (const pid of this.pids) signalProcess(pid, 'SIGKILL')
    await this.#process.kill()
  }

  /** Only the supervisor: its node processes notice, drain and end. */
  async killSupervisor() {
    this.isDead = true
    await this.look()
    await this.#process.kill()
  }

  /** Only the node processes: the supervisor starts new ones. */
  async killNodes() {
    for (const pid of await this.look()) signalProcess(pid, 'SIGKILL')
  }

  /** Only this node process. */
  killNode = (pid) => signalProcess(pid, 'SIGKILL')

  async pause() {
    for (const pid of await this.look()) signalProcess(pid, 'SIGSTOP')
  }

  resume() {
    for (const pid of this.pids) signalProcess(pid, 'SIGCONT')
  }

  /** In peace. */
  async stop() {
    this.isDead = true
    this.#process.signal('SIGTERM')
    await this.#process.ended
  }
}

/** A signal to one of our programs; none to a stranger who has got its number meanwhile. */
function signalProcess(pid, signal) {
  const file = `/proc/${pid}/cmdline`
  if (!existsSync(file) || !/apps\/(server|worker)\/dist\/main\.js/.test(readFileSync(file, 'utf8'))) return
  try {
    process.kill(pid, signal)
  } catch (error) {
    if (error.code !== 'ESRCH') throw error // it has just ended by itself
  }
}
