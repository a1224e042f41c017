// Simulated devices in a process of their own, so that their work does not count as the product's.
// Arguments: number of devices, think time in ms. Prints the devices as JSON when they listen; ends with its parent.
import { startSimulator } from '@netpulse/simulator'

const [count, thinkTimeMs] = process.argv.slice(2).map(Number)
const devices = Array.from({ length: count }, (_, index) => ({
  name: `r${index}`,
  platform: 'cisco_iosxe',
  thinkTimeMs,
}))
const simulator = await startSimulator({ devices })
process.on('disconnect', () => process.exit())
process.send(
  devices.map(({ name }) => {
    const { host, port, username, password, secret } = simulator.device(name)
    return { host, port, username, password, secret }
  }),
)
