import { describe, expect, it } from 'vitest'
import { demoDevices } from '../../src/demo.js'
import { personaOf } from '../../src/device/persona.js'
import { DialectRegistry } from '../../src/dialects/registry.js'
import { deviceOf } from '../support/conversation.js'

/** What somebody types first on each platform, and what must be in the answer. */
const firstCommands: Readonly<Record<string, readonly (readonly [command: string, expected: RegExp])[]>> = {
  cisco_iosxe: [
    ['show version', /Cisco IOS XE Software, Version 17/],
    ['show ip interface brief', /GigabitEthernet1 +10\.\d+\.\d+\.\d+ +YES manual up/],
    ['show interfaces', /GigabitEthernet1 is up, line protocol is up/],
    [
      'show ip route',
      /S\* +0\.0\.0\.0\/0 \[1\/0\] via 10\.[^]*C +10\.\d+\.\d+\.0\/24 is directly connected, GigabitEthernet1/,
    ],
    ['show running-config', /interface GigabitEthernet1\n description management\n/],
  ],
  juniper_junos: [
    ['show version', /Junos: 22\.4R3/],
    ['show interfaces terse', /ge-0\/0\/0\.0 +up +up +inet +172\.16\./],
    ['show configuration', /ge-0\/0\/1 {\n {8}disable;/],
  ],
  arista_eos: [
    ['show version', /Serial number: SIM/],
    ['show ip interface brief', /Management1 +10\./],
    ['show running-config', /interface Management1\n ip address 10\./],
  ],
  cisco_nxos: [
    ['show version', /NXOS: version 10\.3/],
    ['show ip interface brief', /Ethernet1\/1 +172\.16\.\S+ +protocol-up/],
    ['show running-config', /feature ospf/],
  ],
  cisco_iosxr: [
    ['show version', /Cisco IOS XR Software, Version 7\.9\.2/],
    ['show ipv4 interface brief', /GigabitEthernet0\/0\/0\/1 +unassigned +Shutdown/],
    ['show interfaces', /MgmtEth0\/RP0\/CPU0\/0 is up/],
  ],
  frr_vtysh: [
    ['show version', /FRRouting 8\.4\.4/],
    ['show interface brief', /eth0 +up +default +10\./],
    ['show running-config', /router bgp 65001\n[^]*exit\n/],
  ],
  huawei_vrp: [
    ['display version', /VRP \(R\) software/],
    ['display ip interface brief', /GigabitEthernet0\/0\/1 +unassigned +\*down/],
    ['display current-configuration', /sysname access-1\n/],
  ],
  linux: [
    ['uname -a', /Linux server-1 /],
    ['ip addr', /inet 10\./],
    ['cat /etc/os-release', /bookworm/],
  ],
}

describe('demo devices', () => {
  it('are of every platform, then again', () => {
    const devices = demoDevices(9)
    expect(new Set(devices.map(({ platform }) => platform)).size).toBe(8)
    expect(devices.map(({ name }) => name).slice(7)).toEqual(['server-1', 'core-2'])
    expect(demoDevices(9)).toEqual(devices)
  })

  it.each([0, -1, 1.5, Number.NaN])('cannot be %d', (count) => {
    expect(() => demoDevices(count)).toThrow(/positive integer/)
  })

  const registry = new DialectRegistry()
  const rows = demoDevices().flatMap(({ name: device, platform }) =>
    (firstCommands[platform] ?? []).map(([command, expected]) => ({
      name: `${platform}: ${command}`,
      device,
      platform,
      command,
      expected,
    })),
  )
  it('have first commands for each platform', () => {
    expect(new Set(rows.map(({ platform }) => platform)).size).toBe(8)
  })
  it.each(rows)('answer believably to $name, the same each time', ({ device, platform, command, expected }) => {
    const text = (): string => {
      const setup = { name: device, persona: personaOf(device), identity: false }
      return deviceOf(registry.get(platform), setup).login().text(command)
    }
    expect(text()).toMatch(expected)
    expect(text()).not.toContain('identity')
    expect(text()).toBe(text())
  })
})

describe('persona', () => {
  it('gives ten thousand devices different serial numbers and addresses of the right form', () => {
    const personas = Array.from({ length: 10_000 }, (_, index) => personaOf(`r${index}`))
    expect(new Set(personas.map(({ serial }) => serial)).size).toBe(10_000)
    for (const { serial, address, routerId, mac } of personas) {
      expect(serial).toMatch(/^SIM[0-9A-Z]{8}$/)
      expect(address).toMatch(/^10(\.(25[0-5]|2[0-4]\d|1?\d?\d)){3}$/)
      expect(routerId).toMatch(/^192\.0\.2\.\d+$/)
      expect(mac).toMatch(/^02:50(:[0-9a-f]{2}){4}$/)
    }
  })
})
