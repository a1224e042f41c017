// Jobs per second, one command each, over pinned sessions, durable store: through HTTP, and embedded without it.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createNetPulse } from '@netpulse/engine'
import { startDevices } from './devices.mjs'
import { startServer } from '../test/server-process.mjs'
import { round, timed } from './statistics.mjs'

const command = 'show clock'
const cases = [
  { devices: 1, commands: 20 },
  { devices: 50, commands: 20 },
  { devices: 50, commands: 400 },
]

const report = (way, { devices, commands }, elapsedMs) =>
  console.log(
    JSON.stringify({
      benchmark: 'throughput',
      way,
      devices,
      commands,
      jobs: devices * commands,
      seconds: round(elapsedMs / 1000),
      jobsPerSecond: Math.round((devices * commands) / (elapsedMs / 1000)),
    }),
  )

function assertDone(status, outcome) {
  if (status !== 'finished' || outcome !== 'succeeded') throw new Error(`a job ended ${status}/${outcome}`)
}

/** A device's jobs run in order, so that its last one ends last. */
async function throughHttp(size) {
  const devices = await startDevices({ count: size.devices })
  const server = await startServer()
  const bulk = {
    driver: 'cli',
    connection_args: {},
    devices: devices.connectionArgs,
    command,
    queue_strategy: 'pinned',
    ttl: 600,
  }
  await allEnded(server, (await server.post('/device/bulk', bulk)).succeeded)
  const elapsedMs = await timed(async () => {
    let last
    for (let round = 0; round < size.commands; round++) last = await server.post('/device/bulk', bulk)
    await allEnded(server, last.succeeded)
  })
  report('http', size, elapsedMs)
  await server.stop()
  await devices.stop()
}

const allEnded = (server, jobs) =>
  Promise.all(
    jobs.map(async ({ id }) => {
      const { status, outcome } = await server.get(`/jobs/${id}?wait=60`)
      assertDone(status, outcome)
    }),
  )

async function embedded(size) {
  const devices = await startDevices({ count: size.devices })
  const store = await mkdtemp(join(tmpdir(), 'netpulse-bench-'))
  const netpulse = await createNetPulse({ store })
  const requests = devices.connectionArgs.map((connectionArgs) => ({
    driver: 'cli',
    connectionArgs,
    command,
    ttlSeconds: 600,
  }))
  const submitted = async () => (await netpulse.submitMany(requests)).map(({ job }) => job.id)
  const ended = (ids) =>
    Promise.all(
      ids.map(async (id) => {
        const { status, outcome } = await netpulse.wait(id, { timeoutMs: 60_000 })
        assertDone(status, outcome)
      }),
    )
  await ended(await submitted())
  const elapsedMs = await timed(async () => {
    let last
    for (let round = 0; round < size.commands; round++) last = await submitted()
    await ended(last)
  })
  report('embedded', size, elapsedMs)
  await netpulse.close()
  await devices.stop()
  await rm(store, { recursive: true, force: true })
}

for (const size of cases) await throughHttp(size)
for (const size of cases) await embedded(size)
