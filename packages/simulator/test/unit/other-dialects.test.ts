import { describe, expect, it } from 'vitest'
import type { Dialect } from '../../src/cli/dialect.js'
import { aristaEos } from '../../src/dialects/arista-eos.js'
import { ciscoIosxe } from '../../src/dialects/cisco-iosxe.js'
import { ciscoIosxr } from '../../src/dialects/cisco-iosxr.js'
import { ciscoNxos } from '../../src/dialects/cisco-nxos.js'
import { frrVtysh } from '../../src/dialects/frr-vtysh.js'
import { huaweiVrp } from '../../src/dialects/huawei-vrp.js'
import { juniperJunos } from '../../src/dialects/juniper-junos.js'
import { linux } from '../../src/dialects/linux.js'
import { deviceOf } from '../support/conversation.js'

interface Row {
  readonly name: string
  readonly dialect: () => Dialect
  readonly configure: string
  readonly interface: string
  readonly hostname: string
  /** Prompts: at login, in config mode, in the interface. */
  readonly prompts: readonly [string, string, string]
  readonly end: readonly string[]
  readonly refusal: string
  readonly version: string
  readonly running: string
}

const rows: readonly Row[] = [
  {
    name: 'cisco_nxos',
    dialect: ciscoNxos,
    configure: 'configure terminal',
    interface: 'interface Ethernet1/1',
    hostname: 'hostname r9',
    prompts: ['r1# ', 'r1(config)# ', 'r1(config-if)# '],
    end: ['end'],
    refusal: "% Invalid command at '^' marker.",
    version: 'show version',
    running: 'show running-config',
  },
  {
    name: 'arista_eos',
    dialect: aristaEos,
    configure: 'configure terminal',
    interface: 'interface Ethernet1',
    hostname: 'hostname r9',
    prompts: ['r1#', 'r1(config)#', 'r1(config-if-Et1)#'],
    end: ['end'],
    refusal: "% Invalid input (at token 0: 'bogus')",
    version: 'show version',
    running: 'show running-config',
  },
  {
    name: 'frr_vtysh',
    dialect: frrVtysh,
    configure: 'configure terminal',
    interface: 'interface eth0',
    hostname: 'hostname r9',
    prompts: ['r1# ', 'r1(config)# ', 'r1(config-if)# '],
    end: ['end'],
    refusal: '% Unknown command: bogus line',
    version: 'show version',
    running: 'show running-config',
  },
  {
    name: 'huawei_vrp',
    dialect: huaweiVrp,
    configure: 'system-view',
    interface: 'interface GigabitEthernet0/0/1',
    hostname: 'sysname r9',
    prompts: ['<r1>', '[r1]', '[r1-GigabitEthernet0/0/1]'],
    end: ['return'],
    refusal: "Error: Unrecognized command found at '^' position.",
    version: 'display version',
    running: 'display current-configuration',
  },
  {
    name: 'cisco_iosxr',
    dialect: ciscoIosxr,
    configure: 'configure terminal',
    interface: 'interface GigabitEthernet0/0/0/0',
    hostname: 'hostname r9',
    prompts: ['RP/0/RP0/CPU0:r1#', 'RP/0/RP0/CPU0:r1(config)#', 'RP/0/RP0/CPU0:r1(config-if)#'],
    end: ['commit', 'end'],
    refusal: "% Invalid input detected at '^' marker.",
    version: 'show version',
    running: 'show running-config',
  },
]

