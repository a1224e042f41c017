import { LineDialect } from '../cli/line-dialect.js'
import type { Dialect } from '../cli/dialect.js'
import type { BlockRule, LineCommands, LineErrors, LineHandler, LineMode } from '../cli/line-grammar.js'
import type { Persona } from '../device/persona.js'
import { morePager } from '../terminal/pager.js'
import { interfacesOf } from './interfaces.js'
import {
  closeSession,
  disable,
  enableWith,
  endConfig,
  enterConfig,
  exitConfig,
  runExec,
  save,
  saveAfterQuestion,
  showIdentity,
  terminalCommands,
} from './line-commands.js'
import { innerWords, iosInterfaces, iosSections, rootOnly, rootWords, singleValue } from './ios-words.js'

/** The caret stands below the first character that the parser could not take, prompt included. */
const errors: LineErrors = {
  invalid: ({ column, prompt }) =>
    `${' '.repeat(prompt.length + column)}^\n% Invalid input detected at '^' marker.\n\n`,
  incomplete: () => '% Incomplete command.\n\n',
  ambiguous: (line) => `% Ambiguous command:  "${line.trim()}"\n`,
  badSecret: '% Bad secrets\n\n',
}

function prompt(host: string, { level, section }: LineMode): string {
  if (level === 'user') return `${host}>`
  if (level === 'exec') return `${host}#`
  return `${host}(config${section === '' ? '' : `-${section}`})#`
}

const showVersion: LineHandler = (session) => {
  const { persona } = session.device.setup
  const host = session.device.hostname
  return session.show(
    `Cisco IOS XE Software, Version 17.09.04a
Cisco IOS Software [Cupertino], Virtual XE Software (X86_64_LINUX_IOSD-UNIVERSALK9-M), Version 17.9.4a, RELEASE SOFTWARE (fc3)
Technical Support: http://www.cisco.com/techsupport
Copyright (c) 1986-2023 by Cisco Systems, Inc.
Compiled Fri 20-Oct-23 10:44 by mcpre

ROM: IOS-XE ROMMON

${host} uptime is ${Math.floor(persona.uptimeDays / 7)} weeks, ${persona.uptimeDays % 7} days, 4 hours, 12 minutes
Uptime for this control processor is ${Math.floor(persona.uptimeDays / 7)} weeks, ${persona.uptimeDays % 7} days, 4 hours, 13 minutes
System returned to ROM by reload
System image file is "bootflash:packages.conf"
Last reload reason: reload

License Type: Perpetual
License Level: network-advantage

cisco C8000V (VXE) processor (revision VXE) with 2028465K/3075K bytes of memory.
Processor board ID ${persona.serial}
Router operating mode: Autonomous
4 Gigabit Ethernet interfaces
32768K bytes of non-volatile configuration memory.
3965112K bytes of physical memory.
11526144K bytes of virtual hard disk at bootflash:.

Configuration register is 0x2102

`,
  )
}

const showInterfaceBrief: LineHandler = (session) => {
  const rows = interfacesOf(session.device.running).map(({ name, address, isUp }) => {
    const method = address === 'unassigned' ? 'unset ' : 'manual'
    const status = isUp ? 'up                    up      ' : 'administratively down down    '
    return `${name.padEnd(22)} ${address.padEnd(15)} YES ${method} ${status}\n`
  })
  const head = 'Interface              IP-Address      OK? Method Status                Protocol\n'
  return session.show(head + rows.join(''))
}

const showInterfaces: LineHandler = (session, [name]) => {
  const { mac } = session.device.setup.persona
  const wanted = name?.toLowerCase().replace(/\s+/g, '')
  const hardware = mac.replaceAll(':', '').replace(/(.{4})(?=.)/g, '$1.')
  const rows = interfacesOf(session.device.running)
    .filter((one) => wanted === undefined || one.name.toLowerCase() === wanted)
    .map((one) => {
      const state = one.isUp ? 'up, line protocol is up' : 'administratively down, line protocol is down'
      const description = one.description === '' ? '' : `  Description: ${one.description}\n`
      const address =
        one.address === 'unassigned' ? '' : `  Internet address is ${one.address}/${maskLength(one.mask)}\n`
      return `${one.name} is ${state}
  Hardware is vNIC, address is ${hardware} (bia ${hardware})
${description}${address}  MTU 1500 bytes, BW 1000000 Kbit/sec, DLY 10 usec,
     reliability 255/255, txload 1/255, rxload 1/255
  Encapsulation ARPA, loopback not set
  5 minute input rate 1000 bits/sec, 1 packets/sec
  5 minute output rate 1000 bits/sec, 1 packets/sec
     0 input errors, 0 CRC, 0 frame, 0 overrun, 0 ignored
     0 output errors, 0 collisions, 1 interface resets
`
    })
  return session.show(rows.join(''))
}

const maskLength = (mask: string): number =>
  mask.split('.').reduce((bits, octet) => bits + Number(octet).toString(2).replaceAll('0', '').length, 0)

