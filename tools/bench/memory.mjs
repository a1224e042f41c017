// Resident memory of one idle pinned session: growth of the process from 20 to 520 sessions, devices elsewhere.
import { createNetPulse } from '@netpulse/engine'
import { startDevices } from './devices.mjs'
import { round } from './statistics.mjs'

const warm = 20
const sessions = 500

/** Resident bytes after what can go has gone. */
async function residentBytes() {
  for (let turn = 0; turn < 5; turn++) {
    globalThis.gc()
    await new Promise((resolve) => setImmediate(resolve))
  }
  return process.memoryUsage().rss
}

async function pin(netpulse, connectionArgs) {
  for (let from = 0; from < connectionArgs.length; from += 50) {
    const requests = connectionArgs
      .slice(from, from + 50)
      .map((args) => ({ driver: 'cli', connectionArgs: args, command: 'show clock' }))
    const outcomes = await netpulse.submitMany(requests)
    for (const { job } of outcomes) {
      const { status } = await netpulse.wait(job.id, { timeoutMs: 60_000 })
      if (status !== 'finished') throw new Error(`a job ended ${status}`)
    }
  }
}

const devices = await startDevices({ count: warm + sessions })
const netpulse = await createNetPulse({ store: 'memory:' })
await pin(netpulse, devices.connectionArgs.slice(0, warm))
const before = await residentBytes()
await pin(netpulse, devices.connectionArgs.slice(warm))
const after = await residentBytes()
console.log(
  JSON.stringify({
    benchmark: 'memory',
    sessions,
    kilobytesPerSession: round((after - before) / sessions / 1000, 1),
    residentMegabytes: round(after / 1e6, 1),
  }),
)
await netpulse.close()
await devices.stop()