describe.each(rows)('$name', (row) => {
  it('shows its modes in its prompts', () => {
    const session = deviceOf(row.dialect()).login()
    expect([session.waitsAt(), session.waitsAt(row.configure), session.waitsAt(row.interface)]).toEqual(row.prompts)
    expect(session.run(...row.end)).toBe(row.prompts[0])
  })

  it('takes config lines, in force after the end of config mode, and shows them', () => {
    const device = deviceOf(row.dialect())
    const session = device.login()
    session.run(row.configure, row.hostname, row.interface, 'description x y', ...row.end)
    expect(device.model.hostname).toBe('r9')
    expect(session.text(row.running)).toContain(' description x y\n')
    expect(device.reports.filter((report) => report !== 'commit').map((report) => report.split(': ')[1])).toEqual([
      row.hostname,
      row.interface,
      'description x y',
    ])
  })

  it('refuses in its own words, in exec and in config mode', () => {
    const session = deviceOf(row.dialect()).login()
    for (const setUp of [[], [row.configure]]) {
      session.run(...setUp)
      const answer = session.type('bogus line')
      expect(answer.refused).toBe(true)
      expect(answer.output).toContain(row.refusal)
      expect(session.cli.refuse('hostname x').refused).toBe(true)
    }
  })

  it('says which device answers whom', () => {
    const session = deviceOf(row.dialect()).login({ user: 'eve' })
    for (const line of [row.version, row.running]) {
      expect(session.text(line), line).toMatch(/[!#] identity device=r1 serial=SIM\w{8} user=eve session=1\n$/)
    }
  })
})

describe('arista_eos configuration session', () => {
  it('keeps lines in a candidate until commit', () => {
    const device = deviceOf(aristaEos())
    const session = device.login()
    expect(session.waitsAt('configure session change')).toBe('r1(config-s-change)#')
    expect(session.waitsAt('interface Ethernet1')).toBe('r1(config-s-change-if-Et1)#')
    session.run('exit', 'hostname r9')
    expect(device.model.hostname).toBe('r1')
    expect(session.text('show session-config diffs')).toContain('+hostname r9\n')
    expect(session.run('commit')).toBe('r9#')
    expect(device.reports.at(-1)).toBe('commit')
  })

  it('drops them with abort, and knows neither outside of a session', () => {
    const device = deviceOf(aristaEos())
    const session = device.login()
    session.run('configure session change', 'hostname r9', 'abort')
    expect(device.model.hostname).toBe('r1')
    expect(device.reports.at(-1)).toBe('discard')
    session.run('configure')
    expect(session.type('commit').refused).toBe(true)
  })

  it('collects a banner until EOF', () => {
    const device = deviceOf(aristaEos())
    expect(device.login().run('configure', 'banner motd', 'hostname no', 'EOF')).toBe('r1(config)#')
    expect(device.model.runningConfig).toContain('banner motd\nhostname no\nEOF\n')
  })
})

describe('cisco_iosxr candidate', () => {
  it('shows the candidate, asks before it is left, and drops it with no', () => {
    const device = deviceOf(ciscoIosxr())
    const session = device.login()
    session.run('configure', 'hostname r9')
    expect(session.text('show configuration')).toContain('hostname r9\n')
    expect(session.waitsAt('end')).toContain('Uncommitted changes found')
    expect(session.waitsAt('cancel')).toBe('RP/0/RP0/CPU0:r1(config)#')
    expect(session.run('end', 'no')).toBe('RP/0/RP0/CPU0:r1#')
    expect(device.model.hostname).toBe('r1')
    expect(device.reports.at(-1)).toBe('discard')
  })

  it('refuses a commit as a whole and shows which lines failed', () => {
    const device = deviceOf(ciscoIosxr(), { refusesAtCommit: (line) => line.includes('65536') })
    const session = device.login()
    session.run('configure', 'hostname r9', 'router bgp 65536')
    const answer = session.type('commit')
    expect(answer.refused).toBe(true)
    expect(answer.output).toContain('% Failed to commit')
    expect(session.text('show configuration failed')).toContain('router bgp 65536')
    expect(device.model.hostname).toBe('r1')
    expect(session.run('abort')).toBe('RP/0/RP0/CPU0:r1#')
  })

  it('undoes a confirmed commit when no confirmation comes', async () => {
    const device = deviceOf(ciscoIosxr())
    const session = device.login()
    session.run('configure', 'hostname r9', 'commit confirmed 30')
    expect(device.model.hostname).toBe('r9')
    await device.clock.advance(30_000)
    expect(device.model.hostname).toBe('r1')
    expect(device.reports.slice(-2)).toEqual(['commit_confirmed', 'rollback'])
  })

  it('keeps it when another commit confirms', async () => {
    const device = deviceOf(ciscoIosxr())
    device.login().run('configure', 'hostname r9', 'commit confirmed 30', 'commit')
    await device.clock.advance(60_000)
    expect(device.model.hostname).toBe('r9')
    expect(device.reports.at(-1)).toBe('confirm')
  })

  it('loses the candidate with the connection, and keeps sessions apart', () => {
    const device = deviceOf(ciscoIosxr())
    const [one, other] = [device.login(), device.login()]
    one.run('configure', 'hostname r8')
    other.run('configure', 'hostname r9', 'commit')
    one.cli.close()
    expect(device.model.hostname).toBe('r9')
    expect(device.model.candidateConfig).toBe('')
  })

  it('commits nobody else while the configuration is held exclusively', () => {
    const device = deviceOf(ciscoIosxr())
    device.login().run('configure exclusive')
    const other = device.login()
    other.run('configure', 'hostname r9')
    expect(other.text('commit')).toContain('locked by another session')
    expect(other.text('do configure exclusive')).toContain('already locked')
  })

  it('nests interfaces below areas and still finds top-level ones', () => {
    const device = deviceOf(ciscoIosxr(), { config: 'hostname r1\n' })
    const session = device.login()
    session.run('configure', 'router ospf 1', 'area 0', 'interface GigabitEthernet0/0/0/0', 'mtu 1400')
    session.run('root', 'interface Loopback1', 'ipv4 address 10.0.0.1 255.255.255.255', 'commit')
    expect(device.model.runningConfig).toBe(
      'hostname r1\nrouter ospf 1\n area 0\n  interface GigabitEthernet0/0/0/0\n   mtu 1400\n!\n' +
        'interface Loopback1\n ipv4 address 10.0.0.1 255.255.255.255\n!\n',
    )
  })
})

describe('huawei_vrp', () => {
  it('saves after a question, and not without a yes', () => {
    const device = deviceOf(huaweiVrp())
    const session = device.login()
    expect(session.waitsAt('save')).toContain('Are you sure')
    session.type('n')
    expect(device.reports).toEqual([])
    session.run('save', 'y')
    expect(device.reports).toEqual(['save'])
  })

  it('removes lines with undo', () => {
    const device = deviceOf(huaweiVrp(), { config: 'sysname r1\ninterface GigabitEthernet0/0/1\n shutdown\n' })
    device.login().run('system-view', 'interface GigabitEthernet0/0/1', 'undo shutdown', 'return')
    expect(device.model.runningConfig).toBe('sysname r1\ninterface GigabitEthernet0/0/1\n')
  })
})

describe('linux', () => {
  it.each([
    { name: 'output', line: 'hostname', text: 'r1\n', status: 0 },
    { name: 'an unknown program', line: 'bogus', text: '-bash: bogus: command not found\n', status: 127 },
    { name: 'a failure', line: 'cat /none', text: 'cat: /none: No such file or directory\n', status: 1 },
    { name: 'the last status', line: 'false; echo $?', text: '1\n', status: 0 },
    { name: 'a step after success', line: 'true && echo yes || echo no', text: 'yes\n', status: 0 },
    { name: 'a step after failure', line: 'false && echo yes || echo no', text: 'no\n', status: 0 },
    { name: 'quoted words', line: `echo "a;b" 'c $USER' $USER`, text: 'a;b c $USER admin\n', status: 0 },
  ])('answers with $name', ({ line, text, status }) => {
    const session = deviceOf(linux()).login()
    const answer = session.type(line)
    expect(answer.output + (answer.errorOutput ?? '')).toBe(text)
    expect(answer.exitStatus).toBe(status)
  })

  it('keeps files, shared by its sessions', () => {
    const device = deviceOf(linux(), { identity: false })
    device.login().run('cd /etc', 'echo one > motd', 'echo two >> motd')
    expect(device.login().text('cat /etc/motd')).toBe('one\ntwo\n')
    expect(device.model.runningConfig).toContain('# /etc/motd\none\ntwo\n')
  })

  it('asks for the password before it becomes root', () => {
    const session = deviceOf(linux()).login()
    expect(session.waitsAt()).toBe('admin@r1:~$ ')
    expect(session.waitsAt('sudo -i')).toBe('[sudo] password for admin: ')
    expect(session.text('wrong')).toBe('Sorry, try again.\n')
    expect(session.waitsAt('pw-r1')).toBe('root@r1:~# ')
    expect(session.text('whoami')).toBe('root\n')
    expect(session.waitsAt('exit')).toBe('admin@r1:~$ ')
  })

  it('runs one command as root', () => {
    const device = deviceOf(linux())
    const session = device.login()
    expect(session.text('hostnamectl set-hostname r9')).toContain('Access denied')
    session.run('sudo hostnamectl set-hostname r9', 'pw-r1')
    expect(session.waitsAt()).toBe('admin@r9:~$ ')
  })
})

describe('dialects', () => {
  const all = [ciscoIosxe, ciscoNxos, ciscoIosxr, aristaEos, juniperJunos, huaweiVrp, frrVtysh, linux]
  it.each(all.map((make) => ({ name: make().platforms[0] ?? '', make })))(
    '$name shares nothing between its devices',
    ({ make }) => {
      const dialect = make()
      const [one, other] = [deviceOf(dialect, { name: 'a' }), deviceOf(dialect, { name: 'b' })]
      one.login().run('configure', 'system-view', 'hostname x1', 'sysname x1', 'set system host-name x1', 'commit')
      one.login().run('echo x1 > /etc/hostname')
      expect(one.model.hostname).toBe('x1')
      expect(other.model.hostname).toBe('b')
    },
  )
})
