import { simulatorError } from './errors.js'
import type { DeviceSpec } from './spec.js'

/** Roles of the demo network, in order of appearance. */
const roles = [
  { role: 'core', platform: 'cisco_iosxe' },
  { role: 'edge', platform: 'juniper_junos' },
  { role: 'spine', platform: 'arista_eos' },
  { role: 'leaf', platform: 'cisco_nxos' },
  { role: 'pe', platform: 'cisco_iosxr' },
  { role: 'rr', platform: 'frr_vtysh' },
  { role: 'access', platform: 'huawei_vrp' },
  { role: 'server', platform: 'linux' },
] as const

/**
 * Devices for a demonstration: one of each platform, then seconds, and so on; the same names, serial numbers and
 * addresses each time. Their answers are what a device prints and nothing more (no identity lines), they page, and take a
 * moment to answer. Login: `demo`, password `demo`, `enable` secret `demo`.
 *
 * @param count from 1. @defaultValue one of each platform
 * @throws SIMULATED_DEVICE_COUNT when the count is no positive integer
 */
export function demoDevices(count: number = roles.length): readonly DeviceSpec[] {
  if (!Number.isInteger(count) || count < 1) {
    throw simulatorError('SIMULATED_DEVICE_COUNT', `The number of devices must be a positive integer, got ${count}.`)
  }
  return Array.from({ length: count }, (_, index) => demoDevice(index))
}

function demoDevice(index: number): DeviceSpec {
  const { role, platform } = roles[index % roles.length] as (typeof roles)[number]
  return {
    name: `${role}-${1 + Math.floor(index / roles.length)}`,
    platform,
    username: 'demo',
    password: 'demo',
    secret: 'demo',
    privilege: 15,
    identity: false,
    thinkTimeMs: 5,
  }
}
