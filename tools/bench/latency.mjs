// Warm pinned command through HTTP: from the request to the ended job, above what the device and ssh2 take alone.
import { openRawShell } from './raw-shell.mjs'
import { startDevices } from './devices.mjs'
import { startServer } from '../test/server-process.mjs'
import { percentile, round, spread, timed } from './statistics.mjs'

const command = 'show clock'

async function measure(server, thinkTimeMs, samples) {
  const devices = await startDevices({ count: 1, thinkTimeMs })
  const shell = await openRawShell(devices.addresses[0])
  const job = { driver: 'cli', connection_args: devices.connectionArgs[0], command }
  const throughServer = async () => {
    const ended = await server.post('/device/exec?wait=30', job)
    if (ended.status !== 'finished') throw new Error(`job ended ${ended.status}: ${JSON.stringify(ended.result)}`)
  }
  for (let warm = 0; warm < 200; warm++) {
    await throughServer()
    await shell.send(command)
  }
  const whole = []
  const alone = []
  for (let sample = 0; sample < samples; sample++) {
    // In turns, so that both see the same machine.
    alone.push(await timed(() => shell.send(command)))
    whole.push(await timed(throughServer))
  }
  const base = percentile(alone, 0.5)
  console.log(
    JSON.stringify({
      benchmark: 'latency',
      thinkTimeMs,
      overheadMs: { p50: round(percentile(whole, 0.5) - base), p99: round(percentile(whole, 0.99) - base) },
      job: spread(whole),
      deviceAlone: spread(alone),
    }),
  )
  shell.close()
  await devices.stop()
}

const server = await startServer()
await measure(server, 0, 3000)
await measure(server, 20, 500)
await server.stop()
