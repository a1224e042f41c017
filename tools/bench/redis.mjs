// The cluster on one machine: redis-server, a controller, a worker, the devices and this client share its cores.
// node tools/bench/redis.mjs [submits] [throughput] [latency] [fifo] [idle] [placement] [curve]   (all when none is named)
import { execFileSync } from 'node:child_process'
import { startCluster } from './cluster/cluster.mjs'
import { allEnded, bulk, clientOf } from './cluster/client.mjs'
import { httpLoad } from './cluster/http-load.mjs'
import { startDevices } from './devices.mjs'
import { openRawShell } from './raw-shell.mjs'
import { percentile, round, spread, timed } from './statistics.mjs'

const report = (fields) => console.log(JSON.stringify({ benchmark: 'redis', ...fields }))

async function withCluster(shape, run) {
  const cluster = await startCluster(shape)
  const client = clientOf(cluster.controllers[0])
  try {
    await run(cluster, client)
  } finally {
    client.close()
    await cluster.stop()
  }
}

async function withDevices(options, run) {
  const devices = await startDevices(options)
  try {
    await run(devices)
  } finally {
    await devices.stop()
  }
}

const infoOf = ({ port }, section) => execFileSync('redis-cli', ['-p', String(port), 'info', section]).toString()

/** Milliseconds of CPU so far: of Redis, and of the first controller and worker. */
async function cpuOf({ redis, controllers, workers }) {
  const info = infoOf(redis, 'cpu')
  const seconds = (name) => Number(new RegExp(`used_cpu_${name}:([0-9.]+)`).exec(info)[1])
  const cpu = { redis: (seconds('sys') + seconds('user')) * 1000 }
  for (const [name, [member]] of Object.entries({ controller: controllers, worker: workers })) {
    if (member === undefined) continue
    const { user, system } = (await member.ask('usage')).cpu
    cpu[name] = (user + system) / 1000
  }
  return cpu
}

/** Runs the work; with the microseconds of CPU that each process spent per job. */
async function withCpu(cluster, jobs, work) {
  const before = await cpuOf(cluster)
  const answer = await work()
  const after = await cpuOf(cluster)
  const perJob = (name) => [name, Math.round(((after[name] - before[name]) / jobs) * 1000)]
  return { answer, cpuMicrosecondsPerJob: Object.fromEntries(Object.keys(before).map(perJob)) }
}

/** `POST /device/exec` through one controller; nobody runs the jobs. Memory: Redis' own, per job that waits. */
const submits = () =>
  withCluster({ workers: [] }, async (cluster) => {
    const { controllers, redis } = cluster
    const usedMemory = () => Number(/used_memory:(\d+)/.exec(infoOf(redis, 'memory'))[1])
    const body = (host) => ({
      driver: 'cli',
      connection_args: { device_type: 'cisco_iosxe', host, username: 'admin', password: 'not-a-secret' },
      command: 'show version',
      queue_strategy: 'fifo',
    })
    const load = { ...controllers[0], path: '/device/exec' }
    await httpLoad({ ...load, body: body('10.0.0.1'), requests: 2000 })
    for (const host of ['10.0.0.2', '10.0.0.3', '10.0.0.4']) {
      const memory = usedMemory()
      const { answer, cpuMicrosecondsPerJob } = await withCpu(cluster, 9000, () =>
        httpLoad({ ...load, body: body(host), requests: 9000 }),
      )
      const { seconds, statuses } = answer
      if (statuses[201] !== 9000) throw new Error(JSON.stringify(statuses))
      const redisBytesPerJob = Math.round((usedMemory() - memory) / 9000)
      report({
        what: 'submits',
        submits: 9000,
        perSecond: Math.round(9000 / seconds),
        cpuMicrosecondsPerJob,
        redisBytesPerJob,
      })
    }
  })

async function throughputOf(client, devices, rounds) {
  await allEnded(client, await bulk(client, devices.connectionArgs))
  const elapsedMs = await timed(async () => {
    let last
    for (let round = 0; round < rounds; round++) last = await bulk(client, devices.connectionArgs)
    await allEnded(client, last)
  })
  return { jobs: devices.connectionArgs.length * rounds, seconds: elapsedMs / 1000 }
}

const throughput = () =>
  withDevices({ count: 50 }, (devices) =>
    withCluster({}, async (cluster, client) => {
      const { answer, cpuMicrosecondsPerJob } = await withCpu(cluster, 50 * 400, () =>
        throughputOf(client, devices, 400),
      )
      const jobsPerSecond = Math.round(answer.jobs / answer.seconds)
      report({ what: 'throughput', devices: 50, commands: 400, jobsPerSecond, cpuMicrosecondsPerJob })
    }),
  )

/** One device, 20,000 jobs at most per size: how the rate changes with the number of devices. */
async function curve() {
  for (const count of [10, 100, 1000, 5000]) {
    await withDevices({ count }, (devices) =>
      withCluster({ workers: [{ capacity: 10_000 }] }, async (_, client) => {
        const rounds = Math.max(2, Math.round(10_000 / count))
        const { jobs, seconds } = await throughputOf(client, devices, rounds)
        report({ what: 'curve', devices: count, jobs, jobsPerSecond: Math.round(jobs / seconds) })
      }),
    )
  }
}

