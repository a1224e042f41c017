#!/usr/bin/env node
import { once } from 'node:events'
import { parseArgs } from 'node:util'
import { demoDevices } from './demo.js'
import type { SimulatedDevice } from './device/simulated-device.js'
import { startSimulator } from './simulator.js'

const usage = `Usage: netpulse-simulator [--devices N] [--host ADDRESS] [--port FIRST] [--platform NAME] [--help]

Starts N simulated devices and prints how to reach them. Ctrl-C ends it.
  --devices N        number of devices (default 8: one of each platform)
  --platform NAME    all devices of this platform
  --host ADDRESS     address to listen on (default 127.0.0.1)
  --port FIRST       ports from this one on (default: free ones)
`

const line = ({ name, platform, host, port, username, password }: SimulatedDevice): string =>
  `${name.padEnd(12)} ${platform.padEnd(14)} ssh -p ${port} ${username}@${host}   password: ${password}\n`

/** A whole number in its range, or `undefined` when the option is absent. */
function numberOf(text: string | undefined, option: string, least: number): number | undefined {
  if (text === undefined) return undefined
  const value = Number(text)
  if (Number.isInteger(value) && value >= least && value <= 65535) return value
  throw new RangeError(`--${option} must be an integer from ${least} to 65535, got "${text}"`)
}

async function main(): Promise<void> {
  const text = { type: 'string' } as const
  const { values } = parseArgs({
    options: { devices: text, platform: text, host: text, port: text, help: { type: 'boolean' } },
  })
  if (values.help === true) return void process.stdout.write(usage)
  const first = numberOf(values.port, 'port', 1)
  const devices = demoDevices(numberOf(values.devices, 'devices', 1)).map((spec, index) => ({
    ...spec,
    ...(values.platform === undefined ? {} : { platform: values.platform }),
    ...(values.host === undefined ? {} : { host: values.host }),
    ...(first === undefined ? {} : { port: first + index }),
  }))
  await using simulator = await startSimulator({ devices })
  const told = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')])
  process.stdout.write(simulator.devices.map(line).join(''))
  await told
}

await main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`)
  process.exitCode = 1
})
