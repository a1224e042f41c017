import { asDeviceId } from '@netpulse/core'
import type { TestDevice } from '@netpulse/driver-sdk/testing'
import { startSimulator } from '@netpulse/simulator'

/** What the conformance kit must know about a platform. */
export interface KitPlatform {
  readonly platform: string
  readonly acceptedLines: readonly string[]
  readonly refusedLine: string
  /** Stands in the running configuration once the lines are in force. */
  readonly trace: string
}

/** A simulated device for the conformance kit; what it says about itself is the simulator's evidence. */
export async function startKitDevice(kit: KitPlatform): Promise<TestDevice> {
  const simulator = await startSimulator({ devices: [{ name: 'kit', platform: kit.platform }] })
  const device = simulator.device('kit')
  device.fail({ at: 'command', match: /^show hanging/, action: 'hang', times: Number.POSITIVE_INFINITY })
  const login = { device_type: kit.platform, username: device.username, password: device.password }
  return {
    device: { id: asDeviceId('kit'), host: device.host, port: device.port, platform: kit.platform },
    connection: login,
    wrongCredential: { ...login, password: 'wrong-password-1' },
    commands: {
      accepted: { command: 'show version', holds: 'identity device=kit' },
      refused: 'shwo version',
      hanging: 'show hanging',
      hangingOptions: { read_timeout: 0.5 },
    },
    config: {
      accepted: kit.acceptedLines,
      refused: kit.refusedLine,
      isApplied: () => Promise.resolve(device.runningConfig.includes(kit.trace)),
      isSaved: () => Promise.resolve(device.startupConfig.includes(kit.trace)),
    },
    hangUp: () => Promise.resolve(device.dropConnections('close')),
    noConnections: () => within(3_000, device.whenIdle()),
    [Symbol.asyncDispose]: () => simulator.stop(),
  }
}

async function within(limitMs: number, happened: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('the driver is still connected')), limitMs)
  })
  await Promise.race([happened, late]).finally(() => clearTimeout(timer))
}
