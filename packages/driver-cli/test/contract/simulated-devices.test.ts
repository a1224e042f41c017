import { asDeviceId } from '@netpulse/core'
import type { DriverUnderTest, TestDevice } from '@netpulse/driver-sdk/testing'
import { driverContract } from '@netpulse/driver-sdk/testing'
import { startSimulator } from '@netpulse/simulator'
import manifest from '../../src/plugin.js'

interface Kind {
  readonly platform: string
  readonly refusedCommand: string
  readonly acceptedLines: readonly string[]
  readonly refusedLine: string
  /** Stands in the running configuration once the lines are in force. */
  readonly trace: string
}

async function deviceOf(kind: Kind): Promise<TestDevice> {
  const simulator = await startSimulator({ devices: [{ name: 'kit', platform: kind.platform }] })
  const device = simulator.device('kit')
  device.fail({ at: 'command', match: /^show hanging/, action: 'hang', times: Number.POSITIVE_INFINITY })
  const login = { device_type: kind.platform, username: device.username, password: device.password }
  return {
    device: { id: asDeviceId('kit'), host: device.host, port: device.port, platform: kind.platform },
    connection: login,
    wrongCredential: { ...login, password: 'wrong-password-1' },
    commands: {
      accepted: { command: 'show version', holds: 'identity device=kit' },
      refused: kind.refusedCommand,
      hanging: 'show hanging',
      hangingOptions: { read_timeout: 0.5 },
    },
    config: {
      accepted: kind.acceptedLines,
      refused: kind.refusedLine,
      isApplied: () => Promise.resolve(device.runningConfig.includes(kind.trace)),
      isSaved: () => Promise.resolve(device.startupConfig.includes(kind.trace)),
    },
    hangUp: () => Promise.resolve(device.dropConnections('close')),
    noConnections: () => device.whenIdle(),
    [Symbol.asyncDispose]: () => simulator.stop(),
  }
}

const under = (kind: Kind, declares: DriverUnderTest['declares']): DriverUnderTest => ({
  name: `cli on ${kind.platform}`,
  manifest,
  declares,
  device: () => deviceOf(kind),
})

driverContract(
  under(
    {
      platform: 'cisco_iosxe',
      refusedCommand: 'shwo version',
      acceptedLines: ['interface Loopback1', ' description kit-was-here'],
      refusedLine: 'nonsense line',
      trace: 'kit-was-here',
    },
    { config: true, candidate: false, save: true, readTimeout: true },
  ),
)

driverContract(
  under(
    {
      platform: 'juniper_junos',
      refusedCommand: 'shwo version',
      acceptedLines: ['set system host-name kit-was-here'],
      refusedLine: 'set sistem nonsense',
      trace: 'kit-was-here',
    },
    { config: true, candidate: true, save: false, readTimeout: true },
  ),
)
