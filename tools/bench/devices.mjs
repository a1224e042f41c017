import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** Starts simulated devices in a child process. `connectionArgs[i]` reaches device i. */
export async function startDevices({ count, thinkTimeMs = 0 }) {
  const script = fileURLToPath(new URL('device-process.mjs', import.meta.url))
  const child = fork(script, [String(count), String(thinkTimeMs)], { execArgv: [] })
  const [devices] = await once(child, 'message')
  return {
    addresses: devices,
    connectionArgs: devices.map((device) => ({ device_type: 'cisco_iosxe', ...device })),
    async stop() {
      child.disconnect()
      await once(child, 'exit')
    },
  }
}
