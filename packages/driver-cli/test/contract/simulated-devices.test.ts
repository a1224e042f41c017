import { driverContract } from '@netpulse/driver-sdk/testing'
import manifest from '../../src/plugin.js'
import { startKitDevice } from '../support/kit-device.js'

driverContract({
  name: 'cli on cisco_iosxe',
  manifest,
  declares: { config: true, candidate: false, save: true, readTimeout: true },
  device: () =>
    startKitDevice({
      platform: 'cisco_iosxe',
      acceptedLines: ['interface Loopback1', ' description kit-was-here'],
      refusedLine: 'nonsense line',
      trace: 'kit-was-here',
    }),
})

driverContract({
  name: 'cli on juniper_junos',
  manifest,
  declares: { config: true, candidate: true, save: false, readTimeout: true },
  device: () =>
    startKitDevice({
      platform: 'juniper_junos',
      acceptedLines: ['set system host-name kit-was-here'],
      refusedLine: 'set sistem nonsense',
      trace: 'kit-was-here',
    }),
})
