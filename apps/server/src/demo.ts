import type { NetPulse } from '@netpulse/engine'

/** A simulated device, as a request names it. */
export interface DemoDevice {
  readonly name: string
  readonly connectionArgs: {
    readonly device_type: string
    readonly host: string
    readonly port: number
    readonly username: string
    readonly password: string
  }
}

/** Simulated devices in this process. */
export interface Demo {
  readonly devices: readonly DemoDevice[]
  stop(): Promise<void>
}

const none: Demo = { devices: [], stop: () => Promise.resolve() }

/** Starts simulated devices; with 0 loads nothing of them. */
export async function startDemo(count: number, netpulse: NetPulse): Promise<Demo> {
  if (count === 0) return none
  const { demoDevices, startSimulator } = await import('@netpulse/simulator')
  const simulator = await startSimulator({ devices: demoDevices(count) })
  const devices = simulator.devices.map(({ name, platform, host, port, username, password }) => ({
    name,
    connectionArgs: { device_type: platform, host, port, username, password },
  }))
  await forgetHostKeys(netpulse, devices)
  return { devices, stop: () => simulator[Symbol.asyncDispose]() }
}

/** Another device had the port at an earlier start, with another key: here nobody is deceived. */
async function forgetHostKeys({ hostKeys }: NetPulse, devices: readonly DemoDevice[]): Promise<void> {
  for (const { connectionArgs } of devices) await hostKeys.remove(`${connectionArgs.host}:${connectionArgs.port}`)
}