const showRunning: LineHandler = (session) => {
  const text = session.device.runningConfig
  return session.show(
    `Building configuration...\n\nCurrent configuration : ${text.length} bytes\n!\nversion 17.9\n!\n${text}end\n\n`,
  )
}
const showStartup: LineHandler = (session) => {
  const text = session.device.startupConfig
  return session.show(`Using ${text.length} out of 33554432 bytes\n!\nversion 17.9\n!\n${text}end\n\n`)
}
const showInventory: LineHandler = (session) =>
  session.show(
    `NAME: "Chassis", DESCR: "Cisco Catalyst 8000V Edge Chassis"
PID: C8000V            , VID: V00  , SN: ${session.device.setup.persona.serial}

`,
  )
const showUsers: LineHandler = (session) =>
  session.show(
    `    Line       User       Host(s)              Idle       Location
*  1 vty 0     ${session.login.user.padEnd(10)} idle                 00:00:00 127.0.0.1

`,
  )
const showPrivilege: LineHandler = (session) =>
  session.show(`Current privilege level is ${session.level === 'user' ? 1 : 15}\n`)
const showClock: LineHandler = (session) => session.show(`*${session.clockText()}\n`)
const ping: LineHandler = (_session, [host]) =>
  `Type escape sequence to abort.
Sending 5, 100-byte ICMP Echos to ${host ?? ''}, timeout is 2 seconds:
!!!!!
Success rate is 100 percent (5/5), round-trip min/avg/max = 1/1/2 ms
`

const reload: LineHandler = () => ({
  output: '',
  ask: { prompt: 'Proceed with reload? [confirm]', answer: () => ({ output: '', close: true }) },
})

export const iosUserCommands: LineCommands = [
  ...terminalCommands,
  ['enable', enableWith(3)],
  ['exit', closeSession],
  ['logout', closeSession],
  ['quit', closeSession],
  ['ping <host> [*]', ping],
  ['show version', showVersion],
  ['show identity', showIdentity],
  ['show clock', showClock],
  ['show users', showUsers],
  ['show privilege', showPrivilege],
  ['show inventory', showInventory],
  ['show ip interface brief', showInterfaceBrief],
  ['show interfaces [*]', showInterfaces],
]

const privileged: LineCommands = [
  ['disable', disable],
  ['configure terminal', enterConfig('Enter configuration commands, one per line.  End with CNTL/Z.\n')],
  ['configure', enterConfig('Enter configuration commands, one per line.  End with CNTL/Z.\n')],
  ['show running-config', showRunning],
  ['show startup-config', showStartup],
  ['write', save('Building configuration...\n[OK]\n')],
  ['write memory', save('Building configuration...\n[OK]\n')],
  [
    'copy running-config startup-config',
    saveAfterQuestion('Destination filename [startup-config]? ', 'Building configuration...\n[OK]\n'),
  ],
  ['reload [*]', reload],
]

export const iosConfigCommands: LineCommands = [
  ['end', endConfig],
  ['exit', exitConfig],
  ['do [*]', runExec],
]

/** `banner motd ^C...`: the block ends at the next line that holds the delimiter. */
const banner: BlockRule = {
  pattern: /^banner (?:motd|login|exec|incoming) (\^C|\S)(.*)$/,
  intro: "Enter TEXT message.  End with the character '^'.\n",
  isWhole: ([, delimiter = '', rest = '']) => rest.includes(delimiter),
  endsAt: (text, [, delimiter = '']) => text.includes(delimiter),
}
const certificate: BlockRule = {
  pattern: /^certificate (?:ca|self-signed|rollover)? ?\S+$/,
  intro: 'Enter the certificate in hexadecimal representation....\n',
  isWhole: () => false,
  endsAt: (text) => text.trim() === 'quit',
}

const firstConfig = (hostname: string, persona: Persona): string => `hostname ${hostname}
ip domain name example.net
interface Loopback0
 description router id
 ip address ${persona.routerId} 255.255.255.255
interface GigabitEthernet1
 description management
 ip address ${persona.address} 255.255.255.0
interface GigabitEthernet2
 description uplink ${persona.tag}
 ip address 172.16.${Number.parseInt(persona.tag, 16) % 256}.1 255.255.255.252
interface GigabitEthernet3
 shutdown
router ospf 1
 router-id ${persona.routerId}
 network 172.16.0.0 0.0.255.255 area 0
ip route 0.0.0.0 0.0.0.0 ${persona.address.replace(/\d+$/, '254')}
ntp server 192.0.2.123
line vty 0 4
 login local
 transport input ssh
`

/** Cisco IOS and IOS XE: lines are in force at once. Wording as a C8000V with 17.9 has it. */
export function ciscoIosxe(): Dialect {
  return new LineDialect({
    platforms: ['cisco_iosxe', 'cisco_ios', 'cisco_xe'],
    negation: 'no',
    comment: /^!/,
    candidate: false,
    hostnameWords: 'hostname',
    prompt,
    errors,
    user: iosUserCommands,
    privileged,
    config: iosConfigCommands,
    rootWords,
    innerWords,
    rootOnly,
    sections: iosSections,
    blocks: [banner, certificate],
    singleValue,
    separator: '!',
    pager: morePager,
    identityMark: '!',
    preamble: '',
    firstConfig,
    interfaces: iosInterfaces,
  })
}
