// New sessions per second: first jobs of cold pinned devices, and fifo jobs that connect for each job.
import { createNetPulse } from '@netpulse/engine'
import { startDevices } from './devices.mjs'
import { round, timed } from './statistics.mjs'

const count = 200
const devices = await startDevices({ count })

async function measure(queueStrategy, jobsPerDevice) {
  const netpulse = await createNetPulse({ store: 'memory:' })
  const requests = Array.from({ length: jobsPerDevice }, () => devices.connectionArgs)
    .flat()
    .map((connectionArgs) => ({ driver: 'cli', connectionArgs, command: 'show clock', queueStrategy }))
  const elapsedMs = await timed(async () => {
    const outcomes = await netpulse.submitMany(requests)
    for (const { job } of outcomes) {
      const { status } = await netpulse.wait(job.id, { timeoutMs: 120_000 })
      if (status !== 'finished') throw new Error(`a job ended ${status}`)
    }
  })
  console.log(
    JSON.stringify({
      benchmark: 'connect',
      strategy: queueStrategy,
      connects: requests.length,
      perSecond: round(requests.length / (elapsedMs / 1000), 0),
    }),
  )
  await netpulse.close()
}

await measure('pinned', 1)
await measure('fifo', 3)
await devices.stop()
