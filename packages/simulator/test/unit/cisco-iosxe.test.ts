import { describe, expect, it } from 'vitest'
import { ciscoIosxe } from '../../src/dialects/cisco-iosxe.js'
import { deviceOf } from '../support/conversation.js'

describe('cisco_iosxe', () => {
  it('asks for the secret, three times, and enters the privileged mode with the right one', () => {
    const session = deviceOf(ciscoIosxe()).login({ privilege: 1 })
    expect(session.waitsAt()).toBe('r1>')
    expect(session.waitsAt('enable')).toBe('Password: ')
    expect(session.run('wrong', 'wrong')).toBe('Password: ')
    expect(session.text('wrong')).toBe('% Bad secrets\n\n')
    expect(session.waitsAt()).toBe('r1>')
    expect(session.run('enable', 's3cret')).toBe('r1#')
    expect(session.run('disable')).toBe('r1>')
  })

  it('does not know privileged commands in the user mode', () => {
    const session = deviceOf(ciscoIosxe()).login({ privilege: 1 })
    expect(session.text('configure terminal')).toBe("   ^\n% Invalid input detected at '^' marker.\n\n")
    expect(session.text('show running-config')).toContain('% Invalid input')
  })

  it.each([
    { name: 'an unknown word', line: 'show bogus', output: "        ^\n% Invalid input detected at '^' marker.\n\n" },
    { name: 'an incomplete line', line: 'show ip', output: '% Incomplete command.\n\n' },
    { name: 'an ambiguous line', line: 'show i', output: '% Ambiguous command:  "show i"\n' },
  ])('refuses $name in its own words', ({ line, output }) => {
    expect(deviceOf(ciscoIosxe()).login().type(line)).toEqual({ output, refused: true, exitStatus: 1 })
  })

  it('shows each mode in its prompt', () => {
    const session = deviceOf(ciscoIosxe()).login()
    expect(session.text('conf t')).toBe('Enter configuration commands, one per line.  End with CNTL/Z.\n')
    const steps = [
      ['interface Gi1', 'r1(config-if)#'],
      ['interface Gi1.10', 'r1(config-subif)#'],
      ['router bgp 65001', 'r1(config-router)#'],
      ['address-family ipv4 unicast', 'r1(config-router-af)#'],
      ['exit-address-family', 'r1(config-router)#'],
      ['exit', 'r1(config)#'],
      ['ip access-list extended A', 'r1(config-ext-nacl)#'],
      ['end', 'r1#'],
    ] as const
    for (const [line, prompt] of steps) expect(session.waitsAt(line), line).toBe(prompt)
  })

  it('puts each line into force at once, in full words, and counts it as it was typed', () => {
    const device = deviceOf(ciscoIosxe(), { config: 'hostname r1\n' })
    const session = device.login()
    session.run('conf t', 'int Gi1', 'desc to core', 'no shut', 'ip route 10.0.0.0 255.0.0.0 Null0', 'end')
    expect(device.model.runningConfig).toBe(
      'hostname r1\ninterface GigabitEthernet1\n description to core\n!\nip route 10.0.0.0 255.0.0.0 Null0\n',
    )
    expect(device.reports).toEqual([
      'running config-if: int Gi1',
      'running config-if: desc to core',
      'running config-if: no shut',
      'running config: ip route 10.0.0.0 255.0.0.0 Null0',
    ])
  })

  it('removes lines with no', () => {
    const device = deviceOf(ciscoIosxe(), { config: 'hostname r1\ninterface Loopback7\n shutdown\n' })
    device.login().run('conf t', 'interface lo7', 'no shutdown', 'no interface Loopback7')
    expect(device.model.runningConfig).toBe('hostname r1\n')
  })

  it.each([
    { name: 'an unknown line', line: 'bogus 1', output: '% Invalid input' },
    { name: 'a line without its argument', line: 'hostname', output: '% Incomplete command.' },
    { name: 'an ambiguous line', line: 'ro 1', output: '% Ambiguous command' },
  ])('refuses $name in config mode and changes nothing', ({ line, output }) => {
    const device = deviceOf(ciscoIosxe())
    const before = device.model.runningConfig
    const session = device.login()
    session.run('conf t')
    const answer = session.type(line)
    expect(answer.refused).toBe(true)
    expect(answer.output).toContain(output)
    expect(device.model.runningConfig).toBe(before)
    expect(device.reports).toEqual([])
  })

  it('takes a line that its dialect does not know when it is told to accept it', () => {
    const device = deviceOf(ciscoIosxe(), { accepts: (line) => line.startsWith('bogus') })
    expect(device.login().run('conf t', 'bogus 1')).toBe('r1(config)#')
    expect(device.model.runningConfig).toContain('bogus 1\n')
  })

  it('changes its prompt with its hostname, for every session', () => {
    const device = deviceOf(ciscoIosxe())
    const [one, other] = [device.login(), device.login()]
    expect(one.run('conf t', 'hostname r9')).toBe('r9(config)#')
    expect(other.waitsAt()).toBe('r9#')
  })

  it('collects a banner until its delimiter', () => {
    const device = deviceOf(ciscoIosxe())
    const session = device.login()
    session.run('conf t')
    expect(session.text('banner motd ^')).toContain('Enter TEXT message')
    expect(session.waitsAt('bogus text # that is no prompt')).toBe('')
    expect(session.waitsAt('^')).toBe('r1(config)#')
    expect(device.model.runningConfig).toContain('banner motd ^\nbogus text # that is no prompt\n^\n')
    expect(device.reports).toEqual([
      'running config: banner motd ^',
      'running config: bogus text # that is no prompt',
      'running config: ^',
    ])
  })

  it('takes a banner of one line at once', () => {
    expect(deviceOf(ciscoIosxe()).login().run('conf t', 'banner motd #hello#')).toBe('r1(config)#')
  })

  it.each([
    { name: 'write memory', lines: ['write memory'] },
    { name: 'wr', lines: ['wr'] },
    { name: 'copy with a question', lines: ['copy run start', ''] },
  ])('saves with $name', ({ lines }) => {
    const device = deviceOf(ciscoIosxe())
    const session = device.login()
    session.run('conf t', 'hostname r9', 'end')
    expect(device.model.startupConfig).toContain('hostname r1\n')
    session.run(...lines)
    expect(device.model.startupConfig).toContain('hostname r9\n')
    expect(device.reports.at(-1)).toBe('save')
  })

  it.each([
    { name: 'include', line: 'show run | include hostname', output: 'hostname r1\n' },
    {
      name: 'section',
      line: 'show run | sec interface Loopback0',
      output: 'interface Loopback0\n description router id\n ip address 192.0.2.208 255.255.255.255\n',
    },
    { name: 'count', line: 'show privilege | count', output: 'Count: 1 lines\n' },
  ])('filters with $name', ({ line, output }) => {
    expect(deviceOf(ciscoIosxe(), { identity: false }).login().text(line)).toBe(output)
  })

  it('says in every show answer which device answers whom, filtered or not', () => {
    const session = deviceOf(ciscoIosxe()).login({ user: 'eve' })
    const lines = ['show version', 'show ip interface brief', 'show interfaces', 'show clock', 'show run | include x']
    for (const line of lines) {
      expect(session.text(line), line).toMatch(/! identity device=r1 serial=SIM\w{8} user=eve session=1\n$/)
    }
  })

  it('tells config lines from commands before it takes them', () => {
    const { cli } = deviceOf(ciscoIosxe()).login()
    expect(cli.kindOf('hostname x')).toBe('command')
    cli.input('conf t')
    expect(['hostname x', 'do show version', 'exit', '! note', ''].map((line) => cli.kindOf(line))).toEqual([
      'config',
      'command',
      'command',
      'command',
      'command',
    ])
  })

  it('runs show commands from config mode with do', () => {
    const session = deviceOf(ciscoIosxe()).login()
    session.run('conf t', 'interface Gi1')
    expect(session.text('do show clock')).toContain('2026')
    expect(session.waitsAt()).toBe('r1(config-if)#')
  })

  it('leaves config mode with Ctrl-Z and ends with exit', () => {
    const session = deviceOf(ciscoIosxe()).login()
    session.run('conf t', 'interface Gi1')
    session.cli.endKey?.()
    expect(session.waitsAt()).toBe('r1#')
    expect(session.type('exit')).toEqual({ output: '', close: true })
  })
})
