// Whole lives of jobs through a backend: submit, take, journal, finish, three events, and a client that waits.
// Store: a folder (a new one by default), memory:, or redis for a redis-server of its own.
// node tools/bench/queue-lifecycles.mjs [store] [durability] [devices] [jobs] [in flight per device] [audit mode]
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay, performance } from 'node:perf_hooks'
import { asDeviceId, asNodeId, newIncarnation, newJobId } from '@netpulse/core'
import { silentLogger } from '@netpulse/core'
import { createInProcessBackend } from '@netpulse/queue'
import { openRedis } from '@netpulse/queue-redis'
import { startRedis } from '../test/redis-server.mjs'

const [given, durability = 'normal', deviceCount = '50', jobCount = '40000', inFlight = '8', mode] =
  process.argv.slice(2)
const store = given ?? mkdtempSync(join(tmpdir(), 'netpulse-bench-'))
const jobs = Number(jobCount)
const warmUp = 5000
const node = asNodeId('bench')
const incarnation = newIncarnation()
const server = store === 'redis' ? await startRedis({ appendonly: true }) : undefined
const redis = server && (await openRedis({ url: server.url }, silentLogger))
const backend = redis?.backend() ?? createInProcessBackend({ store, durability })
const forever = new AbortController().signal

function job(device) {
  const now = Date.now()
  return {
    id: newJobId(),
    kind: 'query',
    strategy: 'pinned',
    request: {
      driver: 'cli',
      device: { id: asDeviceId(device), host: device, port: 22, platform: 'cisco_iosxe' },
      operation: { type: 'command', commands: ['show version'] },
      sealedConnection: `np1.k1.${'y'.repeat(400)}`,
      driverOptions: { read_timeout: 10 },
      switches: { enable_mode: false },
      transcript: false,
      executionTimeoutSeconds: 60,
    },
    createdAt: new Date(now),
    expiresAt: new Date(now + 300_000),
    resultTtlSeconds: 300,
    maxAttempts: 3,
    tags: [],
    owner: 'bench',
    ...(mode === undefined ? {} : { audit: { mode, name: 'bench', source: '192.0.2.7', request: maskedRequest } }),
  }
}

/** As the engine masks the request of such a job. */
const maskedRequest = {
  connection_args: { device_type: 'cisco_iosxe', username: 'admin', password: '[redacted]', timeout: 10 },
  driver_args: { read_timeout: 10 },
  ...{ enable_mode: false, command: ['show version'], device_type: 'cisco_iosxe', queue_strategy: 'pinned', tags: [] },
}

const answer = {
  command: 'show version',
  stdout: 'x'.repeat(600),
  stderr: '',
  exitStatus: 0,
  failure: null,
  metadata: { host: 'r1', durationSeconds: 0.01, sessionReused: true },
}
const ending = { status: 'finished', outcome: 'succeeded', result: { results: [answer] } }

const busy = new Set()
async function serve(device) {
  if (busy.has(device)) return
  busy.add(device)
  const lease = await backend.leases.find(device)
  for (let next; (next = await backend.mailboxes.take(lease, 'pinned')) !== undefined;) {
    await backend.jobs.journal(next.claim, { phase: 'connected' })
    await backend.jobs.finish(next.claim, ending)
  }
  busy.delete(device)
}

async function run(count) {
  const latencies = []
  let left = count
  const client = async (device) => {
    while (left-- > 0) {
      const start = performance.now()
      const [{ job: stored }] = await backend.jobs.submit([{ job: job(device), nodes: [node] }])
      await backend.jobs.ended(stored.id, forever)
      latencies.push(performance.now() - start)
    }
  }
  const start = performance.now()
  const devices = Array.from({ length: Number(deviceCount) }, (_, index) => `r${index}`)
  await Promise.all(devices.flatMap((device) => Array.from({ length: Number(inFlight) }, () => client(device))))
  return { seconds: (performance.now() - start) / 1000, latencies: latencies.sort((a, b) => a - b) }
}

await backend.start()
await backend.nodes.register(
  { node, incarnation, hostname: 'bench', pid: process.pid, capacity: 10_000, startedAt: new Date() },
  () => [],
)
const heartbeat = setInterval(() => void backend.nodes.heartbeat(incarnation), 2000)
backend.mailboxes.onWork(incarnation, (device) => void serve(device))
await run(warmUp)
const delay = monitorEventLoopDelay({ resolution: 1 })
delay.enable()
const cpu = process.cpuUsage()
const { seconds, latencies } = await run(jobs)
const { user, system } = process.cpuUsage(cpu)
const at = (share) => latencies[Math.floor(latencies.length * share)].toFixed(2)
console.log(
  `${store === 'redis' || store === 'memory:' ? store : durability}, ${deviceCount} devices, ${inFlight} in flight each: ` +
    `${Math.round(jobs / seconds)} lives/s; wait p50 ${at(0.5)} ms, p99 ${at(0.99)} ms; ` +
    `event loop delay p99 ${(delay.percentile(99) / 1e6).toFixed(1)} ms, max ${(delay.max / 1e6).toFixed(1)} ms; ` +
    `cpu ${Math.round((user + system) / jobs)} µs per life, both threads`,
)
clearInterval(heartbeat)
await backend.stop()
await redis?.close()
await server?.stop()
if (given === undefined) rmSync(store, { recursive: true })