const latency = () =>
  withDevices({ count: 1 }, (devices) =>
    withCluster({}, async (_, client) => {
      const shell = await openRawShell(devices.addresses[0])
      const job = { driver: 'cli', connection_args: devices.connectionArgs[0], command: 'show clock' }
      const whole = []
      const alone = []
      for (let sample = 0; sample < 2200; sample++) {
        // In turns, so that both see the same machine; the first ones are not counted.
        const device = await timed(() => shell.send('show clock'))
        const through = await timed(() => client.post('/device/exec?wait=30', job))
        if (sample >= 200) {
          alone.push(device)
          whole.push(through)
        }
      }
      const base = percentile(alone, 0.5)
      const overheadMs = { p50: round(percentile(whole, 0.5) - base), p99: round(percentile(whole, 0.99) - base) }
      report({ what: 'latency', overheadMs, job: spread(whole), deviceAlone: spread(alone) })
      shell.close()
    }),
  )

const fifo = () =>
  withDevices({ count: 50 }, (devices) =>
    withCluster({ workers: [{ work: 'fifo', concurrency: 50 }] }, async (_, client) => {
      await allEnded(client, await bulk(client, devices.connectionArgs, { queue_strategy: 'fifo' }))
      const jobs = []
      const elapsedMs = await timed(async () => {
        for (let round = 0; round < 20; round++)
          jobs.push(...(await bulk(client, devices.connectionArgs, { queue_strategy: 'fifo' })))
        await allEnded(client, jobs)
      })
      report({
        what: 'fifo',
        devices: 50,
        jobs: jobs.length,
        jobsPerSecond: Math.round(jobs.length / (elapsedMs / 1000)),
      })
    }),
  )

/** Commands that Redis has done, those inside scripts included. */
const commandsOf = (redis) => Number(/total_commands_processed:(\d+)/.exec(infoOf(redis, 'stats'))[1])

/** What idle pinned devices cost: memory of the worker, and per second CPU and Redis commands. */
async function idle() {
  for (const count of [1000, 5000]) {
    await withDevices({ count: count + 100 }, (devices) =>
      withCluster({ workers: [{ capacity: 10_000, idleTimeoutSeconds: 3600 }] }, async ({ workers, redis }, client) => {
        const [worker] = workers
        const resident = async () => {
          await worker.ask('collect')
          return (await worker.ask('usage')).memory.rss
        }
        const pin = async (from, to) => {
          for (let at = from; at < to; at += 100)
            await allEnded(client, await bulk(client, devices.connectionArgs.slice(at, Math.min(to, at + 100))))
        }
        await pin(0, 100)
        const before = await resident()
        await pin(100, count + 100)
        const after = await resident()
        const [cpuBefore, commandsBefore] = [(await worker.ask('usage')).cpu, commandsOf(redis)]
        const seconds = 20
        await new Promise((resolve) => setTimeout(resolve, seconds * 1000))
        const [cpuAfter, commandsAfter] = [(await worker.ask('usage')).cpu, commandsOf(redis)]
        const cpuMs = (cpuAfter.user + cpuAfter.system - cpuBefore.user - cpuBefore.system) / 1000
        report({
          what: 'idle',
          devices: count,
          kilobytesPerDevice: round((after - before) / count / 1000, 1),
          cpuPercentOfOneCore: round(cpuMs / seconds / 10, 1),
          redisCommandsPerSecond: round((commandsAfter - commandsBefore) / seconds, 1),
        })
      }),
    )
  }
}

/**
 * One bulk of 10,000 devices that no node holds: what counts is that each has its place and its job. The workers are
 * stopped meanwhile (SIGSTOP), or they would try to reach devices that do not exist.
 */
const pausable = { capacity: 6000, leaseSeconds: 300 }

const placement = () =>
  withCluster({ workers: [pausable, pausable] }, async ({ workers }, client) => {
    const devices = Array.from({ length: 10_000 }, (_, index) => ({
      device_type: 'cisco_iosxe',
      host: `192.0.2.${index % 250}`,
      device: `device-${index}`,
      username: 'admin',
      password: 'not-a-secret',
    }))
    for (const { child } of workers) child.kill('SIGSTOP')
    let jobs = []
    const elapsedMs = await timed(async () => {
      jobs = await bulk(client, devices)
    })
    for (const { child } of workers) child.kill('SIGKILL')
    if (jobs.length !== devices.length) throw new Error(`only ${jobs.length} were placed`)
    report({ what: 'placement', devices: devices.length, seconds: round(elapsedMs / 1000) })
  })

const all = { submits, throughput, latency, fifo, idle, placement, curve }
const named = process.argv.slice(2)
for (const [name, run] of Object.entries(all)) if (named.length === 0 || named.includes(name)) await run()
